# Write-once vault for audit evidence. Retention is lengthened in revision 2.

data "aws_caller_identity" "current" {}

data "aws_kms_alias" "s3" {
  name = "alias/aws/s3"
}

resource "aws_s3_bucket" "vault" {
  bucket              = "r4-locked-vault-${data.aws_caller_identity.current.account_id}"
  force_destroy       = true
  object_lock_enabled = true

  tags = {
    Purpose = "evidence"
  }
}

resource "aws_s3_bucket_versioning" "vault" {
  bucket = aws_s3_bucket.vault.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "vault" {
  bucket = aws_s3_bucket.vault.id

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.revision >= 2 ? 14 : 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.vault]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "vault" {
  bucket = aws_s3_bucket.vault.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = data.aws_kms_alias.s3.target_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "vault" {
  bucket = aws_s3_bucket.vault.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_iam_role" "auditor" {
  name = "r4-locked-vault-auditor"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

data "aws_iam_policy_document" "vault" {
  statement {
    sid = "AuditorReads"

    actions = concat(
      ["s3:GetObject", "s3:GetObjectRetention"],
      var.revision >= 2 ? ["s3:GetObjectLegalHold", "s3:GetObjectVersion"] : []
    )

    resources = ["${aws_s3_bucket.vault.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.auditor.arn]
    }
  }

  statement {
    sid       = "RetentionBounds"
    effect    = "Deny"
    actions   = ["s3:PutObjectRetention"]
    resources = ["${aws_s3_bucket.vault.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericGreaterThan"
      variable = "s3:object-lock-remaining-retention-days"
      values   = ["3650"]
    }
  }
}

resource "aws_s3_bucket_policy" "vault" {
  bucket = aws_s3_bucket.vault.id
  policy = data.aws_iam_policy_document.vault.json

  depends_on = [aws_s3_bucket_public_access_block.vault]
}

resource "aws_s3_bucket_lifecycle_configuration" "vault" {
  bucket = aws_s3_bucket.vault.id

  rule {
    id     = "cool-down"
    status = "Enabled"

    filter {
      object_size_greater_than = 262144
    }

    transition {
      days          = 60
      storage_class = "GLACIER_IR"
    }

    noncurrent_version_expiration {
      noncurrent_days = 400
    }
  }

  depends_on = [aws_s3_bucket_versioning.vault]
}
