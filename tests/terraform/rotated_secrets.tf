# Credentials of the sources: a secret rotated by a function, a policy on it, random passwords.
data "aws_caller_identity" "me" {}
data "aws_secretsmanager_random_password" "first" {
  password_length     = 30
  exclude_punctuation = true
}

locals {
  rotate_zip = "UEsDBBQAAAAAAAAAIVgIvdFXJgAAACYAAAAJAAAAcm90YXRlLnB5ZGVmIGhhbmRsZXIoZXZlbnQsIGNvbnRleHQpOgogICAgcGFzcwpQSwECFAMUAAAAAAAAACFYCL3RVyYAAAAmAAAACQAAAAAAAAAAAAAAgAEAAAAAcm90YXRlLnB5UEsFBgAAAAABAAEANwAAAE0AAAAAAA=="
}
resource "aws_s3_bucket" "code" {
  bucket_prefix = "rotated-secrets-"
  force_destroy = true
}
resource "aws_s3_object" "rotate" {
  bucket         = aws_s3_bucket.code.id
  key            = "rotate.zip"
  content_base64 = local.rotate_zip
}
resource "aws_iam_role" "rotate" {
  name               = "rotated-secrets"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_lambda_function" "rotate" {
  function_name = "rotated-secrets"
  role          = aws_iam_role.rotate.arn
  handler       = "rotate.handler"
  runtime       = "python3.12"
  s3_bucket     = aws_s3_object.rotate.bucket
  s3_key        = aws_s3_object.rotate.key
}
resource "aws_lambda_permission" "rotate" {
  statement_id  = "secretsmanager"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.rotate.function_name
  principal     = "secretsmanager.amazonaws.com"
}

resource "aws_kms_key" "secrets" {
  description             = "secrets"
  deletion_window_in_days = 7
}
resource "aws_secretsmanager_secret" "source" {
  name                    = "rotated/source"
  description             = "warehouse, r${var.revision}"
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "source" {
  secret_id     = aws_secretsmanager_secret.source.id
  secret_string = jsonencode({ user = "features", password = data.aws_secretsmanager_random_password.first.random_password })
  lifecycle {
    ignore_changes = [secret_string, version_stages]
  }
}
resource "aws_secretsmanager_secret_rotation" "source" {
  secret_id           = aws_secretsmanager_secret.source.id
  rotation_lambda_arn = aws_lambda_function.rotate.arn
  rotate_immediately  = false
  rotation_rules {
    automatically_after_days = 30 * var.revision
  }
  depends_on = [aws_lambda_permission.rotate, aws_secretsmanager_secret_version.source]
}
data "aws_iam_policy_document" "secret" {
  statement {
    sid       = "Readers"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.rotate.arn]
    }
  }
}
resource "aws_secretsmanager_secret_policy" "source" {
  secret_arn          = aws_secretsmanager_secret.source.arn
  policy              = data.aws_iam_policy_document.secret.json
  block_public_policy = true
}
data "aws_secretsmanager_secret" "source" {
  name       = "rotated/source"
  depends_on = [aws_secretsmanager_secret.source]
}

resource "aws_ssm_parameter" "pointer" {
  name            = "/rotated/source"
  type            = "String"
  data_type       = "text"
  tier            = "Intelligent-Tiering"
  allowed_pattern = "^arn:aws:secretsmanager:.*$"
  value           = aws_secretsmanager_secret.source.arn
  description     = "r${var.revision}"
}
resource "aws_ssm_document" "refresh" {
  name            = "rotated-refresh"
  document_type   = "Automation"
  document_format = "YAML"
  content         = <<-YAML
    schemaVersion: '0.3'
    description: refresh features r${var.revision}
    mainSteps:
      - name: wait
        action: aws:sleep
        inputs: { Duration: PT1M }
  YAML
}
