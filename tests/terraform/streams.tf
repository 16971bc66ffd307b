resource "aws_s3_bucket" "this" {
  bucket        = "others-streams"
  force_destroy = true
}
resource "aws_iam_role" "this" {
  name               = "others-firehose"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "firehose.amazonaws.com" } }] })
}
resource "aws_dynamodb_table" "this" {
  name         = "others-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"
  attribute {
    name = "LockID"
    type = "S"
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_ecr_repository" "this" {
  name                 = "others/train"
  image_tag_mutability = var.revision == 1 ? "MUTABLE" : "IMMUTABLE"
  force_delete         = true
}
