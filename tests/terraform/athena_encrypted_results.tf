# Results under a customer key, an analyst policy bound to the workgroup, an alarm on scanned bytes.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  name    = "r4-encrypted-results"
  account = data.aws_caller_identity.current.account_id
}

resource "aws_kms_key" "results" {
  description             = "Athena results"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_kms_alias" "results" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.results.key_id
}

resource "aws_s3_bucket" "results" {
  bucket        = "${local.name}-${local.account}"
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "results" {
  bucket = aws_s3_bucket.results.id

  rule {
    bucket_key_enabled = var.revision >= 2

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.results.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "results" {
  bucket                  = aws_s3_bucket.results.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_athena_workgroup" "analysts" {
  name          = local.name
  description   = "Analysts"
  force_destroy = true

  configuration {
    bytes_scanned_cutoff_per_query     = var.revision >= 2 ? null : 10737418240
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    result_configuration {
      output_location = "s3://${aws_s3_bucket.results.bucket}/output/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = aws_kms_key.results.arn
      }
    }
  }
}

resource "aws_glue_catalog_database" "claims" {
  name = "r4_encrypted_results"
}

resource "aws_athena_named_query" "saved" {
  for_each = {
    open    = "SELECT * FROM claim WHERE state = 'open'"
    overdue = "SELECT * FROM claim WHERE due < current_date"
  }

  name      = "${local.name}-${each.key}"
  workgroup = aws_athena_workgroup.analysts.name
  database  = aws_glue_catalog_database.claims.name
  query     = each.value
}

data "aws_iam_policy_document" "analyst" {
  statement {
    sid = "RunQueries"
    actions = [
      "athena:GetQueryExecution",
      "athena:GetQueryResults",
      "athena:GetWorkGroup",
      "athena:StartQueryExecution",
      "athena:StopQueryExecution",
    ]
    resources = [aws_athena_workgroup.analysts.arn]
  }

  statement {
    sid     = "Catalogue"
    actions = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"]
    resources = [
      "arn:${data.aws_partition.current.partition}:glue:${data.aws_region.current.name}:${local.account}:catalog",
      aws_glue_catalog_database.claims.arn,
      "arn:${data.aws_partition.current.partition}:glue:${data.aws_region.current.name}:${local.account}:table/${aws_glue_catalog_database.claims.name}/*",
    ]
  }

  statement {
    sid       = "Results"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.results.arn}/output/*"]
  }

  statement {
    sid       = "ResultsKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.results.arn]
  }
}

resource "aws_iam_policy" "analyst" {
  name   = "${local.name}-analyst"
  policy = data.aws_iam_policy_document.analyst.json
}

resource "aws_iam_group" "analyst" {
  name = "${local.name}-analysts"
}

resource "aws_iam_group_policy_attachment" "analyst" {
  group      = aws_iam_group.analyst.name
  policy_arn = aws_iam_policy.analyst.arn
}

resource "aws_cloudwatch_metric_alarm" "scanned" {
  alarm_name          = "${local.name}-scanned"
  namespace           = "AWS/Athena"
  metric_name         = "ProcessedBytes"
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 1
  threshold           = var.revision >= 2 ? 500000000000 : 100000000000
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    WorkGroup = aws_athena_workgroup.analysts.name
  }
}
