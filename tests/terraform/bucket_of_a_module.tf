# In the style of the public S3 module: counts, dynamic blocks, merged policies.
locals {
  create = true
  lifecycle_rules = [
    { id = "log", enabled = true, prefix = "log/", transition = [{ days = 30, storage_class = "ONEZONE_IA" }, { days = 60, storage_class = "GLACIER" }], expiration = { days = 90 * var.revision, expired_object_delete_marker = null } },
    { id = "markers", enabled = true, prefix = "", transition = [], expiration = { days = null, expired_object_delete_marker = true } },
  ]
  cors = [{ allowed_methods = ["PUT", "POST"], allowed_origins = ["https://modules.tf"], allowed_headers = ["*"], expose_headers = ["ETag"], max_age_seconds = 3000 }]
}
data "aws_caller_identity" "current" {}
resource "aws_s3_bucket" "this" {
  count         = local.create ? 1 : 0
  bucket_prefix = "s3-module-"
  force_destroy = true
  tags          = { Owner = "Anton" }
}
resource "aws_s3_bucket_versioning" "this" {
  count                 = local.create ? 1 : 0
  bucket                = aws_s3_bucket.this[0].id
  expected_bucket_owner = data.aws_caller_identity.current.account_id
  versioning_configuration { status = var.revision == 1 ? "Enabled" : "Suspended" }
}
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = local.create ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  dynamic "rule" {
    for_each = local.lifecycle_rules
    content {
      id     = rule.value.id
      status = rule.value.enabled ? "Enabled" : "Disabled"
      filter { prefix = rule.value.prefix }
      dynamic "expiration" {
        for_each = [rule.value.expiration]
        content {
          days                         = expiration.value.days
          expired_object_delete_marker = expiration.value.expired_object_delete_marker
        }
      }
      dynamic "transition" {
        for_each = rule.value.transition
        content {
          days          = transition.value.days
          storage_class = transition.value.storage_class
        }
      }
    }
  }
  depends_on = [aws_s3_bucket_versioning.this]
}
resource "aws_s3_bucket_cors_configuration" "this" {
  bucket = aws_s3_bucket.this[0].id
  dynamic "cors_rule" {
    for_each = local.cors
    content {
      allowed_methods = cors_rule.value.allowed_methods
      allowed_origins = cors_rule.value.allowed_origins
      allowed_headers = try(cors_rule.value.allowed_headers, null)
      expose_headers  = try(cors_rule.value.expose_headers, null)
      max_age_seconds = try(cors_rule.value.max_age_seconds, null)
    }
  }
}
data "aws_iam_policy_document" "tls" {
  statement {
    sid       = "denyInsecureTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[0].arn, "${aws_s3_bucket.this[0].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
data "aws_iam_policy_document" "sse" {
  statement {
    sid       = "denyIncorrectEncryptionHeaders"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this[0].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }
    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }
  }
}
data "aws_iam_policy_document" "combined" {
  source_policy_documents = compact([data.aws_iam_policy_document.tls.json, var.revision == 2 ? data.aws_iam_policy_document.sse.json : ""])
}
resource "aws_s3_bucket_policy" "this" {
  bucket     = aws_s3_bucket.this[0].id
  policy     = data.aws_iam_policy_document.combined.json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this[0].id
  rule { object_ownership = "BucketOwnerEnforced" }
  depends_on = [aws_s3_bucket_policy.this, aws_s3_bucket_public_access_block.this]
}
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this[0].id
  rule {
    bucket_key_enabled = var.revision == 2
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.objects.arn
    }
  }
}
resource "aws_kms_key" "objects" {
  description             = "KMS key is used to encrypt bucket objects"
  deletion_window_in_days = 7
}
resource "aws_s3_object" "files" {
  for_each               = { a = "alpha", "b/c" = "beta" }
  bucket                 = aws_s3_bucket.this[0].id
  key                    = "files/${each.key}.json"
  content                = jsonencode({ name = each.value, revision = var.revision })
  content_type           = "application/json"
  server_side_encryption = "aws:kms"
  kms_key_id             = aws_kms_key.objects.arn
}
resource "aws_s3_bucket" "logs" {
  bucket        = "s3-module-logs"
  force_destroy = true
}
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "S3ServerAccessLogsPolicy", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.logs.arn}/*", Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } } }] })
}
resource "aws_s3_bucket_logging" "this" {
  bucket        = aws_s3_bucket.this[0].id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "log/"
  target_object_key_format {
    partitioned_prefix { partition_date_source = var.revision == 1 ? "DeliveryTime" : "EventTime" }
  }
}
