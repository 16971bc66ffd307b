# A bucket as it was written before the provider cut it in parts, and as many still keep it.

resource "aws_s3_bucket" "log" {
  bucket        = "bucket-inline-log-fs"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "log" {
  bucket = aws_s3_bucket.log.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "log" {
  bucket     = aws_s3_bucket.log.id
  acl        = "log-delivery-write"
  depends_on = [aws_s3_bucket_ownership_controls.log]
}

resource "aws_s3_bucket" "inline" {
  bucket              = "bucket-inline-fs"
  force_destroy       = true
  acceleration_status = var.revision > 1 ? "Suspended" : "Enabled"
  request_payer       = "Requester"

  versioning {
    enabled = true
  }

  logging {
    target_bucket = aws_s3_bucket_acl.log.bucket
    target_prefix = "inline-${var.revision}/"
  }

  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = ["PUT", "POST"]
    allowed_origins = ["https://app.example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000 * var.revision
  }

  lifecycle_rule {
    id                                     = "log"
    enabled                                = true
    prefix                                 = "log/"
    abort_incomplete_multipart_upload_days = 7
    tags = {
      rule      = "log"
      autoclean = "true"
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 60
      storage_class = "GLACIER"
    }
    expiration {
      days = 90 * var.revision
    }
  }

  lifecycle_rule {
    id      = "config"
    enabled = true
    prefix  = "config/"
    noncurrent_version_transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    noncurrent_version_expiration {
      days = 90
    }
    expiration {
      expired_object_delete_marker = true
    }
  }

  lifecycle_rule {
    id      = "dated"
    prefix  = "tmp/"
    enabled = var.revision == 1
    expiration {
      date = "2036-01-12"
    }
  }

  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = "aws:kms"
      }
      bucket_key_enabled = true
    }
  }

  object_lock_configuration {
    object_lock_enabled = "Enabled"
    rule {
      default_retention {
        mode = "GOVERNANCE"
        days = var.revision
      }
    }
  }

  tags = { name = "inline" }
}
