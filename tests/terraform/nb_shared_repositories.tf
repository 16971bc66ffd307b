# Two class room notebooks fed from public repositories; a private repository registered for later.

locals {
  prefix = "r4-shared-repos"

  notebooks = {
    beginners = {
      type  = "ml.t3.medium"
      extra = []
    }
    advanced = {
      type  = var.revision >= 2 ? "ml.t3.large" : "ml.t3.medium"
      extra = ["https://github.com/aws-samples/aws-glue-samples.git"]
    }
  }
}

resource "aws_sagemaker_code_repository" "sdk" {
  code_repository_name = "${local.prefix}-sdk"

  git_config {
    repository_url = "https://github.com/aws/sagemaker-python-sdk.git"
    branch         = "master"
  }

  tags = {
    Visibility = "public"
  }
}

resource "aws_secretsmanager_secret" "git" {
  name                    = "AmazonSageMaker-${local.prefix}-git"
  description             = "Token of the course robot"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "git" {
  secret_id     = aws_secretsmanager_secret.git.id
  secret_string = jsonencode({ username = "course-robot", password = "placeholder-${var.revision}" })
}

resource "aws_sagemaker_code_repository" "solutions" {
  code_repository_name = "${local.prefix}-solutions"

  git_config {
    repository_url = "https://github.com/example/course-solutions.git"
    branch         = "main"
    secret_arn     = aws_secretsmanager_secret.git.arn
  }

  tags = {
    Visibility = "private"
  }

  depends_on = [aws_secretsmanager_secret_version.git]
}

resource "aws_iam_role" "class" {
  name        = "${local.prefix}-class"
  description = "Class room notebooks"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "class" {
  name = "logs"
  role = aws_iam_role.class.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:*:*:log-group:/aws/sagemaker/*"
    }]
  })
}

resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "class" {
  name     = "${local.prefix}-class"
  on_start = base64encode(join("\n", ["#!/bin/bash", "echo welcome", ""]))
}

resource "aws_sagemaker_notebook_instance" "class" {
  for_each = local.notebooks

  name                         = "${local.prefix}-${each.key}"
  role_arn                     = aws_iam_role.class.arn
  instance_type                = each.value.type
  platform_identifier          = "notebook-al2-v3"
  default_code_repository      = aws_sagemaker_code_repository.sdk.code_repository_name
  additional_code_repositories = each.value.extra
  lifecycle_config_name        = aws_sagemaker_notebook_instance_lifecycle_configuration.class.name

  tags = merge(
    { Course = each.key },
    var.revision >= 2 ? { Term = "autumn" } : {}
  )

  depends_on = [aws_iam_role_policy.class]
}

output "urls" {
  value = { for name, notebook in aws_sagemaker_notebook_instance.class : name => notebook.url }
}
