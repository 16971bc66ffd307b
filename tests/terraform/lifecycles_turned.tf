# Lifecycle rules in the forms of old and new, that move, widen and end.
locals {
  later = var.revision > 1
}
resource "aws_s3_bucket" "aged" {
  bucket        = "lifecycles-turned"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "aged" {
  bucket = aws_s3_bucket.aged.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "aged" {
  bucket                                 = aws_s3_bucket_versioning.aged.bucket
  transition_default_minimum_object_size = local.later ? "varies_by_storage_class" : "all_storage_classes_128K"
  rule {
    id     = "no-filter"
    status = local.later ? "Disabled" : "Enabled"
    expiration {
      days = local.later ? 400 : 365
    }
  }
  rule {
    id     = "old-prefix"
    status = "Enabled"
    filter {
      prefix = local.later ? "" : "old/"
    }
    dynamic "transition" {
      for_each = local.later ? { GLACIER_IR = 30 } : { STANDARD_IA = 30, GLACIER = 90 }
      content {
        days          = transition.value
        storage_class = transition.key
      }
    }
    noncurrent_version_expiration {
      noncurrent_days           = 60
      newer_noncurrent_versions = local.later ? 3 : null
    }
  }
  rule {
    id     = "by-tag"
    status = "Enabled"
    filter {
      tag {
        key   = "stage"
        value = local.later ? "later" : "first"
      }
    }
    transition {
      days          = 0
      storage_class = "INTELLIGENT_TIERING"
    }
  }
  rule {
    id     = "by-size"
    status = "Enabled"
    filter {
      and {
        prefix                   = "sized/"
        object_size_greater_than = local.later ? 1024 : 500
        object_size_less_than    = 64000
        tags                     = local.later ? { b = "2" } : { a = "1", b = "2" }
      }
    }
    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "DEEP_ARCHIVE"
    }
  }
  dynamic "rule" {
    for_each = local.later ? ["markers"] : ["markers", "parts"]
    content {
      id     = rule.value
      status = "Enabled"
      filter {}
      dynamic "expiration" {
        for_each = rule.value == "markers" ? [1] : []
        content {
          expired_object_delete_marker = true
        }
      }
      dynamic "abort_incomplete_multipart_upload" {
        for_each = rule.value == "parts" ? [1] : []
        content {
          days_after_initiation = 7
        }
      }
    }
  }
  rule {
    id     = "on-a-day"
    status = "Enabled"
    filter {
      object_size_less_than = 10
    }
    expiration {
      date = local.later ? "2031-01-01T00:00:00Z" : "2030-01-01T00:00:00Z"
    }
  }
}
