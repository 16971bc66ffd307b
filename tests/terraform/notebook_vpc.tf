# A notebook in a VPC under a key, with a lifecycle configuration and a role that assumes the feature store's readers.
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}
resource "aws_iam_role" "notebook" {
  name                 = "others-notebook-vpc"
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  max_session_duration = 7200
}
resource "aws_iam_role_policy" "notebook" {
  name = "features"
  role = aws_iam_role.notebook.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::222222222222:role/*-reader-online" },
    { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.notebooks.arn}:*" },
  ] })
}
resource "aws_cloudwatch_log_group" "notebooks" {
  name              = "/aws/sagemaker/NotebookInstances"
  retention_in_days = 30
}
resource "aws_kms_key" "volume" {
  description             = "notebook volumes"
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "volume" {
  name          = "alias/others-notebooks"
  target_key_id = aws_kms_key.volume.id
}
resource "aws_vpc" "this" { cidr_block = "10.41.0.0/16" }
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.41.0.0/24"
}
resource "aws_security_group" "this" {
  name   = "others-notebook"
  vpc_id = aws_vpc.this.id
  dynamic "egress" {
    for_each = [443, 2049]
    content {
      from_port   = egress.value
      to_port     = egress.value
      protocol    = "tcp"
      cidr_blocks = [aws_vpc.this.cidr_block]
    }
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_secretsmanager_secret" "git" {
  name                    = "AmazonSageMaker-others-git"
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "git" {
  secret_id     = aws_secretsmanager_secret.git.id
  secret_string = jsonencode({ username = "ann", password = "token" })
}
resource "aws_sagemaker_code_repository" "features" {
  code_repository_name = "others-vpc"
  git_config {
    repository_url = "https://github.com/example/features.git"
    branch         = "main"
    secret_arn     = aws_secretsmanager_secret.git.arn
  }
}
resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "this" {
  name = "others-vpc"
  on_create = base64encode(<<-EOT
    #!/bin/bash
    set -e
    sudo -u ec2-user pip install featureshare==${var.revision}.0
  EOT
  )
  on_start = base64encode("#!/bin/bash\necho started\n")
}
resource "aws_sagemaker_notebook_instance" "this" {
  name                         = "others-vpc"
  role_arn                     = aws_iam_role.notebook.arn
  instance_type                = var.revision == 1 ? "ml.t3.medium" : "ml.t3.large"
  platform_identifier          = "notebook-al2-v3"
  volume_size                  = 20
  kms_key_id                   = aws_kms_key.volume.id
  subnet_id                    = aws_subnet.this.id
  security_groups              = [aws_security_group.this.id]
  direct_internet_access       = "Disabled"
  root_access                  = "Disabled"
  lifecycle_config_name        = aws_sagemaker_notebook_instance_lifecycle_configuration.this.name
  default_code_repository      = aws_sagemaker_code_repository.features.code_repository_name
  additional_code_repositories = ["https://github.com/example/shared.git"]
  instance_metadata_service_configuration { minimum_instance_metadata_service_version = "2" }
}
