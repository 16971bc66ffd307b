# A bucket whose owner is expected in every call, its site, its copies in another owner's name, its log with grants.

data "aws_caller_identity" "me" {}

data "aws_canonical_user_id" "me" {}

locals {
  owner = data.aws_caller_identity.me.account_id
}

resource "aws_s3_bucket" "owned" {
  bucket_prefix = "bucket-owned-"
  force_destroy = true
}

resource "aws_s3_bucket" "copy" {
  bucket_prefix = "bucket-owned-copy-"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "owned" {
  for_each = { owned = aws_s3_bucket.owned.id, copy = aws_s3_bucket.copy.id }
  bucket   = each.value
  rule {
    object_ownership = "ObjectWriter"
  }
}

resource "aws_s3_bucket_versioning" "owned" {
  for_each              = { owned = aws_s3_bucket.owned.id, copy = aws_s3_bucket.copy.id }
  bucket                = each.value
  expected_bucket_owner = local.owner
  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Disabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
    bucket_key_enabled = var.revision > 1
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  rule {
    id     = "tmp"
    status = "Enabled"
    filter {
      prefix = "tmp/"
    }
    expiration {
      days = var.revision
    }
  }
}

resource "aws_s3_bucket_accelerate_configuration" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  status                = "Enabled"
}

resource "aws_s3_bucket_request_payment_configuration" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  payer                 = var.revision > 1 ? "BucketOwner" : "Requester"
}

resource "aws_s3_bucket_cors_configuration" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://app${var.revision}.example.com"]
  }
}

resource "aws_s3_bucket_website_configuration" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  index_document {
    suffix = "index.html"
  }
  error_document {
    key = "error.html"
  }
  routing_rule {
    condition {
      http_error_code_returned_equals = "404"
    }
    redirect {
      host_name          = "docs.example.com"
      protocol           = "https"
      http_redirect_code = var.revision > 1 ? "302" : "301"
      replace_key_with   = "missing.html"
    }
  }
  routing_rule {
    condition {
      key_prefix_equals = "old/"
    }
    redirect {
      replace_key_prefix_with = "new/"
    }
  }
}

resource "aws_s3_bucket_acl" "owned" {
  bucket                = aws_s3_bucket.copy.id
  expected_bucket_owner = local.owner
  access_control_policy {
    grant {
      permission = "FULL_CONTROL"
      grantee {
        type = "CanonicalUser"
        id   = data.aws_canonical_user_id.me.id
      }
    }
    grant {
      permission = "READ_ACP"
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
    }
    grant {
      permission = "WRITE"
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
    }
    owner {
      id = data.aws_canonical_user_id.me.id
    }
  }
  depends_on = [aws_s3_bucket_ownership_controls.owned]
}

resource "aws_s3_bucket_logging" "owned" {
  bucket                = aws_s3_bucket.owned.id
  expected_bucket_owner = local.owner
  target_bucket         = aws_s3_bucket.copy.id
  target_prefix         = "logs/${var.revision}/"
  target_grant {
    permission = "READ"
    grantee {
      type = "CanonicalUser"
      id   = data.aws_canonical_user_id.me.id
    }
  }
  target_object_key_format {
    simple_prefix {}
  }
  depends_on = [aws_s3_bucket_acl.owned]
}

resource "aws_s3_object" "page" {
  bucket           = aws_s3_bucket.owned.id
  key              = "page.html"
  content          = "<p>revision ${var.revision}</p>"
  content_type     = "text/html"
  content_encoding = "utf-8"
  website_redirect = "/index.html"
  acl              = "private"
  etag             = md5("<p>revision ${var.revision}</p>")
  depends_on       = [aws_s3_bucket_ownership_controls.owned, aws_s3_bucket_versioning.owned]
}

resource "aws_s3_object_copy" "page" {
  bucket                       = aws_s3_bucket.copy.id
  key                          = "copies/page.html"
  source                       = "${aws_s3_object.page.bucket}/${aws_s3_object.page.key}"
  expected_bucket_owner        = local.owner
  expected_source_bucket_owner = local.owner
  storage_class                = "STANDARD_IA"
  server_side_encryption       = "AES256"
  checksum_algorithm           = "SHA256"
  metadata_directive           = "REPLACE"
  cache_control                = "no-store"
  content_disposition          = "inline"
  content_language             = "da"
  content_type                 = "text/html"
  copy_if_match                = aws_s3_object.page.etag
  tagging_directive            = "REPLACE"
  tags                         = { copied = "r${var.revision}" }
  depends_on                   = [aws_s3_bucket_ownership_controls.owned, aws_s3_bucket_versioning.owned]
}

resource "aws_s3_bucket_object" "old" {
  bucket     = aws_s3_bucket.owned.bucket
  key        = "old/thing.txt"
  content    = "thing ${var.revision}"
  depends_on = [aws_s3_bucket_versioning.owned]
}

resource "aws_iam_role" "replicate" {
  name = "bucket-owned-replicate"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }]
  })
}

resource "aws_s3_bucket_replication_configuration" "owned" {
  bucket = aws_s3_bucket.owned.id
  role   = aws_iam_role.replicate.arn
  rule {
    id       = "tagged"
    priority = 1
    status   = "Enabled"
    filter {
      tag {
        key   = "copy"
        value = "yes"
      }
    }
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket  = aws_s3_bucket.copy.arn
      account = local.owner
      access_control_translation {
        owner = "Destination"
      }
    }
  }
  rule {
    id       = "both"
    priority = 2
    status   = var.revision > 1 ? "Disabled" : "Enabled"
    filter {
      and {
        prefix = "features/"
        tags   = { copy = "yes", tier = "gold" }
      }
    }
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket = aws_s3_bucket.copy.arn
    }
  }
  depends_on = [aws_s3_bucket_versioning.owned]
}

resource "aws_vpc" "private" {
  cidr_block = "10.63.0.0/16"
}

resource "aws_s3_access_point" "private" {
  name              = "bucket-owned-private"
  bucket            = aws_s3_bucket.owned.id
  bucket_account_id = local.owner
  vpc_configuration {
    vpc_id = aws_vpc.private.id
  }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.owner}:root" }
      Action    = var.revision > 1 ? ["s3:GetObject", "s3:GetObjectTagging"] : ["s3:GetObject"]
      Resource  = "arn:aws:s3:eu-west-1:${local.owner}:accesspoint/bucket-owned-private/object/*"
    }]
  })
}
