# A bucket's whole life: versions, lifecycles with every filter, tiers, storage class analysis, metrics, acceleration.

resource "aws_s3_bucket" "life" {
  bucket_prefix = "bucket-lives-"
  force_destroy = true
}

resource "aws_s3_bucket" "analysis" {
  bucket_prefix = "bucket-lives-analysis-"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "life" {
  bucket = aws_s3_bucket.life.id
  versioning_configuration {
    status = var.revision > 1 ? "Suspended" : "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "life" {
  bucket                                 = aws_s3_bucket.life.id
  transition_default_minimum_object_size = "varies_by_storage_class"

  rule {
    id     = "raw"
    status = "Enabled"
    filter {
      prefix = "raw/"
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 90 * var.revision
      storage_class = "GLACIER_IR"
    }
    transition {
      days          = 365
      storage_class = "DEEP_ARCHIVE"
    }
    expiration {
      days = 3650
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_transition {
      noncurrent_days           = 30
      newer_noncurrent_versions = 3
      storage_class             = "STANDARD_IA"
    }
    noncurrent_version_transition {
      noncurrent_days = 60
      storage_class   = "GLACIER"
    }
    noncurrent_version_expiration {
      noncurrent_days           = 120
      newer_noncurrent_versions = 5
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "markers"
    status = "Enabled"
    filter {
      prefix = ""
    }
    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "large"
    status = var.revision > 1 ? "Enabled" : "Disabled"
    filter {
      and {
        prefix                   = "tmp/"
        object_size_greater_than = 131072
        object_size_less_than    = 1073741824
        tags                     = { class = "scratch", keep = "no" }
      }
    }
    expiration {
      days = 1
    }
  }

  rule {
    id     = "small"
    status = "Enabled"
    filter {
      object_size_less_than = 500
    }
    expiration {
      date = "2035-01-01T00:00:00Z"
    }
  }

  rule {
    id     = "tagged"
    status = "Enabled"
    filter {
      tag {
        key   = "retention"
        value = "short"
      }
    }
    expiration {
      days = 14
    }
  }

  depends_on = [aws_s3_bucket_versioning.life]
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "life" {
  bucket = aws_s3_bucket.life.id
  name   = "cold"
  status = var.revision > 1 ? "Disabled" : "Enabled"
  filter {
    prefix = "datasets/"
    tags   = { tier = "auto" }
  }
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = 125
  }
  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 180
  }
}

resource "aws_s3_bucket_analytics_configuration" "life" {
  bucket = aws_s3_bucket.life.id
  name   = "classes"
  filter {
    prefix = "raw/"
    tags   = { priority = "high" }
  }
  storage_class_analysis {
    data_export {
      output_schema_version = "V_1"
      destination {
        s3_bucket_destination {
          bucket_arn = aws_s3_bucket.analysis.arn
          format     = "CSV"
          prefix     = "analysis-${var.revision}"
        }
      }
    }
  }
}

resource "aws_s3_bucket_metric" "life" {
  for_each = toset(["raw/", "datasets/"])
  bucket   = aws_s3_bucket.life.id
  name     = trimsuffix(each.key, "/")
  filter {
    prefix = each.key
  }
}

resource "aws_s3_bucket_metric" "all" {
  bucket = aws_s3_bucket.life.id
  name   = "all"
}

resource "aws_s3_bucket_accelerate_configuration" "life" {
  bucket = aws_s3_bucket.life.id
  status = var.revision > 1 ? "Suspended" : "Enabled"
}

resource "aws_s3_bucket_request_payment_configuration" "life" {
  bucket = aws_s3_bucket.life.id
  payer  = "Requester"
}

resource "aws_s3_bucket_inventory" "life" {
  bucket                   = aws_s3_bucket.life.id
  name                     = "weekly"
  included_object_versions = "All"
  enabled                  = var.revision == 1
  optional_fields          = ["Size", "LastModifiedDate", "StorageClass", "ETag", "EncryptionStatus", "ObjectOwner", "ChecksumAlgorithm"]
  filter {
    prefix = "raw/"
  }
  schedule {
    frequency = "Weekly"
  }
  destination {
    bucket {
      bucket_arn = aws_s3_bucket.analysis.arn
      format     = "Parquet"
      prefix     = "inventory"
      encryption {
        sse_s3 {}
      }
    }
  }
}
