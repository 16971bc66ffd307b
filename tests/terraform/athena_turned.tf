# Workgroups, catalogs, queries and statements that gain and lose what can be said of them.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_s3_bucket" "results" {
  for_each      = toset(["one", "two"])
  bucket        = "athena-turned-${each.key}"
  force_destroy = true
}
resource "aws_kms_key" "results" {
  deletion_window_in_days = 7
}
resource "aws_iam_role" "spark" {
  name               = "athena-turned-spark"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "athena.amazonaws.com" } }] })
}
resource "aws_athena_workgroup" "turned" {
  name        = "turned"
  description = local.later ? null : "Described"
  state       = local.later ? "DISABLED" : "ENABLED"
  configuration {
    bytes_scanned_cutoff_per_query     = local.later ? 20971520 : 10485760
    enforce_workgroup_configuration    = !local.later
    publish_cloudwatch_metrics_enabled = local.later
    requester_pays_enabled             = local.later
    engine_version {
      selected_engine_version = local.later ? "AUTO" : "Athena engine version 3"
    }
    result_configuration {
      output_location       = "s3://${aws_s3_bucket.results[local.later ? "two" : "one"].bucket}/out"
      expected_bucket_owner = local.later ? null : data.aws_caller_identity.me.account_id
      dynamic "encryption_configuration" {
        for_each = local.later ? ["SSE_S3"] : ["CSE_KMS"]
        content {
          encryption_option = encryption_configuration.value
          kms_key_arn       = local.later ? null : aws_kms_key.results.arn
        }
      }
      acl_configuration {
        s3_acl_option = "BUCKET_OWNER_FULL_CONTROL"
      }
    }
  }
  tags = local.later ? { b = "2" } : { a = "1", b = "1" }
}
resource "aws_athena_workgroup" "bare" {
  name          = "turned-bare"
  force_destroy = local.later
}
resource "aws_athena_workgroup" "emptied" {
  name = "turned-emptied"
  configuration {
    bytes_scanned_cutoff_per_query = local.later ? null : 12582912
    result_configuration {
      output_location = "s3://${aws_s3_bucket.results[local.later ? "two" : "one"].bucket}/emptied"
    }
  }
}
resource "aws_athena_workgroup" "spark" {
  name = "turned-spark"
  configuration {
    execution_role = aws_iam_role.spark.arn
    engine_version {
      selected_engine_version = "PySpark engine version 3"
    }
    result_configuration {
      output_location = "s3://${aws_s3_bucket.results["two"].bucket}/spark/"
    }
  }
}
resource "aws_athena_database" "turned" {
  for_each = toset(local.later ? ["one", "two"] : ["one"])
  name     = "athena_turned_${each.key}"
  bucket   = aws_s3_bucket.results[each.key].bucket
  encryption_configuration {
    encryption_option = "SSE_S3"
  }
  force_destroy = true
}
resource "aws_athena_named_query" "turned" {
  for_each    = { top = "SELECT 1", rest = local.later ? "SELECT 3" : "SELECT 2" }
  name        = "turned-${each.key}"
  workgroup   = aws_athena_workgroup.turned.id
  database    = aws_athena_database.turned["one"].name
  description = each.key == "top" ? null : "r${var.revision}"
  query       = each.value
}
resource "aws_athena_prepared_statement" "turned" {
  name            = "turned_statement"
  workgroup       = aws_athena_workgroup.bare.name
  description     = local.later ? "Later" : "Described"
  query_statement = local.later ? "SELECT * FROM t WHERE y = ?" : "SELECT * FROM t WHERE x = ?"
}
resource "aws_athena_data_catalog" "turned" {
  name        = "turned"
  description = "Revision ${var.revision}"
  type        = "LAMBDA"
  parameters  = local.later ? { "metadata-function" = "arn:aws:lambda:eu-west-1:123456789012:function:one", "record-function" = "arn:aws:lambda:eu-west-1:123456789012:function:two" } : { "function" = "arn:aws:lambda:eu-west-1:123456789012:function:one" }
  tags        = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_athena_data_catalog" "switched" {
  name        = "turned-switched"
  description = "A catalog"
  type        = local.later ? "HIVE" : "GLUE"
  parameters  = local.later ? { "metadata-function" = "arn:aws:lambda:eu-west-1:123456789012:function:hive" } : { "catalog-id" = data.aws_caller_identity.me.account_id }
}
resource "aws_athena_capacity_reservation" "turned" {
  name        = "turned"
  target_dpus = local.later ? 48 : 24
  tags        = local.later ? { b = "2" } : { a = "1" }
}
data "aws_athena_named_query" "turned" {
  name      = aws_athena_named_query.turned["rest"].name
  workgroup = aws_athena_workgroup.turned.name
}
output "query" {
  value = data.aws_athena_named_query.turned.querystring
}
