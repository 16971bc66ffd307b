# A domain of plain defaults whose people bring their own settings: canvas, kernels, a shared file system, editors.

resource "aws_vpc" "people" {
  cidr_block = "10.66.0.0/16"
}

resource "aws_subnet" "people" {
  vpc_id     = aws_vpc.people.id
  cidr_block = "10.66.1.0/24"
}

resource "aws_efs_file_system" "shared" {
  creation_token = "studio-people"
  encrypted      = true
}

resource "aws_efs_mount_target" "shared" {
  file_system_id = aws_efs_file_system.shared.id
  subnet_id      = aws_subnet.people.id
}

resource "aws_iam_role" "people" {
  name = "studio-people"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_s3_bucket" "canvas" {
  bucket_prefix = "studio-people-"
  force_destroy = true
}

resource "aws_sagemaker_studio_lifecycle_config" "kernel" {
  studio_lifecycle_config_name     = "people-kernel"
  studio_lifecycle_config_app_type = "KernelGateway"
  studio_lifecycle_config_content  = base64encode("echo hello")
  tags                             = { kind = "kernel" }
}

resource "aws_sagemaker_studio_lifecycle_config" "editor" {
  studio_lifecycle_config_name     = "people-editor"
  studio_lifecycle_config_app_type = "CodeEditor"
  studio_lifecycle_config_content  = base64encode("echo editor")
}

resource "aws_sagemaker_domain" "people" {
  domain_name = "people"
  auth_mode   = "IAM"
  vpc_id      = aws_vpc.people.id
  subnet_ids  = [aws_subnet.people.id]

  default_user_settings {
    execution_role = aws_iam_role.people.arn
    custom_posix_user_config {
      uid = 10000 + var.revision
      gid = 1001
    }
    custom_file_system_config {
      efs_file_system_config {
        file_system_id   = aws_efs_file_system.shared.id
        file_system_path = "/shared"
      }
    }
    kernel_gateway_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.kernel.arn]
      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.kernel.arn
      }
    }
    tensor_board_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
    }
    jupyter_server_app_settings {
      default_resource_spec {
        instance_type = "system"
      }
      code_repository {
        repository_url = "https://github.com/example/one.git"
      }
    }
  }

  default_space_settings {
    execution_role = aws_iam_role.people.arn
    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type = var.revision > 1 ? "ml.m5.large" : "ml.t3.medium"
      }
    }
    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 10
        maximum_ebs_volume_size_in_gb = 50
      }
    }
  }

  retention_policy {
    home_efs_file_system = "Delete"
  }

  depends_on = [aws_efs_mount_target.shared]
}

resource "aws_sagemaker_user_profile" "analyst" {
  domain_id         = aws_sagemaker_domain.people.id
  user_profile_name = "analyst"
  user_settings {
    execution_role      = aws_iam_role.people.arn
    auto_mount_home_efs = var.revision > 1 ? "Disabled" : "Enabled"
    canvas_app_settings {
      direct_deploy_settings {
        status = "DISABLED"
      }
      model_register_settings {
        status = "ENABLED"
      }
      generative_ai_settings {
        amazon_bedrock_role_arn = aws_iam_role.people.arn
      }
      workspace_settings {
        s3_artifact_path = "s3://${aws_s3_bucket.canvas.bucket}/analyst"
      }
    }
    kernel_gateway_app_settings {
      default_resource_spec {
        instance_type = "ml.m5.large"
      }
    }
    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 5
        maximum_ebs_volume_size_in_gb = 50 * var.revision
      }
    }
    sharing_settings {
      notebook_output_option = "Disabled"
    }
  }
}

resource "aws_sagemaker_user_profile" "engineer" {
  domain_id         = aws_sagemaker_domain.people.id
  user_profile_name = "engineer"
  user_settings {
    execution_role = aws_iam_role.people.arn
    code_editor_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.editor.arn]
      default_resource_spec {
        instance_type = "ml.t3.large"
      }
      app_lifecycle_management {
        idle_settings {
          lifecycle_management        = "ENABLED"
          idle_timeout_in_minutes     = 60 * var.revision
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = 240
        }
      }
    }
  }
}

resource "aws_sagemaker_user_profile" "bare" {
  domain_id         = aws_sagemaker_domain.people.id
  user_profile_name = "bare"
}

resource "aws_sagemaker_space" "editor" {
  domain_id  = aws_sagemaker_domain.people.id
  space_name = "editor"
  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.engineer.user_profile_name
  }
  space_sharing_settings {
    sharing_type = "Private"
  }
  space_settings {
    app_type = "CodeEditor"
    code_editor_app_settings {
      default_resource_spec {
        instance_type        = "ml.t3.large"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.editor.arn
      }
      app_lifecycle_management {
        idle_settings {
          idle_timeout_in_minutes = 60 * var.revision
        }
      }
    }
    custom_file_system {
      efs_file_system {
        file_system_id = aws_efs_file_system.shared.id
      }
    }
  }
}

resource "aws_sagemaker_space" "shared" {
  domain_id          = aws_sagemaker_domain.people.id
  space_name         = "shared"
  space_display_name = "Shared ${var.revision}"
  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.analyst.user_profile_name
  }
  space_sharing_settings {
    sharing_type = "Shared"
  }
  space_settings {
    app_type = "JupyterLab"
  }
}
