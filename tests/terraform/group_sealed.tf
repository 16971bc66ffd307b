# A group whose role has inline policies and whose key lets SageMaker make grants for AWS resources only.

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}

data "aws_iam_policy_document" "key" {
  policy_id = "feature-store-key"

  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }

  statement {
    sid       = "UseThroughServices"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.store.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }

  statement {
    sid       = "GrantsForResources"
    actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant", "kms:RetireGrant"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.store.arn]
    }
    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "kms:GrantOperations"
      values   = ["Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "RetireGrant"]
    }
  }
}

resource "aws_kms_key" "store" {
  description             = "Feature store, revision ${var.revision}"
  enable_key_rotation     = true
  rotation_period_in_days = 90 + 90 * var.revision
  deletion_window_in_days = 7
}

resource "aws_kms_key_policy" "store" {
  key_id = aws_kms_key.store.id
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "store" {
  name          = "alias/feature-store/sealed"
  target_key_id = aws_kms_key.store.key_id
}

resource "aws_iam_role" "store" {
  name = "sealed-group-store"
  path = "/service-role/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
  max_session_duration = 3600 * var.revision
}

resource "aws_iam_role_policy" "this" {
  for_each = {
    bucket = {
      actions   = ["s3:PutObject", "s3:PutObjectAcl", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
      resources = [aws_s3_bucket.store.arn, "${aws_s3_bucket.store.arn}/*"]
    }
    key = {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant"]
      resources = [aws_kms_key.store.arn]
    }
    catalog = {
      actions   = ["glue:CreateTable", "glue:GetTable", "glue:GetDatabase", "glue:CreateDatabase", "glue:UpdateTable"]
      resources = ["*"]
    }
  }
  name_prefix = "${each.key}-"
  role        = aws_iam_role.store.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value.actions, Resource = each.value.resources }]
  })
}

resource "aws_s3_bucket" "store" {
  bucket_prefix = "sealed-group-"
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "store" {
  bucket = aws_s3_bucket.store.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_alias.store.arn
    }
  }
}

resource "aws_sagemaker_feature_group" "sealed" {
  feature_group_name             = "sealed-payments"
  description                    = "Payments, sealed with our own key"
  record_identifier_feature_name = "payment_id"
  event_time_feature_name        = "paid_at"
  role_arn                       = aws_iam_role.store.arn

  feature_definition {
    feature_name = "payment_id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "paid_at"
    feature_type = "Fractional"
  }
  feature_definition {
    feature_name = "amount"
    feature_type = "Fractional"
  }
  dynamic "feature_definition" {
    for_each = var.revision > 1 ? ["currency", "country"] : []
    content {
      feature_name = feature_definition.value
      feature_type = "String"
    }
  }

  online_store_config {
    enable_online_store = true
    security_config {
      kms_key_id = aws_kms_key.store.arn
    }
  }

  offline_store_config {
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.store.bucket}/payments"
      kms_key_id = aws_kms_key.store.arn
    }
  }

  throughput_config {
    throughput_mode = "OnDemand"
  }

  depends_on = [aws_iam_role_policy.this, aws_kms_key_policy.store]
}
