# Where trained models go: a package group open to another account, a pipeline, experiments' tracking, a hub.
data "aws_partition" "here" {}
resource "aws_s3_bucket" "artifacts" {
  bucket        = "others-artifacts"
  force_destroy = true
}
resource "aws_iam_role" "this" {
  name               = "others-pipeline"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_pipeline" "features" {
  pipeline_name         = "others-features"
  pipeline_display_name = "others-features"
  pipeline_description  = "revision ${var.revision}"
  role_arn              = aws_iam_role.this.arn
  pipeline_definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "Day", Type = "String", DefaultValue = "2024-01-0${var.revision}" }]
    Steps      = [{ Name = "Stop", Type = "Fail", Arguments = { ErrorMessage = "nothing to do" } }]
  })
  tags = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_model_package_group" "this" { model_package_group_name = "others-ranking" }
data "aws_iam_policy_document" "shared" {
  statement {
    sid       = "Share"
    actions   = ["sagemaker:DescribeModelPackageGroup"]
    resources = [aws_sagemaker_model_package_group.this.arn]
    principals {
      type        = "AWS"
      identifiers = [for account in(var.revision == 1 ? ["222222222222"] : ["222222222222", "111111111111"]) : "arn:${data.aws_partition.here.partition}:iam::${account}:root"]
    }
  }
}
resource "aws_sagemaker_model_package_group_policy" "this" {
  model_package_group_name = aws_sagemaker_model_package_group.this.model_package_group_name
  resource_policy          = jsonencode(jsondecode(data.aws_iam_policy_document.shared.json))
}
resource "aws_sagemaker_mlflow_tracking_server" "this" {
  tracking_server_name = "others"
  role_arn             = aws_iam_role.this.arn
  artifact_store_uri   = "s3://${aws_s3_bucket.artifacts.bucket}/mlflow"
  tracking_server_size = var.revision == 1 ? "Small" : "Medium"
}
resource "aws_sagemaker_hub" "this" {
  hub_name        = "others"
  hub_description = "models over features, ${var.revision}"
}
data "aws_sagemaker_prebuilt_ecr_image" "sklearn" {
  repository_name = "sagemaker-scikit-learn"
  image_tag       = "1.2-1-cpu-py3"
}
output "image" { value = data.aws_sagemaker_prebuilt_ecr_image.sklearn.registry_path }
