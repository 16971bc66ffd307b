# Groups over the SageMaker-made database, tags changed and removed, a policy document of the blog post.
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
variable "project" {
  type    = string
  default = "churn"
}
locals {
  features = [
    { name = "customer_id", type = "String" },
    { name = "event_time", type = "String" },
    { name = "total_spend", type = "Fractional" },
    { name = "orders_count", type = "Integral" },
  ]
}
resource "aws_s3_bucket" "fs" {
  bucket_prefix = "${var.project}-feature-store-"
  force_destroy = true
}
resource "aws_s3_bucket_public_access_block" "fs" {
  bucket                  = aws_s3_bucket.fs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_policy" "fs" {
  bucket = aws_s3_bucket.fs.id
  policy = data.aws_iam_policy_document.bucket.json
}
data "aws_iam_policy_document" "bucket" {
  statement {
    sid     = "DenyInsecureTransport"
    effect  = "Deny"
    actions = ["s3:*"]
    resources = [
      aws_s3_bucket.fs.arn,
      "${aws_s3_bucket.fs.arn}/*",
    ]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
  statement {
    sid       = "FeatureStore"
    actions   = ["s3:PutObject", "s3:GetObject", "s3:GetBucketAcl", "s3:PutObjectAcl"]
    resources = [aws_s3_bucket.fs.arn, "${aws_s3_bucket.fs.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.sagemaker.arn]
    }
  }
}
resource "aws_iam_role" "sagemaker" {
  name = "${var.project}-sagemaker-execution"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}
resource "aws_iam_role_policy_attachment" "full" {
  role       = aws_iam_role.sagemaker.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}
resource "aws_sagemaker_feature_group" "customers" {
  feature_group_name             = "${var.project}-customers"
  description                    = "Customer features of ${var.project}"
  record_identifier_feature_name = local.features[0].name
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.sagemaker.arn
  dynamic "feature_definition" {
    for_each = local.features
    iterator = feature
    content {
      feature_name = feature.value.name
      feature_type = feature.value["type"]
    }
  }
  online_store_config {
    enable_online_store = true
  }
  offline_store_config {
    disable_glue_table_creation = false
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.fs.bucket}/offline-store/"
    }
  }
  tags       = var.revision == 1 ? { Team = "ml", Old = "x" } : { Team = "data", New = "y" }
  depends_on = [aws_s3_bucket_policy.fs, aws_iam_role_policy_attachment.full]
}
resource "aws_iam_policy" "reader" {
  name = "${var.project}-feature-reader"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"], Resource = aws_sagemaker_feature_group.customers.arn },
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.fs.arn}/*" },
    ]
  })
}
resource "aws_athena_named_query" "latest" {
  name     = "${var.project}-latest"
  database = "sagemaker_featurestore"
  query    = "SELECT * FROM ${aws_sagemaker_feature_group.customers.offline_store_config[0].data_catalog_config[0].table_name} LIMIT ${var.revision}"
}
output "s3" { value = aws_sagemaker_feature_group.customers.offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri }
