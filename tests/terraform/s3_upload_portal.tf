# Browser uploads: CORS, transfer acceleration, a few seeded objects and a lookup of the bucket.

data "aws_caller_identity" "current" {}

locals {
  name = "r4-upload-portal"

  origins = concat(
    ["https://portal.example.com"],
    var.revision >= 2 ? ["https://beta.portal.example.com"] : []
  )

  seed = {
    "config/limits.json" = jsonencode({ maxBytes = 52428800 * var.revision, types = ["image/png", "text/csv"] })
    "config/mime.json"   = jsonencode({ csv = "text/csv", png = "image/png" })
    "templates/empty.csv" = join("\n", [
      "id,name,created_at",
      "",
    ])
  }

  content_types = {
    json = "application/json"
    csv  = "text/csv"
  }
}

resource "aws_s3_bucket" "portal" {
  bucket        = "${local.name}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true

  tags = {
    Application = "portal"
  }
}

resource "aws_s3_bucket_ownership_controls" "portal" {
  bucket = aws_s3_bucket.portal.id

  rule {
    object_ownership = "ObjectWriter"
  }
}

resource "aws_s3_bucket_acl" "portal" {
  bucket = aws_s3_bucket.portal.id
  acl    = "private"

  depends_on = [aws_s3_bucket_ownership_controls.portal]
}

resource "aws_s3_bucket_cors_configuration" "portal" {
  bucket = aws_s3_bucket.portal.id

  cors_rule {
    id              = "uploads"
    allowed_headers = ["*"]
    allowed_methods = ["POST", "PUT"]
    allowed_origins = local.origins
    expose_headers  = ["ETag", "x-amz-version-id"]
    max_age_seconds = 600
  }

  cors_rule {
    id              = "downloads"
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = ["*"]
  }
}

resource "aws_s3_bucket_accelerate_configuration" "portal" {
  bucket = aws_s3_bucket.portal.id
  status = var.revision >= 2 ? "Suspended" : "Enabled"
}

resource "aws_s3_bucket_request_payment_configuration" "portal" {
  bucket = aws_s3_bucket.portal.id
  payer  = "BucketOwner"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "portal" {
  bucket = aws_s3_bucket.portal.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "portal" {
  bucket = aws_s3_bucket.portal.id

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.revision >= 2 ? 2 : 4
    }
  }
}

resource "aws_s3_object" "seed" {
  for_each = local.seed

  bucket        = aws_s3_bucket.portal.bucket
  key           = each.key
  content       = each.value
  content_type  = local.content_types[reverse(split(".", each.key))[0]]
  cache_control = "max-age=300"

  metadata = {
    origin = "terraform"
  }

  tags = {
    Kind = split("/", each.key)[0]
  }

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.portal]
}

resource "aws_s3_object" "inbox" {
  bucket = aws_s3_bucket.portal.bucket
  key    = "inbox/"
}

resource "aws_s3_object_copy" "template" {
  bucket = aws_s3_bucket.portal.bucket
  key    = "published/empty.csv"
  source = "${aws_s3_bucket.portal.bucket}/${aws_s3_object.seed["templates/empty.csv"].key}"

  tagging_directive = "REPLACE"

  tags = {
    Kind = "published"
  }
}

data "aws_s3_bucket" "portal" {
  bucket = aws_s3_bucket.portal.id
}

resource "aws_iam_policy" "uploader" {
  name = "${local.name}-uploader"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:AbortMultipartUpload"]
      Resource = "${data.aws_s3_bucket.portal.arn}/inbox/*"
    }]
  })
}

output "endpoint" {
  value = data.aws_s3_bucket.portal.bucket_regional_domain_name
}
