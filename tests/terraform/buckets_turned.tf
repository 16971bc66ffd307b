# Buckets whose every setting is changed, and those whose settings are taken away again.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_kms_key" "turned" {
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "turned" {
  bucket        = "turned-settings"
  force_destroy = true
  tags          = local.later ? { b = "2" } : { a = "1", b = "1" }
}
resource "aws_s3_bucket" "logs" {
  for_each      = toset(["one", "two"])
  bucket        = "turned-logs-${each.key}"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "turned" {
  bucket = aws_s3_bucket.turned.id
  versioning_configuration {
    status = local.later ? "Suspended" : "Enabled"
  }
}
resource "aws_s3_bucket_versioning" "disabled" {
  bucket = aws_s3_bucket.logs["one"].id
  versioning_configuration {
    status = "Disabled"
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  rule {
    bucket_key_enabled = local.later ? null : true
    apply_server_side_encryption_by_default {
      sse_algorithm     = local.later ? "AES256" : "aws:kms"
      kms_master_key_id = local.later ? null : aws_kms_key.turned.arn
    }
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "dual" {
  bucket = aws_s3_bucket.logs["two"].id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = local.later ? "aws:kms:dsse" : "aws:kms"
    }
  }
}
resource "aws_s3_bucket_ownership_controls" "turned" {
  bucket = aws_s3_bucket.turned.id
  rule {
    object_ownership = local.later ? "BucketOwnerPreferred" : "ObjectWriter"
  }
}
resource "aws_s3_bucket_acl" "turned" {
  bucket     = aws_s3_bucket.turned.id
  acl        = local.later ? "authenticated-read" : "private"
  depends_on = [aws_s3_bucket_ownership_controls.turned, aws_s3_bucket_public_access_block.turned]
}
resource "aws_s3_bucket_public_access_block" "turned" {
  bucket                  = aws_s3_bucket.turned.id
  block_public_acls       = false
  block_public_policy     = local.later
  ignore_public_acls      = local.later ? null : true
  restrict_public_buckets = local.later
}
resource "aws_s3_bucket_policy" "turned" {
  count  = local.later ? 0 : 1
  bucket = aws_s3_bucket.turned.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid       = "Plain", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [aws_s3_bucket.turned.arn, "${aws_s3_bucket.turned.arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }] })
}
resource "aws_s3_bucket_policy" "logs" {
  for_each = aws_s3_bucket.logs
  bucket   = each.value.id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(
    [{ Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${each.value.arn}/*" }],
    local.later ? [{ Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = ["s3:GetObject"], Resource = "${each.value.arn}/*" }] : []
  ) })
}
resource "aws_s3_bucket_logging" "turned" {
  bucket        = aws_s3_bucket.turned.id
  target_bucket = aws_s3_bucket.logs[local.later ? "two" : "one"].id
  target_prefix = local.later ? "" : "log/"
  dynamic "target_object_key_format" {
    for_each = local.later ? [1] : []
    content {
      simple_prefix {}
    }
  }
}
resource "aws_s3_bucket_cors_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  cors_rule {
    id              = local.later ? null : "rule1"
    allowed_headers = local.later ? null : ["*"]
    allowed_methods = local.later ? ["DELETE"] : ["PUT", "POST"]
    allowed_origins = ["https://www.example.com"]
    expose_headers  = local.later ? ["ETag"] : null
    max_age_seconds = local.later ? 0 : 3000
  }
}
resource "aws_s3_bucket_website_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  dynamic "index_document" {
    for_each = local.later ? [] : ["index.html"]
    content {
      suffix = index_document.value
    }
  }
  dynamic "redirect_all_requests_to" {
    for_each = local.later ? ["example.com"] : []
    content {
      host_name = redirect_all_requests_to.value
    }
  }
  routing_rules = local.later ? null : jsonencode([{ Condition = { KeyPrefixEquals = "docs/" }, Redirect = { ReplaceKeyPrefixWith = "" } }])
}
resource "aws_s3_bucket_accelerate_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  status = local.later ? "Suspended" : "Enabled"
}
resource "aws_s3_bucket_request_payment_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  payer  = local.later ? "BucketOwner" : "Requester"
}
resource "aws_s3_bucket_intelligent_tiering_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  name   = "whole"
  status = local.later ? "Disabled" : "Enabled"
  dynamic "filter" {
    for_each = local.later ? ["p/"] : []
    content {
      prefix = filter.value
      tags   = { a = "1" }
    }
  }
  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = local.later ? 270 : 180
  }
}
resource "aws_s3_bucket_analytics_configuration" "turned" {
  bucket = aws_s3_bucket.turned.id
  name   = "whole"
  dynamic "filter" {
    for_each = local.later ? [1] : []
    content {
      tags = { a = "1", b = "2" }
    }
  }
  dynamic "storage_class_analysis" {
    for_each = local.later ? [] : [1]
    content {
      data_export {
        destination {
          s3_bucket_destination {
            bucket_arn = aws_s3_bucket.logs["one"].arn
            prefix     = "analytics"
          }
        }
      }
    }
  }
}
resource "aws_s3_bucket_metric" "turned" {
  for_each = toset(["whole", "part"])
  bucket   = aws_s3_bucket.turned.id
  name     = each.key
  dynamic "filter" {
    for_each = each.key == "part" ? [1] : []
    content {
      prefix = local.later ? null : "p/"
      tags   = local.later ? { a = "1" } : { a = "2", b = "2" }
    }
  }
}
resource "aws_s3_bucket_inventory" "turned" {
  bucket                   = aws_s3_bucket.turned.id
  name                     = "daily"
  enabled                  = !local.later
  included_object_versions = local.later ? "Current" : "All"
  optional_fields          = local.later ? ["Size"] : ["Size", "LastModifiedDate", "ETag"]
  schedule {
    frequency = local.later ? "Daily" : "Weekly"
  }
  destination {
    bucket {
      bucket_arn = aws_s3_bucket.logs["two"].arn
      format     = local.later ? "Parquet" : "CSV"
      prefix     = local.later ? null : "inventory"
      dynamic "encryption" {
        for_each = local.later ? [] : [1]
        content {
          sse_kms {
            key_id = aws_kms_key.turned.arn
          }
        }
      }
    }
  }
}
resource "aws_sqs_queue" "turned" {
  name   = "turned-settings"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:turned-settings", Condition = { ArnEquals = { "aws:SourceArn" = aws_s3_bucket.turned.arn } } }] })
}
resource "aws_s3_bucket_notification" "turned" {
  bucket      = aws_s3_bucket.turned.id
  eventbridge = local.later
  dynamic "queue" {
    for_each = local.later ? ["s3:ObjectRemoved:*"] : ["s3:ObjectCreated:Put", "s3:ObjectRestore:Completed"]
    content {
      id            = replace(queue.value, ":", "-") == "" ? null : "q-${queue.key}"
      queue_arn     = aws_sqs_queue.turned.arn
      events        = [queue.value]
      filter_prefix = local.later ? null : "p/"
      filter_suffix = local.later ? ".gz" : null
    }
  }
}
resource "aws_s3_bucket" "locked" {
  bucket              = "turned-locked"
  object_lock_enabled = true
  force_destroy       = true
}
resource "aws_s3_bucket_object_lock_configuration" "locked" {
  bucket = aws_s3_bucket.locked.id
  rule {
    default_retention {
      mode  = local.later ? "GOVERNANCE" : "COMPLIANCE"
      days  = local.later ? null : 3
      years = local.later ? 1 : null
    }
  }
}
