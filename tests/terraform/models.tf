data "aws_caller_identity" "me" {}
resource "aws_sagemaker_model_package_group" "this" {
  model_package_group_name        = "others"
  model_package_group_description = "models"
  tags                            = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_model_package_group_policy" "this" {
  model_package_group_name = aws_sagemaker_model_package_group.this.model_package_group_name
  resource_policy          = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Read", Effect = "Allow", Principal = { AWS = "arn:aws:iam::222222222222:root" }, Action = ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"], Resource = "arn:aws:sagemaker:eu-west-1:${data.aws_caller_identity.me.account_id}:model-package/others/*" }] })
}
