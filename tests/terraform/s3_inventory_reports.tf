# Reporting around an archive bucket: inventory, storage class analysis, request metrics, intelligent tiering.

data "aws_caller_identity" "current" {}

locals {
  prefix  = "r4-inventory"
  account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket" "archive" {
  bucket        = "${local.prefix}-archive-${local.account}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "archive" {
  bucket = aws_s3_bucket.archive.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "reports" {
  bucket        = "${local.prefix}-reports-${local.account}"
  force_destroy = true
}

resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id

  rule {
    id     = "expire-reports"
    status = var.revision >= 2 ? "Enabled" : "Disabled"

    filter {
      prefix = "inventory/"
    }

    expiration {
      days = 45
    }
  }
}

data "aws_iam_policy_document" "reports" {
  statement {
    sid       = "ReportDelivery"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.reports.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.archive.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  bucket = aws_s3_bucket.reports.id
  policy = data.aws_iam_policy_document.reports.json
}

resource "aws_s3_bucket_inventory" "versions" {
  bucket                   = aws_s3_bucket.archive.id
  name                     = "all-versions"
  included_object_versions = "All"
  enabled                  = true

  optional_fields = var.revision >= 2 ? [
    "ETag", "IsMultipartUploaded", "LastModifiedDate", "ReplicationStatus", "Size", "StorageClass",
    ] : [
    "ETag", "LastModifiedDate", "Size", "StorageClass",
  ]

  schedule {
    frequency = "Weekly"
  }

  destination {
    bucket {
      format     = "Parquet"
      bucket_arn = aws_s3_bucket.reports.arn
      account_id = local.account
      prefix     = "inventory"

      encryption {
        sse_s3 {}
      }
    }
  }

  depends_on = [aws_s3_bucket_policy.reports]
}

resource "aws_s3_bucket_inventory" "scans" {
  bucket                   = aws_s3_bucket.archive.id
  name                     = "scans-current"
  included_object_versions = "Current"

  filter {
    prefix = "scans/"
  }

  schedule {
    frequency = var.revision >= 2 ? "Daily" : "Weekly"
  }

  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.reports.arn
    }
  }

  depends_on = [aws_s3_bucket_policy.reports]
}

resource "aws_s3_bucket_analytics_configuration" "scans" {
  bucket = aws_s3_bucket.archive.id
  name   = "scans"

  filter {
    prefix = "scans/"

    tags = {
      department = "radiology"
    }
  }

  storage_class_analysis {
    data_export {
      destination {
        s3_bucket_destination {
          bucket_arn = aws_s3_bucket.reports.arn
          prefix     = "analytics"
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_policy.reports]
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "archive" {
  bucket = aws_s3_bucket.archive.id
  name   = "whole-bucket"

  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = var.revision >= 2 ? 125 : 90
  }

  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 180
  }
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "scans" {
  bucket = aws_s3_bucket.archive.id
  name   = "scans"
  status = "Disabled"

  filter {
    prefix = "scans/"

    tags = {
      department = "radiology"
    }
  }

  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 100
  }
}

resource "aws_s3_bucket_metric" "whole" {
  bucket = aws_s3_bucket.archive.id
  name   = "EntireBucket"
}

resource "aws_s3_bucket_metric" "scans" {
  count = var.revision >= 2 ? 1 : 0

  bucket = aws_s3_bucket.archive.id
  name   = "scans"

  filter {
    prefix = "scans/"

    tags = {
      department = "radiology"
    }
  }
}
