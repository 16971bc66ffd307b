resource "aws_s3_bucket" "this" {
  bucket        = "others-iceberg"
  force_destroy = true
}
resource "aws_kms_key" "this" { enable_key_rotation = true }
resource "aws_iam_role" "this" {
  name               = "iceberg-group"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl"]
    resources = ["${aws_s3_bucket.this.arn}/*"]
  }
  statement {
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn]
  }
  statement {
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.this.arn]
  }
  statement {
    actions   = ["glue:GetTable", "glue:UpdateTable", "glue:CreateTable", "glue:GetDatabase"]
    resources = ["*"]
  }
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.write.json
}
resource "aws_glue_catalog_database" "this" { name = "others_iceberg" }
resource "aws_sagemaker_feature_group" "this" {
  feature_group_name             = "others-iceberg"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config { enable_online_store = true }
  offline_store_config {
    table_format = "Iceberg"
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.this.bucket}/iceberg"
      kms_key_id = aws_kms_key.this.arn
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.this.name
      table_name = "visits"
    }
  }
  tags       = { revision = tostring(var.revision) }
  depends_on = [aws_iam_role_policy.this]
}
