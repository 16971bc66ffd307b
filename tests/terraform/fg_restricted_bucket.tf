# The offline bucket lets only the feature store role write under the store prefix.

data "aws_caller_identity" "current" {}

locals {
  prefix = "r4-restricted"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "writer" {
  name               = "${local.prefix}-writer"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "writer" {
  role       = aws_iam_role.writer.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_iam_role" "trainer" {
  name               = "${local.prefix}-trainer"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_s3_bucket" "store" {
  bucket        = "${local.prefix}-store-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket" "logs" {
  bucket        = "${local.prefix}-logs-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "ServerAccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/store/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.store.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_s3_bucket_logging" "store" {
  bucket        = aws_s3_bucket.store.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "store/"

  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_s3_bucket_public_access_block" "store" {
  bucket = aws_s3_bucket.store.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "store" {
  statement {
    sid       = "WriterBucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.store.arn]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.writer.arn]
    }
  }

  statement {
    sid       = "WriterObjects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]
    resources = ["${aws_s3_bucket.store.arn}/features/*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.writer.arn]
    }
  }

  dynamic "statement" {
    for_each = var.revision >= 2 ? [aws_iam_role.trainer.arn] : []

    content {
      sid       = "TrainerReads"
      actions   = ["s3:GetObject"]
      resources = ["${aws_s3_bucket.store.arn}/features/*"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }
    }
  }

  statement {
    sid       = "NobodyElseWrites"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.store.arn}/features/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.writer.arn]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.store.arn, "${aws_s3_bucket.store.arn}/*"]

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

resource "aws_s3_bucket_policy" "store" {
  bucket = aws_s3_bucket.store.id
  policy = data.aws_iam_policy_document.store.json

  depends_on = [aws_s3_bucket_public_access_block.store]
}

resource "aws_iam_role_policy" "writer" {
  name = "store"
  role = aws_iam_role.writer.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetBucketAcl", "s3:ListBucket"]
        Resource = aws_s3_bucket.store.arn
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]
        Resource = "${aws_s3_bucket.store.arn}/features/*"
      },
    ]
  })
}

resource "aws_sagemaker_feature_group" "claims" {
  feature_group_name             = "${local.prefix}-claims"
  record_identifier_feature_name = "claim_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.writer.arn

  feature_definition {
    feature_name = "claim_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "event_time"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "reserve_amount"
    feature_type = "Fractional"
  }

  offline_store_config {
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.store.bucket}/features/"
    }
  }

  tags = var.revision >= 2 ? { Readers = "trainer" } : null

  depends_on = [
    aws_iam_role_policy.writer,
    aws_iam_role_policy_attachment.writer,
    aws_s3_bucket_policy.store,
  ]
}
