# A Studio domain with its defaults, people from a map, a space each may share, scripts at start.

locals {
  people = {
    ada    = { landing = "studio::", hidden = ["Canvas"], instance = "ml.t3.medium" }
    grace  = { landing = "app:JupyterLab:", hidden = [], instance = "ml.m5.large" }
    edsger = { landing = "studio::", hidden = ["RStudioServerPro"], instance = var.revision > 1 ? "ml.m5.xlarge" : "ml.t3.large" }
  }
}

resource "aws_vpc" "studio" {
  cidr_block = "10.61.0.0/16"
}

resource "aws_subnet" "studio" {
  count      = 2
  vpc_id     = aws_vpc.studio.id
  cidr_block = cidrsubnet(aws_vpc.studio.cidr_block, 8, count.index)
}

resource "aws_security_group" "studio" {
  name   = "studio-teams"
  vpc_id = aws_vpc.studio.id
}

resource "aws_kms_key" "homes" {
  description             = "Homes"
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "shared" {
  bucket_prefix = "studio-teams-"
  force_destroy = true
}

resource "aws_iam_role" "studio" {
  name = "studio-teams"
  path = "/studio/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:SetContext"], Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_sagemaker_studio_lifecycle_config" "start" {
  for_each                         = { jupyter = "JupyterLab", code = "CodeEditor" }
  studio_lifecycle_config_name     = "teams-${each.key}"
  studio_lifecycle_config_app_type = each.value
  studio_lifecycle_config_content  = base64encode("#!/bin/bash\necho ${each.key}\n")
}

resource "aws_sagemaker_domain" "teams" {
  domain_name             = "teams"
  auth_mode               = "IAM"
  vpc_id                  = aws_vpc.studio.id
  subnet_ids              = aws_subnet.studio[*].id
  kms_key_id              = aws_kms_key.homes.arn
  app_network_access_type = "VpcOnly"
  tag_propagation         = var.revision > 1 ? "ENABLED" : "DISABLED"

  default_user_settings {
    execution_role      = aws_iam_role.studio.arn
    security_groups     = [aws_security_group.studio.id]
    default_landing_uri = "studio::"
    studio_web_portal   = "ENABLED"
    auto_mount_home_efs = "Enabled"

    sharing_settings {
      notebook_output_option = "Allowed"
      s3_output_path         = "s3://${aws_s3_bucket.shared.bucket}/shared"
      s3_kms_key_id          = aws_kms_key.homes.arn
    }

    jupyter_lab_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.start["jupyter"].arn]
      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = aws_sagemaker_studio_lifecycle_config.start["jupyter"].arn
      }
      code_repository {
        repository_url = "https://github.com/example/features.git"
      }
      app_lifecycle_management {
        idle_settings {
          lifecycle_management        = "ENABLED"
          idle_timeout_in_minutes     = 60 * var.revision
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = 600
        }
      }
      emr_settings {
        execution_role_arns = [aws_iam_role.studio.arn]
      }
    }

    code_editor_app_settings {
      lifecycle_config_arns = [aws_sagemaker_studio_lifecycle_config.start["code"].arn]
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
    }

    canvas_app_settings {
      direct_deploy_settings {
        status = "ENABLED"
      }
      kendra_settings {
        status = "DISABLED"
      }
      time_series_forecasting_settings {
        status                   = "ENABLED"
        amazon_forecast_role_arn = aws_iam_role.studio.arn
      }
      workspace_settings {
        s3_artifact_path = "s3://${aws_s3_bucket.shared.bucket}/canvas"
      }
    }

    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 20
        maximum_ebs_volume_size_in_gb = 100 * var.revision
      }
    }

    studio_web_portal_settings {
      hidden_app_types = ["JupyterServer"]
      hidden_ml_tools  = ["AutoMl", "InferenceRecommender"]
    }
  }

  default_space_settings {
    execution_role  = aws_iam_role.studio.arn
    security_groups = [aws_security_group.studio.id]
  }

  domain_settings {
    execution_role_identity_config = "USER_PROFILE_NAME"
    security_group_ids             = [aws_security_group.studio.id]
    docker_settings {
      enable_docker_access      = "ENABLED"
      vpc_only_trusted_accounts = ["123456789012"]
    }
  }

  retention_policy {
    home_efs_file_system = "Delete"
  }
}

resource "aws_sagemaker_user_profile" "person" {
  for_each          = local.people
  domain_id         = aws_sagemaker_domain.teams.id
  user_profile_name = each.key
  user_settings {
    execution_role      = aws_iam_role.studio.arn
    default_landing_uri = each.value.landing
    studio_web_portal   = "ENABLED"
    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type = each.value.instance
      }
    }
    studio_web_portal_settings {
      hidden_app_types = length(each.value.hidden) > 0 ? each.value.hidden : ["TensorBoard"]
    }
  }
}

resource "aws_sagemaker_space" "private" {
  for_each           = aws_sagemaker_user_profile.person
  domain_id          = aws_sagemaker_domain.teams.id
  space_name         = "${each.key}-lab"
  space_display_name = "${each.key} lab ${var.revision}"
  ownership_settings {
    owner_user_profile_name = each.value.user_profile_name
  }
  space_sharing_settings {
    sharing_type = "Private"
  }
  space_settings {
    app_type = "JupyterLab"
    jupyter_lab_app_settings {
      default_resource_spec {
        instance_type = "ml.t3.medium"
      }
      app_lifecycle_management {
        idle_settings {
          idle_timeout_in_minutes = 120
        }
      }
    }
    space_storage_settings {
      ebs_storage_settings {
        ebs_volume_size_in_gb = 20 * var.revision
      }
    }
  }
}
