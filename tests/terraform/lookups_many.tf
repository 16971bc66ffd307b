# Data sources only.
data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}
data "aws_regions" "all" {}
data "aws_availability_zones" "all" { state = "available" }
data "aws_canonical_user_id" "this" {}
data "aws_default_tags" "this" {}
data "aws_arn" "x" { arn = "arn:aws:rds:eu-west-1:123456789012:db:mysql-db" }
data "aws_service" "s3" { service_id = "s3" }
data "aws_service_principal" "sm" { service_name = "sagemaker" }
data "aws_billing_service_account" "x" {}
data "aws_elb_service_account" "x" {}
data "aws_cloudtrail_service_account" "x" {}
data "aws_iam_policy" "ro" { name = "ReadOnlyAccess" }
data "aws_iam_policy" "fs" { arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess" }
data "aws_kms_alias" "s3" { name = "alias/aws/sagemaker" }
data "aws_kms_key" "sm" { key_id = "alias/aws/sagemaker" }
data "aws_organizations_organization" "this" {}
data "aws_sagemaker_prebuilt_ecr_image" "xgb" {
  repository_name = "kmeans"
}
data "aws_iam_roles" "all" {}
data "aws_ssm_parameter" "al2" { name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }
data "aws_s3_bucket" "mine" { bucket = aws_s3_bucket.this.bucket }
resource "aws_s3_bucket" "this" { bucket = "lookups-all-${var.revision}" }
output "x" { value = data.aws_caller_identity.this.account_id }
