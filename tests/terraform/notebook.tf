resource "aws_iam_role" "this" {
  name               = "others-notebook"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "this" {
  name     = "others"
  on_start = base64encode("echo revision ${var.revision}")
}
resource "aws_sagemaker_code_repository" "this" {
  code_repository_name = "others"
  git_config {
    repository_url = "https://example.com/features.git"
    branch         = "main"
  }
}
resource "aws_sagemaker_notebook_instance" "this" {
  name                    = "others"
  role_arn                = aws_iam_role.this.arn
  instance_type           = "ml.t3.medium"
  volume_size             = 5 * var.revision
  root_access             = "Disabled"
  lifecycle_config_name   = aws_sagemaker_notebook_instance_lifecycle_configuration.this.name
  default_code_repository = aws_sagemaker_code_repository.this.code_repository_name
  tags                    = { revision = tostring(var.revision) }
}
