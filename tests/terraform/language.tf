# Terraform's own features: replace_triggered_by, ignore_changes, checks, moved, preconditions, terraform_data.
resource "terraform_data" "revision" { input = var.revision }
resource "aws_s3_bucket" "new_name" {
  bucket        = "features-tf-bucket"
  force_destroy = true
  lifecycle {
    ignore_changes = [tags["LastSeen"]]
    precondition {
      condition     = var.revision > 0
      error_message = "revision"
    }
  }
  tags = { LastSeen = "r${var.revision}", Owner = "x" }
}
moved {
  from = aws_s3_bucket.old_name
  to   = aws_s3_bucket.new_name
}
resource "aws_s3_object" "x" {
  bucket  = aws_s3_bucket.new_name.id
  key     = "x"
  content = "constant"
  lifecycle { replace_triggered_by = [terraform_data.revision] }
}
resource "aws_glue_catalog_database" "replaced" {
  name = "features_tf_${var.revision}"
  lifecycle { create_before_destroy = true }
}
# Inside the check Terraform reads it at every apply, so that no plan ever has exit status 0, whatever the provider.
data "aws_s3_bucket" "check" { bucket = aws_s3_bucket.new_name.id }
check "bucket" {
  assert {
    condition     = data.aws_s3_bucket.check.region == "eu-west-1"
    error_message = "wrong Region"
  }
}
resource "aws_iam_role" "counted" {
  count              = 1 + var.revision
  name               = "features-tf-${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
