# A fleet of notebooks from a map: lifecycle scripts, private repositories, sealed volumes, metadata version 2.

locals {
  notebooks = {
    small = { type = "ml.t3.medium", volume = 10, root = "Disabled", accelerators = [] }
    large = { type = var.revision > 1 ? "ml.m5.2xlarge" : "ml.m5.xlarge", volume = 50 * var.revision, root = "Enabled", accelerators = [] }
  }
}

resource "aws_kms_key" "volumes" {
  description             = "Volumes of notebooks"
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "git" {
  name_prefix             = "AmazonSageMaker-git-"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "git" {
  secret_id     = aws_secretsmanager_secret.git.id
  secret_string = jsonencode({ username = "robot", password = "not-a-secret" })
}

resource "aws_sagemaker_code_repository" "features" {
  code_repository_name = "features-sealed"
  git_config {
    repository_url = "https://github.com/example/features.git"
    branch         = "main"
    secret_arn     = var.revision > 1 ? aws_secretsmanager_secret.git.arn : null
  }
  depends_on = [aws_secretsmanager_secret_version.git]
}

resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "start" {
  name = "sealed-start"
  on_create = base64encode(<<-SH
    #!/bin/bash
    set -e
    sudo -u ec2-user -i pip install sagemaker-feature-store-pyspark
  SH
  )
  on_start = base64encode("#!/bin/bash\necho revision ${var.revision}\n")
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

resource "aws_iam_role" "notebooks" {
  name               = "notebooks-sealed"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachments_exclusive" "notebooks" {
  role_name   = aws_iam_role.notebooks.name
  policy_arns = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess", "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"]
}

resource "aws_vpc" "lab" {
  cidr_block           = "10.60.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "lab" {
  vpc_id     = aws_vpc.lab.id
  cidr_block = cidrsubnet(aws_vpc.lab.cidr_block, 8, 1)
}

resource "aws_security_group" "lab" {
  name_prefix = "notebooks-"
  vpc_id      = aws_vpc.lab.id
}

resource "aws_vpc_security_group_egress_rule" "tls" {
  security_group_id = aws_security_group.lab.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_sagemaker_notebook_instance" "this" {
  for_each = local.notebooks

  name                         = "sealed-${each.key}"
  role_arn                     = aws_iam_role.notebooks.arn
  instance_type                = each.value.type
  volume_size                  = each.value.volume
  root_access                  = each.value.root
  platform_identifier          = "notebook-al2-v3"
  kms_key_id                   = aws_kms_key.volumes.key_id
  subnet_id                    = aws_subnet.lab.id
  security_groups              = [aws_security_group.lab.id]
  direct_internet_access       = "Disabled"
  lifecycle_config_name        = aws_sagemaker_notebook_instance_lifecycle_configuration.start.name
  default_code_repository      = aws_sagemaker_code_repository.features.code_repository_name
  additional_code_repositories = var.revision > 1 ? ["https://github.com/aws/amazon-sagemaker-examples.git"] : []
  accelerator_types            = each.value.accelerators

  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
}

output "urls" {
  value = { for name, notebook in aws_sagemaker_notebook_instance.this : name => notebook.url }
}
