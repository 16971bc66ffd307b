# A Studio domain with people, a shared space, an app, a custom image and a lifecycle configuration.
data "aws_availability_zones" "available" { state = "available" }
data "aws_partition" "current" {}

locals {
  people = { ann = "ml.t3.medium", bob = "ml.m5.large" }
}

resource "aws_vpc" "this" {
  cidr_block           = "10.31.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}
resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.available.names[count.index]
}
resource "aws_security_group" "studio" {
  name   = "others-spaces"
  vpc_id = aws_vpc.this.id
}
resource "aws_kms_key" "efs" {
  description             = "Studio's home directories"
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "shared" {
  bucket        = "others-spaces-shared"
  force_destroy = true
}
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "person" {
  for_each           = local.people
  name               = "others-spaces-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}
resource "aws_iam_role_policy_attachment" "person" {
  for_each   = aws_iam_role.person
  role       = each.value.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSageMakerFullAccess"
}
resource "aws_sagemaker_studio_lifecycle_config" "idle" {
  studio_lifecycle_config_name     = "others-idle-${var.revision}"
  studio_lifecycle_config_app_type = "JupyterLab"
  studio_lifecycle_config_content  = base64encode("#!/bin/bash\necho ${var.revision}\n")
}
resource "aws_sagemaker_image" "features" {
  image_name   = "others-features"
  role_arn     = aws_iam_role.person["ann"].arn
  display_name = "features ${var.revision}"
  description  = "with the feature store's client"
}
resource "aws_sagemaker_image_version" "features" {
  image_name = aws_sagemaker_image.features.id
  base_image = "777777777777.dkr.ecr.eu-west-1.amazonaws.com/others:1"
}
resource "aws_sagemaker_app_image_config" "features" {
  app_image_config_name = "others-features"
  jupyter_lab_image_config {
    container_config {
      container_arguments             = ["--revision", tostring(var.revision)]
      container_environment_variables = { TEAM = "search" }
    }
  }
}
resource "aws_sagemaker_domain" "this" {
  domain_name             = "others-spaces"
  auth_mode               = "IAM"
  vpc_id                  = aws_vpc.this.id
  subnet_ids              = aws_subnet.private[*].id
  app_network_access_type = "VpcOnly"
  kms_key_id              = aws_kms_key.efs.arn
  default_user_settings {
    execution_role  = aws_iam_role.person["ann"].arn
    security_groups = [aws_security_group.studio.id]
    sharing_settings {
      notebook_output_option = "Allowed"
      s3_output_path         = "s3://${aws_s3_bucket.shared.bucket}/"
    }
    jupyter_lab_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.idle.arn]
      default_resource_spec {
        instance_type        = var.revision == 1 ? "ml.t3.medium" : "ml.t3.large"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.idle.arn
      }
      custom_image {
        app_image_config_name = aws_sagemaker_app_image_config.features.app_image_config_name
        image_name            = aws_sagemaker_image_version.features.image_name
      }
    }
  }
  default_space_settings {
    execution_role  = aws_iam_role.person["ann"].arn
    security_groups = [aws_security_group.studio.id]
  }
  retention_policy { home_efs_file_system = "Delete" }
}
resource "aws_sagemaker_user_profile" "person" {
  for_each          = local.people
  domain_id         = aws_sagemaker_domain.this.id
  user_profile_name = each.key
  user_settings {
    execution_role  = aws_iam_role.person[each.key].arn
    security_groups = [aws_security_group.studio.id]
    jupyter_server_app_settings {
      default_resource_spec {
        instance_type = "system"
      }
    }
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_space" "shared" {
  domain_id  = aws_sagemaker_domain.this.id
  space_name = "shared"
  tags       = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_app" "notebook" {
  domain_id         = aws_sagemaker_domain.this.id
  user_profile_name = aws_sagemaker_user_profile.person["ann"].user_profile_name
  app_name          = "default"
  app_type          = "JupyterServer"
}
