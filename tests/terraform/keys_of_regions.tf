# One key in two Regions, a key whose material is ours, grants for the store's role, and what reads them by alias.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
  default_tags {
    tags = { region = "frankfurt" }
  }
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    sid       = "FeatureStore"
    actions   = ["kms:CreateGrant", "kms:DescribeKey", "kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.store.arn]
    }
    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = ["sagemaker.*.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "store" {
  name = "keys-of-regions"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_kms_key" "primary" {
  description             = "features, primary r${var.revision}"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = var.revision == 1 ? 180 : 90
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_replica_key" "frankfurt" {
  provider                = aws.frankfurt
  description             = "features, replica r${var.revision}"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
  enabled                 = true
  tags                    = { role = "replica" }
}

resource "aws_kms_alias" "primary" {
  name          = "alias/features-regions"
  target_key_id = aws_kms_key.primary.id
}

resource "aws_kms_alias" "frankfurt" {
  provider      = aws.frankfurt
  name          = "alias/features-regions"
  target_key_id = aws_kms_replica_key.frankfurt.key_id
}

resource "aws_kms_external_key" "ours" {
  description             = "material of our own"
  deletion_window_in_days = 7
  key_material_base64     = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY="
  enabled                 = var.revision == 1
}

resource "aws_kms_key" "signing" {
  description              = "signs model cards"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 7
}

resource "aws_kms_key" "mac" {
  description              = "tokens"
  key_usage                = "GENERATE_VERIFY_MAC"
  customer_master_key_spec = "HMAC_256"
  deletion_window_in_days  = 7
  is_enabled               = var.revision == 1
}

resource "aws_kms_grant" "store" {
  name              = "store-r${var.revision}"
  key_id            = aws_kms_key.primary.key_id
  grantee_principal = aws_iam_role.store.arn
  operations        = ["Decrypt", "GenerateDataKey", "DescribeKey"]
  constraints {
    encryption_context_equals = { feature_group = "customers" }
  }
  retire_on_delete = true
}

data "aws_kms_alias" "primary" {
  name       = "alias/features-regions"
  depends_on = [aws_kms_alias.primary]
}

data "aws_kms_key" "primary" {
  key_id = data.aws_kms_alias.primary.target_key_arn
}

data "aws_kms_public_key" "signing" {
  key_id = aws_kms_key.signing.arn
}

resource "aws_kms_ciphertext" "token" {
  key_id    = aws_kms_key.primary.key_id
  plaintext = "token-${var.revision}"
  context   = { app = "features" }
}

resource "aws_ssm_parameter" "key" {
  name   = "/keys-of-regions/key"
  type   = "SecureString"
  key_id = aws_kms_alias.primary.name
  value  = data.aws_kms_key.primary.arn
}

output "multi_region" { value = data.aws_kms_key.primary.multi_region_configuration[0].primary_key[0].region }
output "pem" { value = data.aws_kms_public_key.signing.public_key_pem }
