# The offline store under Lake Formation: location, tags, column and row filters for analysts.
data "aws_caller_identity" "this" {}
data "aws_iam_session_context" "this" {
  arn = data.aws_caller_identity.this.arn
}

resource "aws_s3_bucket" "lake" {
  bucket        = "fg-lake-formation"
  force_destroy = true
}

resource "aws_iam_role" "lake" {
  name = "fg-lake-register"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:SetContext"]
      Principal = { Service = ["lakeformation.amazonaws.com", "sagemaker.amazonaws.com", "glue.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "lake" {
  name = "lake"
  role = aws_iam_role.lake.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl"], Resource = "${aws_s3_bucket.lake.arn}/*" },
      { Effect = "Allow", Action = ["s3:ListBucket", "s3:GetBucketAcl"], Resource = aws_s3_bucket.lake.arn },
      { Effect = "Allow", Action = ["glue:CreateTable", "glue:GetTable", "glue:GetDatabase", "glue:CreateDatabase"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role" "analyst" {
  name = "fg-lake-analyst"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.this.account_id } }]
  })
}

resource "aws_lakeformation_resource" "lake" {
  arn                     = aws_s3_bucket.lake.arn
  role_arn                = aws_iam_role.lake.arn
  hybrid_access_enabled   = true
  use_service_linked_role = false
}

resource "aws_glue_catalog_database" "lake" {
  name = "fg_lake_formation"
  create_table_default_permission {
    permissions = ["ALL"]
    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }
}

resource "aws_sagemaker_feature_group" "patients" {
  feature_group_name             = "lake-patients"
  record_identifier_feature_name = "patient_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.lake.arn
  dynamic "feature_definition" {
    for_each = { patient_id = "String", event_time = "String", ward = "String", age = "Integral", diagnosis = "String" }
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }
  offline_store_config {
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.lake.bucket}/patients"
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.lake.name
      table_name = "patients"
    }
  }
  depends_on = [aws_iam_role_policy.lake]
}

resource "aws_lakeformation_lf_tag" "sensitivity" {
  key    = "fg-sensitivity"
  values = var.revision == 1 ? ["low", "high"] : ["low", "medium", "high"]
}

resource "aws_lakeformation_resource_lf_tag" "patients" {
  lf_tag {
    key   = aws_lakeformation_lf_tag.sensitivity.key
    value = "high"
  }
  table {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_sagemaker_feature_group.patients.offline_store_config[0].data_catalog_config[0].table_name
  }
}

resource "aws_lakeformation_data_cells_filter" "wards" {
  table_data {
    name             = "wards-a"
    database_name    = aws_glue_catalog_database.lake.name
    table_name       = aws_sagemaker_feature_group.patients.offline_store_config[0].data_catalog_config[0].table_name
    table_catalog_id = data.aws_caller_identity.this.account_id
    column_wildcard {
      excluded_column_names = ["diagnosis"]
    }
    row_filter {
      filter_expression = "ward = 'a${var.revision}'"
    }
  }
}

resource "aws_lakeformation_permissions" "analyst" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["SELECT"]
  table_with_columns {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_sagemaker_feature_group.patients.offline_store_config[0].data_catalog_config[0].table_name
    column_names  = ["ward", "age"]
  }
}

resource "aws_lakeformation_permissions" "location" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["DATA_LOCATION_ACCESS"]
  data_location {
    arn = aws_lakeformation_resource.lake.arn
  }
}

resource "aws_lakeformation_permissions" "database" {
  principal                     = aws_iam_role.analyst.arn
  permissions                   = ["DESCRIBE"]
  permissions_with_grant_option = ["DESCRIBE"]
  database {
    name = aws_glue_catalog_database.lake.name
  }
}

output "issuer" { value = data.aws_iam_session_context.this.issuer_arn }
