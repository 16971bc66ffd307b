# Keys of every kind.
data "aws_caller_identity" "current" {}
resource "aws_kms_key" "asymmetric" {
  description              = "sign ${var.revision}"
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 10
}
resource "aws_kms_key" "rsa" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "ENCRYPT_DECRYPT"
}
resource "aws_kms_key" "hmac" {
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
  is_enabled               = var.revision == 1
}
resource "aws_kms_key" "multi" {
  multi_region            = true
  enable_key_rotation     = var.revision == 2
  deletion_window_in_days = 7
}
resource "aws_kms_key" "disabled" {
  is_enabled          = var.revision == 2
  enable_key_rotation = false
}
resource "aws_kms_external_key" "byok" {
  description = "bring your own ${var.revision}"
}
resource "aws_kms_alias" "prefixed" {
  name_prefix   = "alias/kms-all-"
  target_key_id = var.revision == 1 ? aws_kms_key.multi.key_id : aws_kms_key.disabled.key_id
}
resource "aws_kms_key" "plain" {}
resource "aws_kms_key_policy" "plain" {
  key_id = aws_kms_key.plain.id
  policy = jsonencode({ Id = "example", Version = "2012-10-17", Statement = [{ Sid = "Enable${var.revision}", Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*", Condition = { StringEquals = { "kms:CallerAccount" = data.aws_caller_identity.current.account_id } } }] })
}
resource "aws_iam_role" "grantee" {
  name               = "kms-all-grantee"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_kms_grant" "constrained" {
  name              = "my-grant"
  key_id            = aws_kms_key.plain.key_id
  grantee_principal = aws_iam_role.grantee.arn
  operations        = ["Encrypt", "Decrypt", "GenerateDataKey"]
  constraints {
    encryption_context_equals = { Department = "Finance" }
  }
  retire_on_delete = true
}
resource "aws_kms_ciphertext" "secret" {
  key_id    = aws_kms_key.plain.key_id
  plaintext = "secret ${var.revision}"
  context   = { app = "x" }
}
data "aws_kms_public_key" "asymmetric" { key_id = aws_kms_key.asymmetric.arn }
data "aws_kms_key" "by_alias" { key_id = aws_kms_alias.prefixed.arn }
data "aws_kms_alias" "s3" { name = "alias/aws/s3" }
data "aws_kms_ciphertext" "data" {
  key_id    = aws_kms_key.plain.key_id
  plaintext = "x"
}
output "facts" { value = [data.aws_kms_public_key.asymmetric.key_usage, data.aws_kms_alias.s3.target_key_arn] }
