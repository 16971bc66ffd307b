# Versions of an image with aliases and labels, how Studio runs them, and the apps of people and spaces.
resource "aws_vpc" "apps" {
  cidr_block = "10.102.0.0/16"
}
resource "aws_subnet" "apps" {
  vpc_id     = aws_vpc.apps.id
  cidr_block = "10.102.1.0/24"
}
resource "aws_iam_role" "apps" {
  name                = "studio-images-apps"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"]
}
resource "aws_sagemaker_image" "apps" {
  image_name   = "images-apps"
  display_name = var.revision == 1 ? "Kernels" : null
  description  = var.revision == 1 ? null : "Described later"
  role_arn     = aws_iam_role.apps.arn
  tags         = var.revision == 1 ? { stage = "draft" } : { stage = "released", by = "platform" }
}
resource "aws_sagemaker_image_version" "apps" {
  image_name       = aws_sagemaker_image.apps.id
  base_image       = "012345678912.dkr.ecr.eu-west-1.amazonaws.com/kernels:1"
  horovod          = var.revision > 1
  job_type         = "NOTEBOOK_KERNEL"
  ml_framework     = "TensorFlow 1.1"
  processor        = "CPU"
  programming_lang = "Python 3.${9 + var.revision}"
  release_notes    = "revision ${var.revision}"
  vendor_guidance  = var.revision == 1 ? "STABLE" : "TO_BE_ARCHIVED"
}
resource "aws_sagemaker_app_image_config" "turned" {
  app_image_config_name = "images-apps-turned"
  dynamic "kernel_gateway_image_config" {
    for_each = var.revision == 1 ? [1] : []
    content {
      kernel_spec {
        name = "conda-env"
      }
      file_system_config {
        default_gid = 0
        default_uid = 0
        mount_path  = "/test"
      }
    }
  }
  dynamic "jupyter_lab_image_config" {
    for_each = var.revision == 1 ? [] : [1]
    content {
      container_config {
        container_arguments  = ["arg1", "arg2"]
        container_entrypoint = ["entrypoint"]
      }
    }
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_app_image_config" "editor" {
  app_image_config_name = "images-apps-editor"
  code_editor_app_image_config {
    container_config {
      container_environment_variables = { LEVEL = tostring(var.revision) }
    }
    file_system_config {
      default_gid = 100
      default_uid = 1000
      mount_path  = "/home"
    }
  }
}
resource "aws_sagemaker_studio_lifecycle_config" "kernel" {
  studio_lifecycle_config_name     = "images-apps-kernel"
  studio_lifecycle_config_app_type = "KernelGateway"
  studio_lifecycle_config_content  = base64encode("echo revision ${var.revision}")
  tags                             = var.revision == 1 ? { a = "1" } : { b = "2" }
}
resource "aws_sagemaker_domain" "apps" {
  domain_name = "images-apps"
  auth_mode   = "IAM"
  vpc_id      = aws_vpc.apps.id
  subnet_ids  = [aws_subnet.apps.id]
  default_user_settings {
    execution_role = aws_iam_role.apps.arn
  }
  default_space_settings {
    execution_role = aws_iam_role.apps.arn
  }
  retention_policy {
    home_efs_file_system = "Delete"
  }
}
resource "aws_sagemaker_user_profile" "apps" {
  domain_id         = aws_sagemaker_domain.apps.id
  user_profile_name = "kim"
  user_settings {
    execution_role = aws_iam_role.apps.arn
    kernel_gateway_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.kernel.arn]
      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.kernel.arn
      }
    }
  }
}
resource "aws_sagemaker_space" "apps" {
  domain_id  = aws_sagemaker_domain.apps.id
  space_name = "shared"
}
resource "aws_sagemaker_app" "server" {
  domain_id         = aws_sagemaker_domain.apps.id
  user_profile_name = aws_sagemaker_user_profile.apps.user_profile_name
  app_name          = "default"
  app_type          = "JupyterServer"
  tags              = var.revision == 1 ? { a = "1" } : { a = "2", b = "2" }
}
resource "aws_sagemaker_app" "kernel" {
  domain_id         = aws_sagemaker_domain.apps.id
  user_profile_name = aws_sagemaker_user_profile.apps.user_profile_name
  app_name          = "kernel-${var.revision}"
  app_type          = "KernelGateway"
  resource_spec {
    instance_type        = "ml.t3.medium"
    lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.kernel.arn
    sagemaker_image_arn  = aws_sagemaker_image_version.apps.image_arn
  }
}
resource "aws_sagemaker_app" "space" {
  domain_id  = aws_sagemaker_domain.apps.id
  space_name = aws_sagemaker_space.apps.space_name
  app_name   = "default"
  app_type   = "JupyterServer"
}
