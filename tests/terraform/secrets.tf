# Secrets for a database that features come from, under a key of its own.
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "this" {
  description             = "secrets"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}
resource "aws_kms_alias" "this" {
  name          = "alias/others-secrets"
  target_key_id = aws_kms_key.this.key_id
}
data "aws_secretsmanager_random_password" "this" {
  password_length     = 32
  exclude_punctuation = true
}
resource "aws_secretsmanager_secret" "database" {
  name                    = "others/database"
  description             = "revision ${var.revision}"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 0
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "Own", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "secretsmanager:GetSecretValue", Resource = "*"
  }] })
}
resource "aws_secretsmanager_secret_version" "database" {
  secret_id     = aws_secretsmanager_secret.database.id
  secret_string = jsonencode({ username = "features", password = "p-${var.revision}", host = "db.internal", port = 5432 })
}
resource "aws_secretsmanager_secret" "token" {
  name_prefix             = "others-token-"
  recovery_window_in_days = 0
  tags                    = { revision = tostring(var.revision) }
}
resource "aws_secretsmanager_secret_version" "token" {
  secret_id     = aws_secretsmanager_secret.token.id
  secret_string = "token"
  lifecycle { ignore_changes = [secret_string] }
}
resource "aws_secretsmanager_secret_policy" "token" {
  secret_arn = aws_secretsmanager_secret.token.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid       = "NoOthers${var.revision}", Effect = "Deny", Principal = "*", Action = "secretsmanager:GetSecretValue", Resource = "*",
    Condition = { StringNotEquals = { "aws:PrincipalAccount" = data.aws_caller_identity.me.account_id } }
  }] })
}
resource "aws_iam_role" "rotate" {
  name               = "others-rotate"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_s3_bucket" "code" {
  bucket        = "others-secrets-code"
  force_destroy = true
}
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "rotate.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIQBdWcVIKAAAACgAAAAEAAAAYS5weWRlZiBoYW5kbGVyKGV2ZW50LCBjb250ZXh0KTogcmV0dXJuIDFQSwECFAMUAAAAAAAAACEAXVnFSCgAAAAoAAAABAAAAAAAAAAAAAAAgAEAAAAAYS5weVBLBQYAAAAAAQABADIAAABKAAAAAAA="
}
resource "aws_lambda_function" "rotate" {
  function_name = "others-rotate"
  role          = aws_iam_role.rotate.arn
  handler       = "a.handler"
  runtime       = "python3.12"
  s3_bucket     = aws_s3_bucket.code.id
  s3_key        = aws_s3_object.code.key
}
resource "aws_lambda_permission" "rotate" {
  statement_id   = "rotate"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotate.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = data.aws_caller_identity.me.account_id
}
resource "aws_secretsmanager_secret_rotation" "database" {
  secret_id           = aws_secretsmanager_secret.database.id
  rotation_lambda_arn = aws_lambda_function.rotate.arn
  rotation_rules { automatically_after_days = 30 * var.revision }
  depends_on = [aws_secretsmanager_secret_version.database, aws_lambda_permission.rotate]
}
data "aws_secretsmanager_secret" "database" { arn = aws_secretsmanager_secret.database.arn }
data "aws_secretsmanager_secret_version" "database" {
  secret_id  = aws_secretsmanager_secret_version.database.secret_id
  depends_on = [aws_secretsmanager_secret_version.database]
}
output "user" {
  value     = jsondecode(data.aws_secretsmanager_secret_version.database.secret_string)["username"]
  sensitive = true
}
