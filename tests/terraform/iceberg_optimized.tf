# Iceberg in a database of ours with compaction of its table, and in memory beside it.
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "b" {
  bucket        = "fg-iceberg2"
  force_destroy = true
}
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}
resource "aws_iam_role" "r" {
  name               = "fg-iceberg2"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["sagemaker.amazonaws.com", "glue.amazonaws.com"] } }] })
}
resource "aws_iam_role_policy" "r" {
  role = aws_iam_role.r.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "s3:*", Resource = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"] },
    { Effect = "Allow", Action = "kms:*", Resource = aws_kms_key.k.arn },
    { Effect = "Allow", Action = "glue:*", Resource = "*" },
  ] })
}
resource "aws_glue_catalog_database" "d" { name = "fg_iceberg2" }
resource "aws_sagemaker_feature_group" "g" {
  feature_group_name             = "fg-iceberg2"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.r.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  offline_store_config {
    table_format = "Iceberg"
    s3_storage_config { s3_uri = "s3://${aws_s3_bucket.b.bucket}/ice" }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.d.name
      table_name = "fg_iceberg2"
    }
  }
  tags       = { rev = tostring(var.revision) }
  depends_on = [aws_iam_role_policy.r]
}
resource "aws_glue_catalog_table_optimizer" "o" {
  for_each      = toset(["compaction", "retention", "orphan_file_deletion"])
  catalog_id    = data.aws_caller_identity.me.account_id
  database_name = aws_glue_catalog_database.d.name
  table_name    = aws_sagemaker_feature_group.g.offline_store_config[0].data_catalog_config[0].table_name
  type          = each.key
  configuration {
    role_arn = aws_iam_role.r.arn
    enabled  = true
    dynamic "retention_configuration" {
      for_each = each.key == "retention" ? [1] : []
      content {
        iceberg_configuration {
          snapshot_retention_period_in_days = 6 + var.revision
          number_of_snapshots_to_retain     = 3
          clean_expired_files               = true
        }
      }
    }
    dynamic "orphan_file_deletion_configuration" {
      for_each = each.key == "orphan_file_deletion" ? [1] : []
      content {
        iceberg_configuration {
          orphan_file_retention_period_in_days = 7
          location                             = "s3://${aws_s3_bucket.b.bucket}/ice"
        }
      }
    }
  }
}
data "aws_glue_catalog_table" "t" {
  database_name = aws_glue_catalog_database.d.name
  name          = aws_sagemaker_feature_group.g.offline_store_config[0].data_catalog_config[0].table_name
}
output "table" { value = data.aws_glue_catalog_table.t.table_type }
