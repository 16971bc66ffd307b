# S3 Control: account-wide public access block, access points with policies.
data "aws_caller_identity" "me" {}
resource "aws_s3_account_public_access_block" "this" {
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = var.revision == 1
  restrict_public_buckets = true
}
resource "aws_s3_bucket" "this" {
  bucket        = "s3-account-bucket"
  force_destroy = true
}
resource "aws_s3_access_point" "this" {
  bucket = aws_s3_bucket.this.id
  name   = "s3-account-ap"
}
resource "aws_s3control_access_point_policy" "this" {
  access_point_arn = aws_s3_access_point.this.arn
  policy           = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "R${var.revision}", Effect = "Allow", Action = "s3:GetObjectTagging", Principal = { AWS = data.aws_caller_identity.me.account_id }, Resource = "${aws_s3_access_point.this.arn}/object/*" }] })
}
resource "aws_s3_access_point" "with_policy" {
  bucket = aws_s3_bucket.this.id
  name   = "s3-account-ap2"
  policy = jsonencode({ Version = "2008-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Resource = "arn:aws:s3:eu-west-1:${data.aws_caller_identity.me.account_id}:accesspoint/s3-account-ap2/object/*" }] })
}
data "aws_s3_account_public_access_block" "this" { depends_on = [aws_s3_account_public_access_block.this] }
