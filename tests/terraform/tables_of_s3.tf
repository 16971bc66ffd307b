# Tables that S3 keeps itself as Iceberg: a table bucket with rules of upkeep, a namespace, tables, policies.
data "aws_caller_identity" "me" {}
resource "aws_s3tables_table_bucket" "lake" {
  name = "tables-of-s3"
  maintenance_configuration = {
    iceberg_unreferenced_file_removal = {
      settings = {
        non_current_days  = 10
        unreferenced_days = 3 * var.revision
      }
      status = "enabled"
    }
  }
}
resource "aws_s3tables_table_bucket" "sealed" {
  name = "tables-of-s3-sealed"
  encryption_configuration = {
    kms_key_arn   = aws_kms_key.sealed.arn
    sse_algorithm = "aws:kms"
  }
}
resource "aws_kms_key" "sealed" {
  deletion_window_in_days = 7
}
resource "aws_s3tables_namespace" "features" {
  namespace        = "features"
  table_bucket_arn = aws_s3tables_table_bucket.lake.arn
}
resource "aws_s3tables_table" "rides" {
  name             = var.revision == 1 ? "rides" : "rides_renamed"
  namespace        = aws_s3tables_namespace.features.namespace
  table_bucket_arn = aws_s3tables_namespace.features.table_bucket_arn
  format           = "ICEBERG"
  maintenance_configuration = {
    iceberg_compaction = {
      settings = {
        target_file_size_mb = 64 * var.revision
      }
      status = "enabled"
    }
    iceberg_snapshot_management = {
      settings = {
        max_snapshot_age_hours = 40
        min_snapshots_to_keep  = 6
      }
      status = "enabled"
    }
  }
}
resource "aws_s3tables_table" "schema" {
  name             = "shaped"
  namespace        = aws_s3tables_namespace.features.namespace
  table_bucket_arn = aws_s3tables_namespace.features.table_bucket_arn
  format           = "ICEBERG"
}
data "aws_iam_policy_document" "lake" {
  statement {
    actions   = var.revision == 1 ? ["s3tables:GetTableData"] : ["s3tables:GetTableData", "s3tables:GetTableMetadataLocation"]
    resources = ["${aws_s3tables_table_bucket.lake.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id]
    }
  }
}
resource "aws_s3tables_table_bucket_policy" "lake" {
  table_bucket_arn = aws_s3tables_table_bucket.lake.arn
  resource_policy  = data.aws_iam_policy_document.lake.json
}
resource "aws_s3tables_table_policy" "rides" {
  name             = aws_s3tables_table.schema.name
  namespace        = aws_s3tables_table.schema.namespace
  table_bucket_arn = aws_s3tables_table.schema.table_bucket_arn
  resource_policy  = data.aws_iam_policy_document.lake.json
}
