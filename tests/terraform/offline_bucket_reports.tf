# What storage engineers put on a bucket of features: inventory, analytics, metrics, tiering, lifecycle with all its filters.
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "reports" {
  description = "reports"
}

resource "aws_s3_bucket" "features" {
  bucket              = "offline-bucket-reports"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket" "reports" {
  bucket_prefix = "offline-reports-"
  force_destroy = true
}

data "aws_iam_policy_document" "reports" {
  statement {
    sid       = "InventoryAndAnalytics"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.reports.arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.features.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
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

resource "aws_s3_bucket_object_lock_configuration" "features" {
  bucket = aws_s3_bucket.features.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.revision
    }
  }
}

resource "aws_s3_bucket_inventory" "weekly" {
  bucket                   = aws_s3_bucket.features.id
  name                     = "weekly"
  included_object_versions = "All"
  optional_fields          = ["Size", "LastModifiedDate", "StorageClass", "ETag", "EncryptionStatus", "ObjectLockMode"]
  enabled                  = var.revision == 1
  filter {
    prefix = "features/"
  }
  schedule {
    frequency = "Weekly"
  }
  destination {
    bucket {
      format     = "Parquet"
      bucket_arn = aws_s3_bucket.reports.arn
      account_id = data.aws_caller_identity.me.account_id
      prefix     = "inventory"
      encryption {
        sse_kms {
          key_id = aws_kms_key.reports.arn
        }
      }
    }
  }
}

resource "aws_s3_bucket_inventory" "daily" {
  bucket                   = aws_s3_bucket.features.id
  name                     = "daily"
  included_object_versions = "Current"
  schedule {
    frequency = "Daily"
  }
  destination {
    bucket {
      format     = "CSV"
      bucket_arn = aws_s3_bucket.reports.arn
    }
  }
}

resource "aws_s3_bucket_analytics_configuration" "old" {
  bucket = aws_s3_bucket.features.bucket
  name   = "old"
  filter {
    prefix = "features/"
    tags   = { tier = "cold", revision = var.revision }
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
}

resource "aws_s3_bucket_metric" "all" {
  bucket = aws_s3_bucket.features.bucket
  name   = "EntireBucket"
}

resource "aws_s3_bucket_metric" "features" {
  bucket = aws_s3_bucket.features.bucket
  name   = "Features"
  filter {
    prefix = "features/"
    tags   = { priority = "high" }
  }
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "archive" {
  bucket = aws_s3_bucket.features.bucket
  name   = "archive"
  status = var.revision == 1 ? "Enabled" : "Disabled"
  filter {
    prefix = "features/history/"
    tags   = { class = "history" }
  }
  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 180 * var.revision
  }
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 125
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "features" {
  bucket                                 = aws_s3_bucket.features.id
  transition_default_minimum_object_size = "varies_by_storage_class"
  rule {
    id     = "tmp"
    status = "Enabled"
    filter {
      prefix = "tmp/"
    }
    expiration {
      days = 3 * var.revision
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
  rule {
    id     = "big-and-old"
    status = "Enabled"
    filter {
      and {
        prefix                   = "features/"
        object_size_greater_than = 131072
        object_size_less_than    = 10737418240
        tags                     = { tier = "cold" }
      }
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 90
      storage_class = "GLACIER_IR"
    }
  }
  rule {
    id     = "versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      newer_noncurrent_versions = 3
      noncurrent_days           = 30
    }
    noncurrent_version_transition {
      noncurrent_days = 7
      storage_class   = "GLACIER_IR"
    }
    expiration {
      expired_object_delete_marker = true
    }
  }
  rule {
    id     = "tagged"
    status = var.revision == 1 ? "Disabled" : "Enabled"
    filter {
      tag {
        key   = "retention"
        value = "short"
      }
    }
    expiration {
      days = 10
    }
  }
  depends_on = [aws_s3_bucket_object_lock_configuration.features]
}
