# One data key, handed to workers by grants instead of policy statements.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  workers = {
    ingest = {
      operations = ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"]
      context    = { stage = "ingest" }
    }
    train = {
      operations = var.revision >= 2 ? ["Decrypt", "ReEncryptFrom"] : ["Decrypt"]
      context    = { stage = "train" }
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com", "glue.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  for_each = local.workers

  name               = "r4-grants-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "custodian" {
  name = "r4-grants-custodian"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
    }]
  })
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "RootMayDelegate"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "CustodianHandlesGrants"
    actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RetireGrant", "kms:RevokeGrant"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.custodian.arn]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "kms:GrantOperations"
      values   = ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"]
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "Training data"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "data" {
  name          = "alias/r4-grants-data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_kms_grant" "worker" {
  for_each = local.workers

  name              = "r4-grants-${each.key}"
  key_id            = aws_kms_key.data.key_id
  grantee_principal = aws_iam_role.worker[each.key].arn
  operations        = each.value.operations

  constraints {
    encryption_context_subset = each.value.context
  }
}

resource "aws_kms_grant" "custodian" {
  name               = "r4-grants-custodian"
  key_id             = aws_kms_key.data.arn
  grantee_principal  = aws_iam_role.custodian.arn
  retiring_principal = aws_iam_role.custodian.arn
  operations         = ["DescribeKey", "RetireGrant"]
}

resource "aws_kms_grant" "strict" {
  count = var.revision >= 2 ? 1 : 0

  name              = "r4-grants-strict"
  key_id            = aws_kms_key.data.key_id
  grantee_principal = aws_iam_role.worker["ingest"].arn
  operations        = ["Encrypt"]

  constraints {
    encryption_context_equals = {
      stage  = "ingest"
      tenant = "north"
    }
  }
}
