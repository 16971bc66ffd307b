# The Glue table is written here, not generated; the feature group is only tied to it.
# Revision 2 appends a feature to the group and the matching column to the table.

data "aws_caller_identity" "current" {}

locals {
  id         = "r4-own-glue-table"
  database   = "r4_own_glue_table"
  table      = "churn_features"
  event_time = "event_time"
  record_id  = "subscriber_id"

  glue_types = {
    String     = "string"
    Integral   = "bigint"
    Fractional = "double"
  }

  features = concat(
    [
      { name = "subscriber_id", type = "String" },
      { name = "event_time", type = "Fractional" },
      { name = "tenure_months", type = "Integral" },
      { name = "support_calls_90d", type = "Integral" },
    ],
    var.revision >= 2 ? [{ name = "monthly_charge", type = "Fractional" }] : []
  )

  location = "s3://${aws_s3_bucket.this.bucket}/churn/"
}

resource "aws_s3_bucket" "this" {
  bucket        = "${local.id}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_glue_catalog_database" "this" {
  name        = local.database
  description = "Hand made tables of the churn model"
}

resource "aws_glue_catalog_table" "churn" {
  name          = local.table
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL              = "TRUE"
    "parquet.compression" = "SNAPPY"
  }

  storage_descriptor {
    location      = local.location
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      name                  = "parquet"
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"

      parameters = {
        "serialization.format" = "1"
      }
    }

    dynamic "columns" {
      for_each = local.features

      content {
        name = columns.value.name
        type = local.glue_types[columns.value.type]
      }
    }

    columns {
      name = "write_time"
      type = "timestamp"
    }

    columns {
      name = "api_invocation_time"
      type = "timestamp"
    }

    columns {
      name = "is_deleted"
      type = "boolean"
    }
  }

  partition_keys {
    name = "year"
    type = "string"
  }

  partition_keys {
    name = "month"
    type = "string"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  partition_keys {
    name = "hour"
    type = "string"
  }
}

resource "aws_iam_role" "this" {
  name = local.id

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "offline-store"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectAcl"]
        Resource = [
          aws_s3_bucket.this.arn,
          "${aws_s3_bucket.this.arn}/*",
        ]
      },
      {
        Effect   = "Allow"
        Action   = ["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable", "glue:BatchCreatePartition"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_sagemaker_feature_group" "churn" {
  feature_group_name             = local.id
  record_identifier_feature_name = local.record_id
  event_time_feature_name        = local.event_time
  role_arn                       = aws_iam_role.this.arn

  dynamic "feature_definition" {
    for_each = local.features

    content {
      feature_name = feature_definition.value.name
      feature_type = feature_definition.value.type
    }
  }

  offline_store_config {
    disable_glue_table_creation = true
    table_format                = "Glue"

    s3_storage_config {
      s3_uri = local.location
    }

    data_catalog_config {
      catalog    = aws_glue_catalog_table.churn.catalog_id
      database   = aws_glue_catalog_table.churn.database_name
      table_name = aws_glue_catalog_table.churn.name
    }
  }

  depends_on = [aws_iam_role_policy.this]
}
