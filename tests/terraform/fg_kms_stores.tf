# Each store has a customer managed key with its own key policy.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_root = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "loans" {
  name               = "r4-kms-stores-loans"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "online_key" {
  statement {
    sid       = "AccountAdministration"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account_root]
    }
  }

  statement {
    sid = "OnlineStoreUse"
    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey*",
    ]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.loans.arn]
    }
  }

  statement {
    sid       = "OnlineStoreGrants"
    actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.loans.arn]
    }

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }
}

data "aws_iam_policy_document" "offline_key" {
  statement {
    sid       = "AccountAdministration"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account_root]
    }
  }

  statement {
    sid       = "OfflineStoreThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.loans.arn]
    }

    dynamic "condition" {
      for_each = var.revision >= 2 ? ["s3.${data.aws_region.current.name}.amazonaws.com"] : []

      content {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_kms_key" "online" {
  description             = "Feature store, online half"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.online_key.json
}

resource "aws_kms_alias" "online" {
  name          = "alias/r4-kms-stores-online"
  target_key_id = aws_kms_key.online.key_id
}

resource "aws_kms_key" "offline" {
  description             = "Feature store, offline half"
  deletion_window_in_days = 7
  enable_key_rotation     = var.revision >= 2
  policy                  = data.aws_iam_policy_document.offline_key.json

  tags = {
    Store = "offline"
  }
}

resource "aws_kms_alias" "offline" {
  name          = "alias/r4-kms-stores-offline"
  target_key_id = aws_kms_key.offline.key_id
}

resource "aws_s3_bucket" "loans" {
  bucket        = "r4-kms-stores-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "loans" {
  bucket = aws_s3_bucket.loans.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.offline.arn
    }
  }
}

data "aws_iam_policy_document" "loans" {
  statement {
    sid       = "Bucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.loans.arn]
  }

  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]
    resources = ["${aws_s3_bucket.loans.arn}/*"]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.online.arn, aws_kms_key.offline.arn]
  }
}

resource "aws_iam_role_policy" "loans" {
  name   = "stores"
  role   = aws_iam_role.loans.name
  policy = data.aws_iam_policy_document.loans.json
}

resource "aws_iam_role_policy_attachment" "loans" {
  role       = aws_iam_role.loans.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_sagemaker_feature_group" "loans" {
  feature_group_name             = "r4-kms-stores-loans"
  record_identifier_feature_name = "loan_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.loans.arn

  feature_definition {
    feature_name = "loan_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "event_time"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "outstanding_principal"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "days_past_due"
    feature_type = "Integral"
  }

  online_store_config {
    enable_online_store = true

    security_config {
      kms_key_id = aws_kms_key.online.arn
    }
  }

  offline_store_config {
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.loans.bucket}/loans/"
      kms_key_id = aws_kms_key.offline.arn
    }
  }

  tags = {
    Classification = "confidential"
  }

  depends_on = [
    aws_iam_role_policy.loans,
    aws_iam_role_policy_attachment.loans,
    aws_s3_bucket_server_side_encryption_configuration.loans,
  ]
}
