# Offline store in Iceberg format, compacted by Athena; the workgroup lives beside it.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  prefix = "r4-iceberg-lake"
}

resource "aws_s3_bucket" "lake" {
  bucket        = "${local.prefix}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "lake" {
  bucket = aws_s3_bucket.lake.id

  versioning_configuration {
    status = var.revision >= 2 ? "Suspended" : "Enabled"
  }
}

resource "aws_s3_bucket" "results" {
  bucket        = "${local.prefix}-results-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  bucket = aws_s3_bucket.results.id

  rule {
    id     = "drop-results"
    status = "Enabled"

    filter {}

    expiration {
      days = var.revision >= 2 ? 3 : 7
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "lake" {
  name               = "${local.prefix}-fs"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "lake" {
  role       = aws_iam_role.lake.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

data "aws_iam_policy_document" "lake" {
  statement {
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [aws_s3_bucket.lake.arn]
  }

  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.lake.arn}/*"]
  }
}

resource "aws_iam_role_policy" "lake" {
  name   = "lake"
  role   = aws_iam_role.lake.name
  policy = data.aws_iam_policy_document.lake.json
}

resource "aws_sagemaker_feature_group" "sensor" {
  feature_group_name             = "${local.prefix}-sensor"
  record_identifier_feature_name = "sensor_id"
  event_time_feature_name        = "measured_at"
  role_arn                       = aws_iam_role.lake.arn

  feature_definition {
    feature_name = "sensor_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "measured_at"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "temperature_mean"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "vibration_p99"
    feature_type = "Fractional"
  }

  offline_store_config {
    table_format = "Iceberg"

    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.lake.bucket}/iceberg/"
    }
  }

  tags = {
    Format   = "iceberg"
    Revision = tostring(var.revision)
  }

  depends_on = [
    aws_iam_role_policy.lake,
    aws_iam_role_policy_attachment.lake,
  ]
}

resource "aws_athena_workgroup" "maintenance" {
  name          = "${local.prefix}-maintenance"
  force_destroy = true

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    result_configuration {
      output_location = "s3://${aws_s3_bucket.results.bucket}/maintenance/"
    }
  }
}

resource "aws_athena_named_query" "compact" {
  name        = "${local.prefix}-compact"
  description = "Rewrites small data files"
  workgroup   = aws_athena_workgroup.maintenance.name
  database    = aws_sagemaker_feature_group.sensor.offline_store_config[0].data_catalog_config[0].database

  query = "OPTIMIZE ${aws_sagemaker_feature_group.sensor.offline_store_config[0].data_catalog_config[0].table_name} REWRITE DATA USING BIN_PACK"
}

output "region" {
  value = data.aws_region.current.name
}
