# A feature group that leaves the catalog alone: the team keeps its own Glue table over the offline prefix.
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

locals {
  prefix = "fg-own-table"
  features = [
    { name = "customer_id", type = "String", hive = "string" },
    { name = "event_time", type = "Fractional", hive = "double" },
    { name = "orders_30d", type = "Integral", hive = "bigint" },
    { name = "basket_value", type = "Fractional", hive = "double" },
  ]
}

resource "aws_s3_bucket" "offline" {
  bucket        = "${local.prefix}-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.name}"
  force_destroy = true
}

resource "aws_iam_role" "offline" {
  name = local.prefix
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "offline" {
  role       = aws_iam_role.offline.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_iam_role_policy" "bucket" {
  name = "bucket"
  role = aws_iam_role.offline.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:PutObject", "s3:PutObjectAcl"], Resource = "${aws_s3_bucket.offline.arn}/*" },
      { Effect = "Allow", Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.offline.arn },
    ]
  })
}

resource "aws_sagemaker_feature_group" "customers" {
  feature_group_name             = "${local.prefix}-customers"
  record_identifier_feature_name = "customer_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.offline.arn
  description                    = "Customer aggregates, table kept by hand"

  dynamic "feature_definition" {
    for_each = local.features
    iterator = feature
    content {
      feature_name = feature.value.name
      feature_type = feature.value.type
    }
  }

  offline_store_config {
    disable_glue_table_creation = true
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.offline.bucket}/customers"
    }
  }

  tags = { owner = "growth", revision = var.revision }

  lifecycle {
    precondition {
      condition     = contains(local.features[*].name, "event_time")
      error_message = "The event time has to be a feature."
    }
  }

  depends_on = [aws_iam_role_policy.bucket, aws_iam_role_policy_attachment.offline]
}

resource "aws_glue_catalog_database" "own" {
  name        = "fg_own_table"
  description = "tables that we keep"
}

resource "aws_glue_catalog_table" "customers" {
  name          = "customers"
  database_name = aws_glue_catalog_database.own.name
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    EXTERNAL       = "TRUE"
    classification = "parquet"
    revision       = tostring(var.revision)
  }
  partition_keys {
    name = "year"
    type = "string"
  }
  partition_keys {
    name = "month"
    type = "string"
  }
  storage_descriptor {
    location      = aws_sagemaker_feature_group.customers.offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info {
      name                  = "parquet"
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters            = { "serialization.format" = "1" }
    }
    dynamic "columns" {
      for_each = local.features
      content {
        name = columns.value.name
        type = columns.value.hive
      }
    }
    columns {
      name    = "write_time"
      type    = "timestamp"
      comment = "set by the store"
    }
  }
}

output "where" {
  value = aws_sagemaker_feature_group.customers.offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri
}
