# What lies in a bucket, in every way of putting it there, behind a policy made of parts.

data "aws_caller_identity" "me" {}

resource "aws_kms_key" "contents" {
  description             = "Contents"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_s3_bucket" "contents" {
  bucket_prefix       = "bucket-contents-"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket_ownership_controls" "contents" {
  bucket = aws_s3_bucket.contents.id
  rule {
    object_ownership = var.revision > 1 ? "BucketOwnerEnforced" : "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_public_access_block" "contents" {
  bucket                  = aws_s3_bucket.contents.id
  block_public_acls       = true
  block_public_policy     = var.revision > 1
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_object_lock_configuration" "contents" {
  bucket = aws_s3_bucket.contents.id
}

resource "aws_s3_bucket_cors_configuration" "contents" {
  bucket = aws_s3_bucket.contents.id
  cors_rule {
    id              = "console"
    allowed_headers = ["*"]
    allowed_methods = ["PUT", "POST", "HEAD"]
    allowed_origins = ["https://*.example.com"]
    expose_headers  = ["ETag", "x-amz-version-id"]
    max_age_seconds = 3000 * var.revision
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}

data "aws_iam_policy_document" "tls" {
  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.contents.arn, "${aws_s3_bucket.contents.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}

data "aws_iam_policy_document" "contents" {
  source_policy_documents = [data.aws_iam_policy_document.tls.json]
  statement {
    sid       = "ReadOwnAccount"
    actions   = ["s3:GetObject", "s3:GetObjectTagging"]
    resources = ["${aws_s3_bucket.contents.arn}/shared/*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:ExistingObjectTag/share"
      values   = ["yes"]
    }
  }
}

resource "aws_s3_bucket_policy" "contents" {
  bucket     = aws_s3_bucket.contents.bucket
  policy     = data.aws_iam_policy_document.contents.json
  depends_on = [aws_s3_bucket_public_access_block.contents]
}

resource "aws_s3_object" "text" {
  bucket                 = aws_s3_bucket.contents.id
  key                    = "shared/config.json"
  content                = jsonencode({ revision = var.revision, features = ["a", "b"] })
  content_type           = "application/json"
  cache_control          = "max-age=60"
  content_disposition    = "attachment; filename=\"config.json\""
  content_language       = "en"
  server_side_encryption = "aws:kms"
  kms_key_id             = aws_kms_key.contents.arn
  bucket_key_enabled     = true
  metadata               = { "origin" = "terraform", "rev" = tostring(var.revision) }
  tags                   = { share = "yes" }
  force_destroy          = true
}

resource "aws_s3_object" "binary" {
  bucket             = aws_s3_bucket.contents.id
  key                = "blobs/æøå and spaces+plus.bin"
  content_base64     = base64encode("revision ${var.revision}")
  checksum_algorithm = "SHA256"
  storage_class      = "STANDARD_IA"
  force_destroy      = true
}

resource "aws_s3_object" "self" {
  bucket        = aws_s3_bucket.contents.id
  key           = "code/main.tf"
  source        = "${path.module}/main.tf"
  source_hash   = filemd5("${path.module}/main.tf")
  force_destroy = true
  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "held" {
  bucket                        = aws_s3_bucket.contents.id
  key                           = "held.txt"
  content                       = "held"
  object_lock_mode              = "GOVERNANCE"
  object_lock_retain_until_date = "2035-0${var.revision}-01T00:00:00Z"
  object_lock_legal_hold_status = var.revision > 1 ? "OFF" : "ON"
  force_destroy                 = true
  depends_on                    = [aws_s3_bucket_object_lock_configuration.contents]
}

resource "aws_s3_object" "folder" {
  for_each      = toset(["in/", "out/"])
  bucket        = aws_s3_bucket.contents.id
  key           = each.key
  content_type  = "application/x-directory"
  force_destroy = true
}

resource "aws_s3_object_copy" "copy" {
  bucket             = aws_s3_bucket.contents.id
  key                = "shared/copy.json"
  source             = "${aws_s3_object.text.bucket}/${aws_s3_object.text.key}"
  metadata_directive = "REPLACE"
  content_type       = "application/json"
  metadata           = { copied = "yes" }
  tagging_directive  = "REPLACE"
  tags               = { share = "yes", copied = "yes" }
  force_destroy      = true
}

data "aws_s3_object" "text" {
  bucket = aws_s3_object.text.bucket
  key    = aws_s3_object.text.key
}

data "aws_s3_objects" "all" {
  bucket     = aws_s3_bucket.contents.id
  prefix     = "shared/"
  delimiter  = "/"
  depends_on = [aws_s3_object.text, aws_s3_object_copy.copy]
}

output "read" {
  value = jsondecode(data.aws_s3_object.text.body).features
}

output "keys" {
  value = data.aws_s3_objects.all.keys
}
