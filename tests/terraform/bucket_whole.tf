# A bucket with everything that can be said of one.
data "aws_caller_identity" "me" {}
data "aws_canonical_user_id" "me" {}
resource "aws_s3_bucket" "full" {
  bucket              = "s3-full-bucket"
  force_destroy       = true
  object_lock_enabled = true
}
resource "aws_s3_bucket_versioning" "full" {
  bucket = aws_s3_bucket.full.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_object_lock_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 1 + var.revision
    }
  }
}
resource "aws_s3_bucket_ownership_controls" "full" {
  bucket = aws_s3_bucket.full.id
  rule { object_ownership = "BucketOwnerPreferred" }
}
resource "aws_s3_bucket_public_access_block" "full" {
  bucket                  = aws_s3_bucket.full.id
  block_public_acls       = true
  block_public_policy     = var.revision == 1
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_acl" "full" {
  bucket = aws_s3_bucket.full.id
  access_control_policy {
    grant {
      grantee {
        id   = data.aws_canonical_user_id.me.id
        type = "CanonicalUser"
      }
      permission = "FULL_CONTROL"
    }
    grant {
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
      permission = "READ_ACP"
    }
    owner { id = data.aws_canonical_user_id.me.id }
  }
  depends_on = [aws_s3_bucket_ownership_controls.full]
}
resource "aws_s3_bucket_accelerate_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  status = var.revision == 1 ? "Enabled" : "Suspended"
}
resource "aws_s3_bucket_request_payment_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  payer  = var.revision == 1 ? "Requester" : "BucketOwner"
}
resource "aws_s3_bucket_lifecycle_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  rule {
    id     = "log"
    status = "Enabled"
    filter {
      and {
        prefix = "log/"
        tags   = { rule = "log", autoclean = "true" }
      }
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 60
      storage_class = "GLACIER"
    }
    expiration { days = 90 * var.revision }
  }
  rule {
    id     = "tmp"
    status = "Enabled"
    filter { prefix = "tmp/" }
    expiration { date = "2030-01-12T00:00:00Z" }
  }
  rule {
    id     = "size"
    status = "Disabled"
    filter {
      object_size_greater_than = 500
    }
    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "STANDARD_IA"
    }
    noncurrent_version_expiration {
      noncurrent_days           = 60
      newer_noncurrent_versions = 3
    }
  }
  rule {
    id     = "uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
  rule {
    id     = "markers"
    status = "Enabled"
    filter {
      tag {
        key   = "class"
        value = "cold"
      }
    }
    transition {
      days          = 0
      storage_class = "INTELLIGENT_TIERING"
    }
  }
  depends_on = [aws_s3_bucket_versioning.full]
}
resource "aws_s3_bucket_analytics_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  name   = "EntireBucket"
  storage_class_analysis {
    data_export {
      destination {
        s3_bucket_destination { bucket_arn = aws_s3_bucket.full.arn }
      }
    }
  }
}
resource "aws_s3_bucket_analytics_configuration" "filtered" {
  bucket = aws_s3_bucket.full.id
  name   = "important"
  filter {
    prefix = "documents/"
    tags   = { priority = "high", class = var.revision == 1 ? "blue" : "green" }
  }
}
resource "aws_s3_bucket_metric" "filtered" {
  bucket = aws_s3_bucket.full.id
  name   = "important"
  filter {
    prefix = "documents/"
    tags   = { priority = "high", revision = tostring(var.revision) }
  }
}
resource "aws_s3_bucket_inventory" "prefixed" {
  bucket                   = aws_s3_bucket.full.id
  name                     = "documents"
  included_object_versions = "Current"
  optional_fields          = ["Size", "LastModifiedDate", "StorageClass", "ETag", "EncryptionStatus"]
  schedule { frequency = "Daily" }
  filter { prefix = "documents/" }
  destination {
    bucket {
      format     = "CSV"
      account_id = data.aws_caller_identity.me.account_id
      bucket_arn = aws_s3_bucket.full.arn
      prefix     = "inventory/${var.revision}"
      encryption {
        sse_s3 {}
      }
    }
  }
}
resource "aws_s3_bucket_intelligent_tiering_configuration" "prefixed" {
  bucket = aws_s3_bucket.full.id
  name   = "documents"
  status = var.revision == 1 ? "Enabled" : "Disabled"
  filter {
    prefix = "documents/"
    tags   = { priority = "high" }
  }
  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 180
  }
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 125
  }
}
