data "aws_caller_identity" "me" {}
resource "aws_kms_key" "this" {
  description             = "features ${var.revision}"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  rotation_period_in_days = 180
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Own", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
  ] })
  tags = { revision = tostring(var.revision) }
}
resource "aws_kms_alias" "this" {
  name          = "alias/others-features"
  target_key_id = aws_kms_key.this.key_id
}
resource "aws_iam_role" "this" {
  name               = "others-grantee"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_kms_grant" "this" {
  name              = "reader"
  key_id            = aws_kms_key.this.key_id
  grantee_principal = aws_iam_role.this.arn
  operations        = ["Decrypt", "DescribeKey"]
}
data "aws_kms_alias" "this" {
  name       = "alias/others-features"
  depends_on = [aws_kms_alias.this]
}
output "key" { value = data.aws_kms_alias.this.target_key_id }
