# Iceberg offline store with a named catalog entry, and what analysts need around it in Athena.
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "offline" {
  description = "offline store and results"
  policy      = data.aws_iam_policy_document.key.json
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    sid       = "Store"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.store.arn]
    }
  }
}

resource "aws_iam_role" "store" {
  name = "fg-iceberg-athena"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "store" {
  role = aws_iam_role.store.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:PutObject", "s3:GetObject", "s3:PutObjectAcl"], Resource = "${aws_s3_bucket.offline.arn}/*" },
      { Effect = "Allow", Action = ["s3:GetBucketAcl", "s3:ListBucket"], Resource = aws_s3_bucket.offline.arn },
      { Effect = "Allow", Action = ["glue:*Table", "glue:*Database", "glue:Get*"], Resource = "*" },
      { Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = aws_kms_key.offline.arn },
    ]
  })
}

resource "aws_s3_bucket" "offline" {
  bucket        = "fg-iceberg-athena-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "offline" {
  bucket = aws_s3_bucket.offline.bucket
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.offline.arn
    }
  }
}

resource "aws_glue_catalog_database" "features" {
  name         = "fg_iceberg_athena"
  location_uri = "s3://${aws_s3_bucket.offline.bucket}/"
  parameters   = { created_by = "platform" }
}

resource "aws_sagemaker_feature_group" "trips" {
  feature_group_name             = "iceberg-trips"
  record_identifier_feature_name = "trip_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.store.arn
  description                    = "Trips"
  feature_definition {
    feature_name = "trip_id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "event_time"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "distance_km"
    feature_type = "Fractional"
  }
  offline_store_config {
    table_format = "Iceberg"
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.offline.bucket}/trips/"
      kms_key_id = aws_kms_key.offline.arn
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.features.name
      table_name = "trips"
    }
  }
  tags       = { revision = tostring(var.revision) }
  depends_on = [aws_iam_role_policy.store]
}

resource "aws_athena_workgroup" "analysts" {
  name          = "fg-analysts"
  description   = "analysts of the feature store, r${var.revision}"
  force_destroy = true
  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = var.revision == 1
    bytes_scanned_cutoff_per_query     = 10737418240 * var.revision
    engine_version {
      selected_engine_version = "Athena engine version 3"
    }
    result_configuration {
      output_location       = "s3://${aws_s3_bucket.offline.bucket}/results/"
      expected_bucket_owner = data.aws_caller_identity.me.account_id
      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = aws_kms_key.offline.arn
      }
    }
  }
}

resource "aws_athena_named_query" "latest" {
  name        = "latest-trips"
  workgroup   = aws_athena_workgroup.analysts.id
  database    = aws_sagemaker_feature_group.trips.offline_store_config[0].data_catalog_config[0].database
  description = "one row a trip"
  query       = <<-SQL
    SELECT * FROM (
      SELECT *, row_number() OVER (PARTITION BY trip_id ORDER BY event_time DESC) AS n
      FROM "${aws_sagemaker_feature_group.trips.offline_store_config[0].data_catalog_config[0].table_name}"
    ) WHERE n = ${var.revision}
  SQL
}

resource "aws_athena_prepared_statement" "one_trip" {
  name            = "one_trip"
  description     = "by id"
  workgroup       = aws_athena_workgroup.analysts.name
  query_statement = "SELECT distance_km FROM fg_iceberg_athena.trips WHERE trip_id = ? LIMIT ${var.revision}"
}
