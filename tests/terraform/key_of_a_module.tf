# In the style of the public KMS module: statements from maps, aliases computed, grants in a map.
data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
locals {
  arn_root = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
}
resource "aws_iam_role" "users" {
  for_each           = toset(["producer", "consumer"])
  name               = "kms-module-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = local.arn_root }, Action = "sts:AssumeRole" }] })
}
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "Default"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [local.arn_root]
    }
  }
  statement {
    sid       = "KeyUsage"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [for role in aws_iam_role.users : role.arn]
    }
  }
  statement {
    sid       = "KeyServiceUsage"
    actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.users["consumer"].arn]
    }
    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = [true]
    }
  }
  dynamic "statement" {
    for_each = var.revision == 2 ? [1] : []
    content {
      sid       = "CloudWatchLogs"
      actions   = ["kms:Encrypt*", "kms:Decrypt*"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = ["logs.eu-west-1.amazonaws.com"]
      }
    }
  }
}
resource "aws_kms_key" "this" {
  bypass_policy_lockout_safety_check = false
  customer_master_key_spec           = "SYMMETRIC_DEFAULT"
  deletion_window_in_days            = 7
  description                        = "Complete key example showing various configurations available"
  enable_key_rotation                = false
  is_enabled                         = true
  key_usage                          = "ENCRYPT_DECRYPT"
  multi_region                       = false
  policy                             = data.aws_iam_policy_document.this.json
}
resource "aws_kms_alias" "this" {
  for_each      = toset(["one", "two/x"])
  name          = "alias/kms-module/${each.key}"
  target_key_id = aws_kms_key.this.key_id
}
resource "aws_kms_grant" "this" {
  for_each          = aws_iam_role.users
  key_id            = aws_kms_key.this.key_id
  grantee_principal = each.value.arn
  operations        = ["Encrypt", "Decrypt", "GenerateDataKey"]
  constraints {
    encryption_context_subset = { Department = "Finance${var.revision}" }
  }
}
