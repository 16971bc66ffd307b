# The article by hand: roles of three accounts' trust, bucket policy, resource policy of the catalog, key policy, lake.
data "aws_caller_identity" "b" {}
variable "consumer" {
  type    = string
  default = "111111111111"
}
locals { account_b = data.aws_caller_identity.b.account_id }
resource "aws_s3_bucket" "offline" {
  bucket        = "central-offline-${local.account_b}"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "offline" {
  bucket = aws_s3_bucket.offline.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_kms_key" "fs" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${local.account_b}:root" }, Action = "kms:*", Resource = "*" },
    { Sid = "Consumers", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.consumer}:root" }, Action = ["kms:Decrypt", "kms:DescribeKey"], Resource = "*", Condition = { StringLike = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } } },
  ] })
}
resource "aws_s3_bucket_policy" "offline" {
  bucket = aws_s3_bucket.offline.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Consumer", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.consumer}:root" }, Action = ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"], Resource = [aws_s3_bucket.offline.arn, "${aws_s3_bucket.offline.arn}/*"] },
    { Sid = "Org", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "${aws_s3_bucket.offline.arn}/x${var.revision}/*", Condition = { StringNotEquals = { "aws:PrincipalOrgID" = data.aws_organizations_organization.this.id } } },
  ] })
}
data "aws_organizations_organization" "this" {}
resource "aws_iam_role" "cross_account" {
  name = "cross-account-assume-role"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.consumer}:root" }, Action = "sts:AssumeRole", Condition = { StringEquals = { "aws:PrincipalOrgID" = data.aws_organizations_organization.this.id } } },
    { Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" },
  ] })
}
resource "aws_iam_role_policy" "cross_account" {
  role = aws_iam_role.cross_account.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["sagemaker:DescribeFeatureGroup", "sagemaker:GetRecord", "sagemaker:PutRecord", "sagemaker:BatchGetRecord"], Resource = "arn:aws:sagemaker:eu-west-1:${local.account_b}:feature-group/*" },
    { Effect = "Allow", Action = ["s3:PutObject", "s3:GetBucketAcl", "s3:PutObjectAcl", "s3:GetObject"], Resource = [aws_s3_bucket.offline.arn, "${aws_s3_bucket.offline.arn}/*"] },
    { Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = aws_kms_key.fs.arn },
  ] })
}
resource "aws_glue_catalog_database" "fs" { name = "central_features" }
resource "aws_glue_resource_policy" "catalog" {
  enable_hybrid = "TRUE"
  policy        = data.aws_iam_policy_document.catalog.json
}
data "aws_iam_policy_document" "catalog" {
  statement {
    actions = var.revision == 1 ? ["glue:GetTable"] : ["glue:GetTable", "glue:GetDatabase", "glue:GetPartitions"]
    resources = [
      "arn:aws:glue:eu-west-1:${local.account_b}:catalog",
      aws_glue_catalog_database.fs.arn,
      "arn:aws:glue:eu-west-1:${local.account_b}:table/${aws_glue_catalog_database.fs.name}/*",
    ]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.consumer}:root"]
    }
  }
}
resource "aws_sagemaker_feature_group" "g" {
  feature_group_name             = "central-customers"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.cross_account.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  online_store_config {
    enable_online_store = true
    security_config { kms_key_id = aws_kms_key.fs.arn }
  }
  offline_store_config {
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.offline.bucket}/"
      kms_key_id = aws_kms_key.fs.arn
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.fs.name
      table_name = "customers"
    }
  }
  depends_on = [aws_iam_role_policy.cross_account]
}
resource "aws_athena_workgroup" "fs" {
  name          = "central-features"
  force_destroy = true
  configuration {
    result_configuration { output_location = "s3://${aws_s3_bucket.offline.bucket}/results/" }
  }
}
