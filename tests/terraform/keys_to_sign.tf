# Asymmetric keys and HMAC keys, a key of several regions with its replica, and what data sources say of them.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

data "aws_caller_identity" "me" {}

locals {
  kinds = {
    rsa_sign    = { spec = "RSA_3072", usage = "SIGN_VERIFY" }
    rsa_encrypt = { spec = "RSA_4096", usage = "ENCRYPT_DECRYPT" }
    p256        = { spec = "ECC_NIST_P256", usage = "SIGN_VERIFY" }
    p384_agree  = { spec = "ECC_NIST_P384", usage = "KEY_AGREEMENT" }
    secp        = { spec = "ECC_SECG_P256K1", usage = "SIGN_VERIFY" }
    hmac        = { spec = "HMAC_256", usage = "GENERATE_VERIFY_MAC" }
    hmac_long   = { spec = "HMAC_512", usage = "GENERATE_VERIFY_MAC" }
  }
}

resource "aws_kms_key" "kind" {
  for_each                 = local.kinds
  description              = "${each.key} revision ${var.revision}"
  customer_master_key_spec = each.value.spec
  key_usage                = each.value.usage
  deletion_window_in_days  = 7
}

data "aws_kms_public_key" "kind" {
  for_each = { for name, kind in local.kinds : name => kind if !startswith(kind.spec, "HMAC") }
  key_id   = aws_kms_key.kind[each.key].arn
}

resource "aws_kms_key" "primary" {
  description             = "Of several regions"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "primary" {
  name          = "alias/several-regions"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_replica_key" "replica" {
  provider                = aws.frankfurt
  description             = "Replica, revision ${var.revision}"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
  enabled                 = var.revision == 1
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "replica"
    Statement = [{
      Sid       = "Owner"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "replica" {
  provider      = aws.frankfurt
  name          = "alias/several-regions"
  target_key_id = aws_kms_replica_key.replica.key_id
}

resource "aws_kms_external_key" "brought" {
  description             = "Brought along, revision ${var.revision}"
  deletion_window_in_days = 7
  key_material_base64     = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY="
  valid_to                = "2035-01-0${var.revision}T00:00:00Z"
}

data "aws_kms_key" "primary" {
  key_id = aws_kms_alias.primary.arn
}

data "aws_kms_ciphertext" "word" {
  key_id    = aws_kms_key.primary.key_id
  plaintext = "word"
}

output "public" {
  value = { for name, key in data.aws_kms_public_key.kind : name => startswith(key.public_key_pem, "-----BEGIN PUBLIC KEY-----") }
}

output "regions" {
  value = data.aws_kms_key.primary.multi_region_configuration[0].multi_region_key_type
}
