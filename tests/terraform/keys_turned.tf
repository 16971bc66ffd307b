# Keys that rotate otherwise, sleep and wake, aliases that move, policies that grow, secrets that are read.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
  root  = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
}
resource "aws_kms_key" "turned" {
  description             = local.later ? null : "Described"
  deletion_window_in_days = local.later ? 30 : 7
  enable_key_rotation     = !local.later
  rotation_period_in_days = local.later ? null : 180
  is_enabled              = true
  tags                    = local.later ? { b = "2" } : { a = "1", b = "1" }
}
resource "aws_kms_key" "rotated" {
  description             = "rotates"
  deletion_window_in_days = 7
  enable_key_rotation     = local.later
  rotation_period_in_days = local.later ? 365 : null
}
resource "aws_kms_key" "sleeps" {
  description             = "sleeps"
  deletion_window_in_days = 7
  is_enabled              = !local.later
}
resource "aws_kms_key" "wakes" {
  description             = "wakes"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  is_enabled              = local.later
}
resource "aws_kms_key" "grows" {
  description             = "has a policy"
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "grows"
    Statement = concat(
      [{ Sid = "Administer", Effect = "Allow", Principal = { AWS = local.root }, Action = "kms:*", Resource = "*" }],
      local.later ? [{ Sid = "Use", Effect = "Allow", Principal = { AWS = [aws_iam_role.user[0].arn, aws_iam_role.user[1].arn] }, Action = ["kms:Decrypt", "kms:DescribeKey"], Resource = "*" }] : []
    )
  })
}
resource "aws_kms_key" "back_to_default" {
  description             = "loses its policy"
  deletion_window_in_days = 7
}
resource "aws_kms_key_policy" "back_to_default" {
  count  = local.later ? 0 : 1
  key_id = aws_kms_key.back_to_default.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "All", Effect = "Allow", Principal = { AWS = local.root }, Action = "kms:*", Resource = "*" }] })
}
resource "aws_iam_role" "user" {
  count              = 2
  name               = "keys-turned-${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_kms_alias" "moves" {
  name          = "alias/keys-turned/moves"
  target_key_id = local.later ? aws_kms_key.rotated.arn : aws_kms_key.turned.key_id
}
resource "aws_kms_alias" "renamed" {
  name          = "alias/keys-turned/named-${var.revision}"
  target_key_id = aws_kms_key.turned.key_id
}
resource "aws_kms_alias" "unnamed" {
  target_key_id = aws_kms_key.rotated.id
}
resource "aws_kms_key" "kinds" {
  for_each = {
    RSA_4096      = "ENCRYPT_DECRYPT"
    ECC_NIST_P384 = "SIGN_VERIFY"
    ECC_NIST_P256 = "KEY_AGREEMENT"
    HMAC_512      = "GENERATE_VERIFY_MAC"
  }
  customer_master_key_spec = each.key
  key_usage                = each.value
  deletion_window_in_days  = 7
  description              = "${each.key} r${var.revision}"
}
data "aws_kms_public_key" "sign" {
  key_id = aws_kms_key.kinds["ECC_NIST_P384"].arn
}
data "aws_kms_key" "by_alias" {
  key_id       = aws_kms_alias.moves.name
  grant_tokens = []
}
data "aws_kms_alias" "moved" {
  name       = aws_kms_alias.moves.name
  depends_on = [aws_kms_key.rotated]
}
data "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.rotated.key_id
  plaintext = "not-a-secret"
  context   = { purpose = "test" }
}
resource "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.rotated.key_id
  plaintext = "not-a-secret-${var.revision}"
  context   = { purpose = "test" }
}
data "aws_kms_secrets" "password" {
  secret {
    name    = "password"
    payload = aws_kms_ciphertext.password.ciphertext_blob
    context = { purpose = "test" }
  }
}
resource "aws_kms_grant" "turned" {
  name              = local.later ? null : "turned"
  key_id            = aws_kms_key.rotated.key_id
  grantee_principal = aws_iam_role.user[0].arn
  operations        = local.later ? ["Decrypt", "RetireGrant", "DescribeKey"] : ["Encrypt", "Decrypt"]
  retire_on_delete  = local.later
  dynamic "constraints" {
    for_each = local.later ? [] : [{ purpose = "test" }]
    content {
      encryption_context_equals = constraints.value
    }
  }
}
resource "aws_kms_grant" "asymmetric" {
  key_id                = aws_kms_key.kinds["ECC_NIST_P384"].arn
  grantee_principal     = aws_iam_role.user[1].arn
  operations            = ["Sign", "Verify", "GetPublicKey"]
  grant_creation_tokens = []
}
resource "aws_kms_external_key" "turned" {
  description             = "Imported r${var.revision}"
  deletion_window_in_days = 7
  multi_region            = true
  enabled                 = local.later ? true : null
  key_material_base64     = local.later ? "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=" : null
  tags                    = local.later ? { b = "2" } : { a = "1" }
}
output "password" {
  value     = [data.aws_kms_secrets.password.plaintext["password"], data.aws_kms_ciphertext.password.ciphertext_blob != ""]
  sensitive = true
}
