# A notebook with no way out, on an encrypted volume, prepared by a lifecycle configuration.

data "aws_caller_identity" "current" {}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  name = "r4-private-notebook"
}

resource "aws_vpc" "research" {
  cidr_block           = "10.62.0.0/22"
  enable_dns_hostnames = true

  tags = {
    Name = local.name
  }
}

resource "aws_subnet" "notebooks" {
  vpc_id            = aws_vpc.research.id
  cidr_block        = "10.62.1.0/24"
  availability_zone = data.aws_availability_zones.available.names[0]

  tags = {
    Name = "${local.name}-notebooks"
  }
}

resource "aws_route_table" "notebooks" {
  vpc_id = aws_vpc.research.id

  tags = {
    Name = "${local.name}-notebooks"
  }
}

resource "aws_route_table_association" "notebooks" {
  subnet_id      = aws_subnet.notebooks.id
  route_table_id = aws_route_table.notebooks.id
}

resource "aws_security_group" "notebooks" {
  name        = local.name
  description = "Research notebooks"
  vpc_id      = aws_vpc.research.id

  tags = {
    Name = local.name
  }
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.notebooks.id
  description       = "HTTPS inside the network"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = aws_vpc.research.cidr_block
}

resource "aws_vpc_security_group_ingress_rule" "self" {
  security_group_id            = aws_security_group.notebooks.id
  description                  = "Between notebooks"
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.notebooks.id
}

resource "aws_kms_key" "volumes" {
  description             = "Notebook volumes"
  deletion_window_in_days = 7
  enable_key_rotation     = true
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

resource "aws_iam_role" "notebook" {
  name               = local.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_s3_bucket" "work" {
  bucket        = "${local.name}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

data "aws_iam_policy_document" "notebook" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.work.arn]
  }

  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.work.arn}/*"]
  }

  statement {
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["*"]
  }

  statement {
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources = [aws_kms_key.volumes.arn]
  }
}

resource "aws_iam_role_policy" "notebook" {
  name   = "work"
  role   = aws_iam_role.notebook.id
  policy = data.aws_iam_policy_document.notebook.json
}

resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "idle" {
  name = local.name

  on_create = base64encode("#!/bin/bash\nset -e\necho created > /home/ec2-user/SageMaker/.created\n")
  on_start  = base64encode("#!/bin/bash\nset -e\necho 'IDLE_MINUTES=${var.revision >= 2 ? 30 : 60}' > /etc/profile.d/idle.sh\n")
}

resource "aws_sagemaker_notebook_instance" "research" {
  name                   = local.name
  role_arn               = aws_iam_role.notebook.arn
  instance_type          = "ml.t3.medium"
  platform_identifier    = "notebook-al2-v3"
  volume_size            = var.revision >= 2 ? 20 : 10
  kms_key_id             = aws_kms_key.volumes.key_id
  subnet_id              = aws_subnet.notebooks.id
  security_groups        = [aws_security_group.notebooks.id]
  direct_internet_access = "Disabled"
  root_access            = "Disabled"
  lifecycle_config_name  = aws_sagemaker_notebook_instance_lifecycle_configuration.idle.name

  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }

  tags = {
    Project = "research"
  }

  depends_on = [
    aws_iam_role_policy.notebook,
    aws_route_table_association.notebooks,
    aws_vpc_security_group_egress_rule.https,
  ]
}

output "url" {
  value = aws_sagemaker_notebook_instance.research.url
}
