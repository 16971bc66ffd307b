# Athena: workgroups with keys and engine, catalogs of every kind, queries, statements, reserved capacity.
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "results" {
  bucket        = "athena-all-results"
  force_destroy = true
}
resource "aws_kms_key" "athena" {
  deletion_window_in_days = 7
  description             = "Athena KMS Key"
}
resource "aws_athena_workgroup" "kms" {
  name = "athena-all-kms"
  configuration {
    requester_pays_enabled = var.revision == 2
    engine_version { selected_engine_version = "Athena engine version 3" }
    result_configuration {
      output_location       = "s3://${aws_s3_bucket.results.bucket}/output/"
      expected_bucket_owner = data.aws_caller_identity.me.account_id
      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = aws_kms_key.athena.arn
      }
    }
  }
  tags = { rev = tostring(var.revision) }
}
resource "aws_athena_workgroup" "plain" {
  name  = "athena-all-plain"
  state = var.revision == 1 ? "ENABLED" : "DISABLED"
}
resource "aws_athena_workgroup" "acl" {
  name          = "athena-all-acl"
  force_destroy = true
  configuration {
    enforce_workgroup_configuration = false
    result_configuration {
      output_location = "s3://${aws_s3_bucket.results.bucket}/acl/"
      acl_configuration { s3_acl_option = "BUCKET_OWNER_FULL_CONTROL" }
    }
  }
}
resource "aws_athena_database" "hoge" {
  name       = "athena_all_users"
  bucket     = aws_s3_bucket.results.id
  comment    = "users"
  properties = { creator = "others" }
  encryption_configuration {
    encryption_option = "SSE_KMS"
    kms_key           = aws_kms_key.athena.arn
  }
}
resource "aws_athena_named_query" "foo" {
  name        = "bar"
  workgroup   = aws_athena_workgroup.kms.id
  database    = aws_athena_database.hoge.name
  description = "r${var.revision}"
  query       = "SELECT * FROM ${aws_athena_database.hoge.name} limit 10;"
}
resource "aws_athena_named_query" "primary" {
  name     = "in-primary"
  database = aws_athena_database.hoge.name
  query    = "SELECT ${var.revision}"
}
resource "aws_athena_prepared_statement" "test" {
  name            = "test"
  description     = "r${var.revision}"
  query_statement = "SELECT * FROM ${aws_athena_database.hoge.name} WHERE x = ? LIMIT ${var.revision}"
  workgroup       = aws_athena_workgroup.kms.name
}
resource "aws_athena_data_catalog" "lambda" {
  name        = "athena-all-lambda"
  description = "r${var.revision}"
  type        = "LAMBDA"
  parameters = {
    "metadata-function" = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.me.account_id}:function:m"
    "record-function"   = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.me.account_id}:function:r"
  }
  tags = { Test = "Test" }
}
resource "aws_athena_data_catalog" "hive" {
  name        = "athena-all-hive"
  description = "Hive"
  type        = "HIVE"
  parameters  = { "metadata-function" = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.me.account_id}:function:m" }
}
resource "aws_athena_capacity_reservation" "example" {
  name        = "athena-all-reservation"
  target_dpus = 24 * var.revision
}
data "aws_athena_named_query" "foo" {
  name      = aws_athena_named_query.foo.name
  workgroup = aws_athena_workgroup.kms.name
}
