# Both stores with their own keys, and no Glue table; and one whose table lies in a database of ours.
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
resource "aws_kms_key" "online" {
  description         = "online store"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}
resource "aws_kms_alias" "online" {
  name          = "alias/fg-keys-online"
  target_key_id = aws_kms_key.online.id
}
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "EnableRoot"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
  statement {
    sid       = "SageMaker"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}
resource "aws_s3_bucket" "offline" {
  bucket_prefix = "fg-keys-"
  force_destroy = true
}
resource "aws_s3_bucket_server_side_encryption_configuration" "offline" {
  bucket = aws_s3_bucket.offline.id
  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.online.arn
      sse_algorithm     = "aws:kms"
    }
    bucket_key_enabled = true
  }
}
resource "aws_s3_bucket_versioning" "offline" {
  bucket = aws_s3_bucket.offline.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_glue_catalog_database" "features" {
  name        = "fg_keys_features"
  description = "Offline features"
}
resource "aws_iam_role" "fg" {
  name               = "fg-keys"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
  inline_policy {
    name = "offline"
    policy = jsonencode({ Version = "2012-10-17", Statement = [
      { Effect = "Allow", Action = ["s3:*"], Resource = [aws_s3_bucket.offline.arn, "${aws_s3_bucket.offline.arn}/*"] },
      { Effect = "Allow", Action = ["kms:*"], Resource = "*" },
      { Effect = "Allow", Action = ["glue:*"], Resource = "*" },
    ] })
  }
}
resource "aws_sagemaker_feature_group" "no_table" {
  feature_group_name             = "fg-keys-no-table"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fg.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = true
    storage_type        = "Standard"
    security_config { kms_key_id = aws_kms_key.online.arn }
  }
  offline_store_config {
    disable_glue_table_creation = true
    table_format                = "Glue"
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.offline.id}/no-table"
      kms_key_id = aws_kms_key.online.arn
    }
  }
  tags = { rev = var.revision }
}
resource "aws_glue_catalog_table" "mine" {
  name          = "mine"
  database_name = aws_glue_catalog_database.features.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { classification = "parquet", "projection.enabled" = "false", rev = tostring(var.revision) }
  storage_descriptor {
    location      = aws_sagemaker_feature_group.no_table.offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info {
      name                  = "parquet"
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters            = { "serialization.format" = 1 }
    }
    dynamic "columns" {
      for_each = aws_sagemaker_feature_group.no_table.feature_definition
      content {
        name = columns.value.feature_name
        type = "string"
      }
    }
    columns {
      name = "write_time"
      type = "timestamp"
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
}
resource "aws_sagemaker_feature_group" "named_table" {
  feature_group_name             = "fg-keys-named-table"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fg.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  offline_store_config {
    s3_storage_config { s3_uri = "s3://${aws_s3_bucket.offline.id}/named" }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.features.name
      table_name = "named"
    }
  }
  depends_on = [aws_s3_bucket_versioning.offline]
}
