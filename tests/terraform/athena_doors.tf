# Workgroups for each team from a map, with all their settings, and what people run in them.

data "aws_caller_identity" "me" {}

locals {
  teams = {
    science = { cutoff = 1024 * 1024 * 1024 * var.revision, state = "ENABLED", encryption = "SSE_KMS" }
    finance = { cutoff = 10485760, state = var.revision > 1 ? "DISABLED" : "ENABLED", encryption = "SSE_S3" }
    export  = { cutoff = null, state = "ENABLED", encryption = "CSE_KMS" }
  }
}

resource "aws_kms_key" "results" {
  description             = "Results of queries"
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "results" {
  bucket_prefix = "athena-doors-"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_athena_workgroup" "team" {
  for_each      = local.teams
  name          = "doors-${each.key}"
  description   = "For ${each.key}, revision ${var.revision}"
  state         = each.value.state
  force_destroy = true
  configuration {
    bytes_scanned_cutoff_per_query     = each.value.cutoff
    enforce_workgroup_configuration    = each.key != "export"
    publish_cloudwatch_metrics_enabled = each.key == "science"
    requester_pays_enabled             = each.key == "export"
    engine_version {
      selected_engine_version = each.key == "science" ? "Athena engine version 3" : "AUTO"
    }
    result_configuration {
      output_location       = "s3://${aws_s3_bucket.results.bucket}/${each.key}/"
      expected_bucket_owner = data.aws_caller_identity.me.account_id
      acl_configuration {
        s3_acl_option = "BUCKET_OWNER_FULL_CONTROL"
      }
      encryption_configuration {
        encryption_option = each.value.encryption
        kms_key_arn       = each.value.encryption == "SSE_S3" ? null : aws_kms_key.results.arn
      }
    }
  }
}

resource "aws_athena_database" "doors" {
  name          = "athena_doors"
  bucket        = aws_s3_bucket.results.id
  comment       = "What the teams see"
  force_destroy = true
  properties    = { owner = "platform", tier = "gold" }
  acl_configuration {
    s3_acl_option = "BUCKET_OWNER_FULL_CONTROL"
  }
  encryption_configuration {
    encryption_option = "SSE_KMS"
    kms_key           = aws_kms_key.results.arn
  }
  expected_bucket_owner = data.aws_caller_identity.me.account_id
}

resource "aws_athena_named_query" "count" {
  for_each    = toset(["science", "export"])
  name        = "count-${each.key}"
  description = "Rows of the store, for ${each.key}"
  workgroup   = aws_athena_workgroup.team[each.key].id
  database    = aws_athena_database.doors.name
  query       = "SELECT count(*) FROM events WHERE revision = ${var.revision};"
}

resource "aws_athena_prepared_statement" "by_id" {
  name            = "by_id"
  description     = "Revision ${var.revision}"
  workgroup       = aws_athena_workgroup.team["science"].name
  query_statement = "SELECT * FROM ${aws_athena_database.doors.name}.events WHERE id = ? AND revision >= ${var.revision} LIMIT ?"
}

resource "aws_athena_prepared_statement" "view" {
  name            = "make_view"
  workgroup       = aws_athena_workgroup.team["science"].name
  query_statement = "INSERT INTO ${aws_athena_database.doors.name}.copies SELECT ?, ?"
}

data "aws_athena_named_query" "count" {
  name      = aws_athena_named_query.count["science"].name
  workgroup = aws_athena_workgroup.team["science"].name
}

output "engine" {
  value = { for name, team in aws_athena_workgroup.team : name => team.configuration[0].engine_version[0].effective_engine_version }
}

output "sql" {
  value = data.aws_athena_named_query.count.querystring
}
