# Lake Formation: settings, locations, tags, grants on every kind of resource, row filters.
data "aws_caller_identity" "me" {}
data "aws_iam_session_context" "me" { arn = data.aws_caller_identity.me.arn }
resource "aws_lakeformation_data_lake_settings" "this" {
  admins = [data.aws_iam_session_context.me.issuer_arn]
  create_database_default_permissions {
    permissions = ["ALL"]
    principal   = "IAM_ALLOWED_PRINCIPALS"
  }
  create_table_default_permissions {
    permissions = ["SELECT", "ALTER", "DROP"]
    principal   = aws_iam_role.analyst.arn
  }
  trusted_resource_owners = [data.aws_caller_identity.me.account_id]
}
resource "aws_s3_bucket" "lake" {
  bucket        = "lf-all-lake"
  force_destroy = true
}
resource "aws_iam_role" "analyst" {
  name               = "lf-all-analyst"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_lakeformation_resource" "lake" {
  arn                     = aws_s3_bucket.lake.arn
  use_service_linked_role = true
}
resource "aws_lakeformation_resource" "hybrid" {
  arn                   = "${aws_s3_bucket.lake.arn}/hybrid"
  role_arn              = aws_iam_role.analyst.arn
  hybrid_access_enabled = true
}
resource "aws_glue_catalog_database" "lake" { name = "lf_all" }
resource "aws_glue_catalog_table" "lake" {
  name          = "visits"
  database_name = aws_glue_catalog_database.lake.name
  storage_descriptor {
    columns {
      name = "event"
      type = "string"
    }
    columns {
      name = "timestamp"
      type = "date"
    }
    columns {
      name = "value"
      type = "double"
    }
  }
}
resource "aws_lakeformation_permissions" "location" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["DATA_LOCATION_ACCESS"]
  data_location { arn = aws_lakeformation_resource.lake.arn }
}
resource "aws_lakeformation_permissions" "database" {
  principal                     = aws_iam_role.analyst.arn
  permissions                   = var.revision == 1 ? ["CREATE_TABLE", "ALTER", "DROP"] : ["CREATE_TABLE", "DESCRIBE"]
  permissions_with_grant_option = ["CREATE_TABLE"]
  database {
    name       = aws_glue_catalog_database.lake.name
    catalog_id = data.aws_caller_identity.me.account_id
  }
}
resource "aws_lakeformation_permissions" "table" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["DESCRIBE", "INSERT"]
  table {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_glue_catalog_table.lake.name
  }
}
resource "aws_iam_role" "columns" {
  name               = "lf-all-columns"
  assume_role_policy = aws_iam_role.analyst.assume_role_policy
}
resource "aws_lakeformation_permissions" "columns" {
  principal   = aws_iam_role.columns.arn
  permissions = ["SELECT"]
  table_with_columns {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_glue_catalog_table.lake.name
    column_names  = ["event"]
  }
}
resource "aws_iam_role" "wild" {
  name               = "lf-all-wild"
  assume_role_policy = aws_iam_role.analyst.assume_role_policy
}
resource "aws_lakeformation_permissions" "all_tables" {
  principal   = aws_iam_role.wild.arn
  permissions = ["SELECT", "DESCRIBE"]
  table {
    database_name = aws_glue_catalog_database.lake.name
    wildcard      = true
  }
}
resource "aws_lakeformation_permissions" "catalog" {
  principal        = aws_iam_role.wild.arn
  permissions      = ["CREATE_DATABASE"]
  catalog_resource = true
}
resource "aws_lakeformation_lf_tag" "confidentiality" {
  key    = "confidentiality"
  values = concat(["public", "private"], var.revision == 2 ? ["secret"] : [])
}
resource "aws_lakeformation_resource_lf_tags" "database" {
  database { name = aws_glue_catalog_database.lake.name }
  lf_tag {
    key   = aws_lakeformation_lf_tag.confidentiality.key
    value = "private"
  }
}
resource "aws_lakeformation_resource_lf_tags" "table" {
  table {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_glue_catalog_table.lake.name
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.confidentiality.key
    value = "public"
  }
}
resource "aws_lakeformation_permissions" "tagged_db" {
  principal   = aws_iam_role.wild.arn
  permissions = ["DESCRIBE"]
  lf_tag_policy {
    resource_type = "DATABASE"
    expression {
      key    = aws_lakeformation_lf_tag.confidentiality.key
      values = ["public", "private"]
    }
  }
}
resource "aws_lakeformation_permissions" "tagged_table" {
  principal   = aws_iam_role.wild.arn
  permissions = ["SELECT", "DESCRIBE"]
  lf_tag_policy {
    resource_type = "TABLE"
    expression {
      key    = aws_lakeformation_lf_tag.confidentiality.key
      values = ["public"]
    }
  }
}
resource "aws_lakeformation_permissions" "tag" {
  principal   = aws_iam_role.wild.arn
  permissions = ["ASSOCIATE", "DESCRIBE"]
  lf_tag {
    key    = aws_lakeformation_lf_tag.confidentiality.key
    values = ["public", "private"]
  }
}
resource "aws_lakeformation_data_cells_filter" "this" {
  table_data {
    database_name    = aws_glue_catalog_database.lake.name
    name             = "visits_filter"
    table_catalog_id = data.aws_caller_identity.me.account_id
    table_name       = aws_glue_catalog_table.lake.name
    column_names     = ["event"]
    row_filter { filter_expression = "event='r${var.revision}'" }
  }
}
