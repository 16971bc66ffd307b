# Studio for a small team: domain in two subnets, profiles, a private JupyterLab space.

data "aws_partition" "current" {}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  name = "r4-studio"

  people = merge(
    {
      ana = { team = "forecasting" }
      ben = { team = "forecasting" }
    },
    var.revision >= 2 ? { chloe = { team = "pricing" } } : {}
  )
}

resource "aws_vpc" "studio" {
  cidr_block           = "10.63.0.0/20"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = local.name
  }
}

resource "aws_subnet" "studio" {
  count = 2

  vpc_id            = aws_vpc.studio.id
  cidr_block        = cidrsubnet(aws_vpc.studio.cidr_block, 4, count.index)
  availability_zone = data.aws_availability_zones.available.names[count.index]

  tags = {
    Name = "${local.name}-${count.index}"
  }
}

resource "aws_security_group" "studio" {
  name_prefix = "${local.name}-"
  description = "Studio applications"
  vpc_id      = aws_vpc.studio.id

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
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

resource "aws_iam_role" "studio" {
  name               = local.name
  path               = "/service-role/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "studio" {
  role       = aws_iam_role.studio.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_sagemaker_studio_lifecycle_config" "lab" {
  studio_lifecycle_config_name     = "${local.name}-lab"
  studio_lifecycle_config_app_type = "JupyterLab"
  studio_lifecycle_config_content  = base64encode("#!/bin/bash\nset -eux\necho prepared\n")
}

resource "aws_sagemaker_domain" "studio" {
  domain_name             = local.name
  auth_mode               = "IAM"
  vpc_id                  = aws_vpc.studio.id
  subnet_ids              = aws_subnet.studio[*].id
  app_network_access_type = "PublicInternetOnly"

  default_user_settings {
    execution_role    = aws_iam_role.studio.arn
    security_groups   = [aws_security_group.studio.id]
    studio_web_portal = "ENABLED"

    jupyter_lab_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.lab.arn]

      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.lab.arn
      }
    }

    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 5
        maximum_ebs_volume_size_in_gb = var.revision >= 2 ? 50 : 20
      }
    }
  }

  retention_policy {
    home_efs_file_system = "Delete"
  }

  tags = {
    Team = "data-science"
  }

  depends_on = [aws_iam_role_policy_attachment.studio]
}

resource "aws_sagemaker_user_profile" "person" {
  for_each = local.people

  domain_id         = aws_sagemaker_domain.studio.id
  user_profile_name = "${local.name}-${each.key}"

  user_settings {
    execution_role = aws_iam_role.studio.arn
  }

  tags = {
    Team = each.value.team
  }
}

resource "aws_sagemaker_space" "ana" {
  domain_id          = aws_sagemaker_domain.studio.id
  space_name         = "${local.name}-ana-lab"
  space_display_name = var.revision >= 2 ? "ana-forecasts" : "ana"

  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.person["ana"].user_profile_name
  }

  space_sharing_settings {
    sharing_type = "Private"
  }

  space_settings {
    app_type = "JupyterLab"

    space_storage_settings {
      ebs_storage_settings {
        ebs_volume_size_in_gb = 10
      }
    }

    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
    }
  }
}

output "studio_url" {
  value = aws_sagemaker_domain.studio.url
}
