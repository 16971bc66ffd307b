# An offline group that makes its own Glue table.
resource "aws_s3_bucket" "this" {
  bucket        = "others-offline-group"
  force_destroy = true
}
resource "aws_iam_role" "this" {
  name               = "offline-group"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:PutObject", "s3:GetBucketAcl", "s3:PutObjectAcl"], Resource = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"] }] })
}
resource "aws_sagemaker_feature_group" "this" {
  feature_group_name             = "others-offline"
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
  offline_store_config {
    s3_storage_config { s3_uri = "s3://${aws_s3_bucket.this.bucket}/features" }
    disable_glue_table_creation = false
  }
  tags       = { revision = tostring(var.revision) }
  depends_on = [aws_iam_role_policy.this]
}
