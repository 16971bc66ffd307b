# Studio with RStudio, TensorBoard, Canvas with an identity provider, hidden machines, and defaults for shared spaces.
resource "aws_vpc" "lab" {
  cidr_block = "10.101.0.0/16"
}
resource "aws_subnet" "lab" {
  vpc_id     = aws_vpc.lab.id
  cidr_block = "10.101.1.0/24"
}
resource "aws_security_group" "lab" {
  count  = 2
  name   = "studio-rstudio-${count.index}"
  vpc_id = aws_vpc.lab.id
}
resource "aws_kms_key" "lab" {
  description             = "studio's volume"
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "lab" {
  bucket        = "studio-rstudio"
  force_destroy = true
}
resource "aws_iam_role" "lab" {
  for_each           = toset(["user", "domain"])
  name               = "studio-rstudio-${each.key}"
  path               = "/service-role/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_secretsmanager_secret" "oauth" {
  name                    = "studio-rstudio-oauth"
  recovery_window_in_days = 0
}
resource "aws_sagemaker_image" "lab" {
  image_name = "rstudio-lab"
  role_arn   = aws_iam_role.lab["user"].arn
}
resource "aws_sagemaker_image_version" "lab" {
  image_name = aws_sagemaker_image.lab.image_name
  base_image = "012345678912.dkr.ecr.eu-west-1.amazonaws.com/lab:latest"
}
resource "aws_sagemaker_app_image_config" "lab" {
  app_image_config_name = "rstudio-lab"
  kernel_gateway_image_config {
    kernel_spec {
      name = "ir"
    }
  }
}
resource "aws_sagemaker_domain" "lab" {
  domain_name                   = "rstudio-lab"
  auth_mode                     = "IAM"
  vpc_id                        = aws_vpc.lab.id
  subnet_ids                    = [aws_subnet.lab.id]
  app_network_access_type       = "VpcOnly"
  app_security_group_management = "Customer"
  kms_key_id                    = aws_kms_key.lab.arn
  tag_propagation               = var.revision == 1 ? "DISABLED" : "ENABLED"
  domain_settings {
    execution_role_identity_config = "DISABLED"
    security_group_ids             = [aws_security_group.lab[0].id]
    r_studio_server_pro_domain_settings {
      domain_execution_role_arn    = aws_iam_role.lab["domain"].arn
      r_studio_connect_url         = "https://connect.example.com"
      r_studio_package_manager_url = "https://packages.example.com"
      default_resource_spec {
        instance_type = "system"
      }
    }
  }
  default_user_settings {
    execution_role  = aws_iam_role.lab["user"].arn
    security_groups = aws_security_group.lab[*].id
    r_studio_server_pro_app_settings {
      access_status = "ENABLED"
      user_group    = "R_STUDIO_USER"
    }
    r_session_app_settings {
      default_resource_spec {
        instance_type = var.revision == 1 ? "ml.t3.medium" : "ml.t3.large"
      }
    }
    tensor_board_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.micro"
      }
    }
    kernel_gateway_app_settings {
      custom_image {
        app_image_config_name = aws_sagemaker_app_image_config.lab.app_image_config_name
        image_name            = aws_sagemaker_image_version.lab.image_name
      }
      default_resource_spec {
        instance_type       = "ml.t3.medium"
        sagemaker_image_arn = aws_sagemaker_image.lab.arn
      }
    }
    canvas_app_settings {
      identity_provider_oauth_settings {
        data_source_name = "Snowflake"
        status           = "ENABLED"
        secret_arn       = aws_secretsmanager_secret.oauth.arn
      }
    }
    studio_web_portal_settings {
      hidden_instance_types = var.revision == 1 ? ["ml.p3.2xlarge"] : ["ml.p3.2xlarge", "ml.p3.8xlarge"]
      hidden_app_types      = ["Canvas"]
    }
  }
  default_space_settings {
    execution_role  = aws_iam_role.lab["user"].arn
    security_groups = [aws_security_group.lab[1].id]
    jupyter_server_app_settings {
      default_resource_spec {
        instance_type = "system"
      }
    }
    kernel_gateway_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
    }
    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
      code_repository {
        repository_url = "https://github.com/example/space.git"
      }
    }
    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 10
        maximum_ebs_volume_size_in_gb = 20 * var.revision
      }
    }
  }
  retention_policy {
    home_efs_file_system = "Delete"
  }
}
resource "aws_sagemaker_user_profile" "analyst" {
  domain_id         = aws_sagemaker_domain.lab.id
  user_profile_name = "analyst"
  user_settings {
    execution_role = aws_iam_role.lab["user"].arn
    r_studio_server_pro_app_settings {
      access_status = "ENABLED"
      user_group    = var.revision == 1 ? "R_STUDIO_ADMIN" : "R_STUDIO_USER"
    }
    tensor_board_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.small"
      }
    }
    kernel_gateway_app_settings {
      default_resource_spec {
        instance_type               = "ml.t3.medium"
        sagemaker_image_version_arn = aws_sagemaker_image_version.lab.arn
      }
      custom_image {
        app_image_config_name = aws_sagemaker_app_image_config.lab.app_image_config_name
        image_name            = aws_sagemaker_image.lab.image_name
        image_version_number  = aws_sagemaker_image_version.lab.version
      }
    }
    sharing_settings {
      notebook_output_option = "Allowed"
      s3_output_path         = "s3://${aws_s3_bucket.lab.bucket}/sharing"
      s3_kms_key_id          = aws_kms_key.lab.arn
    }
  }
}
resource "aws_sagemaker_space" "old" {
  domain_id  = aws_sagemaker_domain.lab.id
  space_name = "old-kernels"
  space_settings {
    jupyter_server_app_settings {
      default_resource_spec {
        instance_type = "system"
      }
      code_repository {
        repository_url = "https://github.com/example/r${var.revision}.git"
      }
    }
    kernel_gateway_app_settings {
      default_resource_spec {
        instance_type = var.revision == 1 ? "ml.t3.medium" : "ml.m5.large"
      }
    }
  }
}
