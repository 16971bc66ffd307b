# Keys of several kinds from one map, with aliases; one alias moves to a new key in revision 2.

locals {
  keys = {
    storage = {
      description = "Objects and volumes"
      usage       = "ENCRYPT_DECRYPT"
      spec        = "SYMMETRIC_DEFAULT"
      period      = var.revision >= 2 ? 180 : 365
    }
    release = {
      description = "Signs release manifests"
      usage       = "SIGN_VERIFY"
      spec        = "ECC_NIST_P256"
      period      = null
    }
    exchange = {
      description = "Partner file exchange"
      usage       = "ENCRYPT_DECRYPT"
      spec        = "RSA_3072"
      period      = null
    }
    webhook = {
      description = "Webhook signatures"
      usage       = "GENERATE_VERIFY_MAC"
      spec        = "HMAC_256"
      period      = null
    }
  }
}

resource "aws_kms_key" "this" {
  for_each = local.keys

  description              = each.value.description
  key_usage                = each.value.usage
  customer_master_key_spec = each.value.spec
  deletion_window_in_days  = 7
  enable_key_rotation      = each.value.period != null
  rotation_period_in_days  = each.value.period

  tags = {
    Family = "r4"
    Kind   = each.key
  }
}

resource "aws_kms_alias" "this" {
  for_each = aws_kms_key.this

  name          = "alias/r4-family/${each.key}"
  target_key_id = each.value.key_id
}

resource "aws_kms_key" "tokens_a" {
  description             = "Tokens, first generation"
  deletion_window_in_days = 7
  is_enabled              = var.revision < 2
}

resource "aws_kms_key" "tokens_b" {
  description             = "Tokens, second generation"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_kms_alias" "tokens" {
  name          = "alias/r4-family/tokens"
  target_key_id = var.revision >= 2 ? aws_kms_key.tokens_b.arn : aws_kms_key.tokens_a.arn
}

resource "aws_kms_alias" "generated" {
  name_prefix   = "alias/r4-family-gen-"
  target_key_id = aws_kms_key.tokens_b.key_id
}

data "aws_kms_alias" "ssm" {
  name = "alias/aws/ssm"
}

resource "aws_ssm_parameter" "storage_key" {
  name  = "/r4/key-family/storage"
  type  = "String"
  value = aws_kms_key.this["storage"].arn
}

resource "aws_ssm_parameter" "webhook_secret" {
  name   = "/r4/key-family/webhook-secret"
  type   = "SecureString"
  key_id = data.aws_kms_alias.ssm.name
  value  = "initial-${var.revision}"
}

output "aliases" {
  value = { for key, alias in aws_kms_alias.this : key => alias.arn }
}
