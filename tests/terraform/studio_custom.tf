# Studio in a VPC with custom images, idle shutdown, defaults for each kind of app, profiles, a shared space.
data "aws_caller_identity" "me" {}

resource "aws_vpc" "studio" {
  cidr_block           = "10.91.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "studio" }
}
resource "aws_subnet" "studio" {
  count             = 2
  vpc_id            = aws_vpc.studio.id
  cidr_block        = cidrsubnet(aws_vpc.studio.cidr_block, 8, count.index)
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
}
resource "aws_security_group" "studio" {
  name   = "studio-custom"
  vpc_id = aws_vpc.studio.id
  ingress {
    from_port = 0
    to_port   = 65535
    protocol  = "tcp"
    self      = true
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_iam_role" "studio" {
  name = "studio-custom"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:SetSourceIdentity"], Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy_attachment" "studio" {
  role       = aws_iam_role.studio.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_s3_bucket" "shared" {
  bucket        = "studio-custom-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_ecr_repository" "image" {
  name         = "studio/custom"
  force_delete = true
}

resource "aws_sagemaker_image" "custom" {
  image_name   = "studio-custom"
  role_arn     = aws_iam_role.studio.arn
  display_name = "Custom r${var.revision}"
  description  = "with the feature store client"
}

resource "aws_sagemaker_app_image_config" "jupyter" {
  app_image_config_name = "studio-custom-jupyter"
  jupyter_lab_image_config {
    container_config {
      container_arguments             = ["--ServerApp.base_url=/jupyterlab/default"]
      container_entrypoint            = ["jupyter-lab"]
      container_environment_variables = { REVISION = tostring(var.revision) }
    }
    file_system_config {
      default_gid = 100
      default_uid = 1000
      mount_path  = "/home/sagemaker-user"
    }
  }
}
resource "aws_sagemaker_app_image_config" "editor" {
  app_image_config_name = "studio-custom-editor"
  code_editor_app_image_config {
    file_system_config {
      mount_path = "/home/sagemaker-user"
    }
  }
}
resource "aws_sagemaker_app_image_config" "kernel" {
  app_image_config_name = "studio-custom-kernel"
  kernel_gateway_image_config {
    kernel_spec {
      name         = "python3"
      display_name = "Python ${var.revision}"
    }
    file_system_config {}
  }
}

resource "aws_sagemaker_studio_lifecycle_config" "setup" {
  studio_lifecycle_config_name     = "studio-custom-setup"
  studio_lifecycle_config_app_type = "JupyterLab"
  studio_lifecycle_config_content  = base64encode("#!/bin/bash\necho hello\n")
}

resource "aws_sagemaker_domain" "this" {
  domain_name             = "studio-custom"
  auth_mode               = "IAM"
  vpc_id                  = aws_vpc.studio.id
  subnet_ids              = aws_subnet.studio[*].id
  app_network_access_type = "VpcOnly"
  tag_propagation         = "ENABLED"

  domain_settings {
    security_group_ids             = [aws_security_group.studio.id]
    execution_role_identity_config = "USER_PROFILE_NAME"
    docker_settings {
      enable_docker_access = var.revision == 1 ? "DISABLED" : "ENABLED"
    }
  }

  default_user_settings {
    execution_role      = aws_iam_role.studio.arn
    security_groups     = [aws_security_group.studio.id]
    default_landing_uri = "studio::"
    studio_web_portal   = "ENABLED"
    sharing_settings {
      notebook_output_option = "Allowed"
      s3_output_path         = "s3://${aws_s3_bucket.shared.id}/shared"
    }
    jupyter_lab_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.setup.arn]
      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.setup.arn
      }
      app_lifecycle_management {
        idle_settings {
          idle_timeout_in_minutes     = 60 * var.revision
          lifecycle_management        = "ENABLED"
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = 600
        }
      }
    }
    code_editor_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.large"
      }
    }
    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 10
        maximum_ebs_volume_size_in_gb = 50 * var.revision
      }
    }
    studio_web_portal_settings {
      hidden_app_types = ["RStudioServerPro"]
      hidden_ml_tools  = ["Projects"]
    }
    canvas_app_settings {
      time_series_forecasting_settings {
        status = "DISABLED"
      }
      model_register_settings {
        status = "DISABLED"
      }
    }
  }

  default_space_settings {
    execution_role  = aws_iam_role.studio.arn
    security_groups = [aws_security_group.studio.id]
  }

  retention_policy {
    home_efs_file_system = "Delete"
  }
  depends_on = [aws_iam_role_policy_attachment.studio]
}

resource "aws_sagemaker_user_profile" "person" {
  for_each          = toset(var.revision == 1 ? ["ada"] : ["ada", "grace"])
  domain_id         = aws_sagemaker_domain.this.id
  user_profile_name = each.key
  user_settings {
    execution_role  = aws_iam_role.studio.arn
    security_groups = [aws_security_group.studio.id]
    custom_file_system_config {
      efs_file_system_config {
        file_system_id   = aws_efs_file_system.data.id
        file_system_path = "/"
      }
    }
    custom_posix_user_config {
      gid = 1001
      uid = 10001
    }
  }
  depends_on = [aws_efs_mount_target.data]
}

resource "aws_efs_file_system" "data" {
  encrypted = true
}
resource "aws_efs_mount_target" "data" {
  count           = 2
  file_system_id  = aws_efs_file_system.data.id
  subnet_id       = aws_subnet.studio[count.index].id
  security_groups = [aws_security_group.studio.id]
}

resource "aws_sagemaker_space" "team" {
  domain_id          = aws_sagemaker_domain.this.id
  space_name         = "team"
  space_display_name = "Team r${var.revision}"
  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.person["ada"].user_profile_name
  }
  space_sharing_settings {
    sharing_type = "Shared"
  }
  space_settings {
    app_type = "JupyterLab"
    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
    }
    space_storage_settings {
      ebs_storage_settings {
        ebs_volume_size_in_gb = 20
      }
    }
  }
}
