# A public Studio domain with private spaces, apps in them, image versions, and a pipeline whose definition lies in S3.
data "aws_caller_identity" "me" {}

resource "aws_vpc" "lab" {
  cidr_block = "10.201.0.0/24"
}
resource "aws_subnet" "lab" {
  vpc_id     = aws_vpc.lab.id
  cidr_block = "10.201.0.0/25"
}
resource "aws_iam_role" "lab" {
  name               = "studio-apps"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_domain" "lab" {
  domain_name = "studio-apps"
  auth_mode   = "IAM"
  vpc_id      = aws_vpc.lab.id
  subnet_ids  = [aws_subnet.lab.id]
  default_user_settings {
    execution_role = aws_iam_role.lab.arn
  }
  tags = { revision = var.revision }
}
resource "aws_sagemaker_user_profile" "ada" {
  domain_id         = aws_sagemaker_domain.lab.id
  user_profile_name = "ada"
  user_settings {
    execution_role = aws_iam_role.lab.arn
    jupyter_lab_app_settings {
      code_repository {
        repository_url = "https://github.com/example/features.git"
      }
    }
    kernel_gateway_app_settings {
      default_resource_spec {
        instance_type = var.revision == 1 ? "ml.t3.medium" : "ml.t3.large"
      }
    }
  }
}
resource "aws_sagemaker_space" "editor" {
  domain_id  = aws_sagemaker_domain.lab.id
  space_name = "editor"
  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.ada.user_profile_name
  }
  space_sharing_settings {
    sharing_type = "Private"
  }
  space_settings {
    app_type = "CodeEditor"
    code_editor_app_settings {
      default_resource_spec {
        instance_type = var.revision == 1 ? "ml.t3.medium" : "ml.t3.large"
      }
      app_lifecycle_management {
        idle_settings {
          idle_timeout_in_minutes = 60 * var.revision
        }
      }
    }
    space_storage_settings {
      ebs_storage_settings {
        ebs_volume_size_in_gb = 5
      }
    }
  }
}
resource "aws_sagemaker_app" "editor" {
  domain_id  = aws_sagemaker_domain.lab.id
  space_name = aws_sagemaker_space.editor.space_name
  app_name   = "default"
  app_type   = "CodeEditor"
  resource_spec {
    instance_type = "ml.t3.medium"
  }
}
resource "aws_sagemaker_image" "lab" {
  image_name = "studio-apps"
  role_arn   = aws_iam_role.lab.arn
}
resource "aws_sagemaker_image_version" "lab" {
  image_name    = aws_sagemaker_image.lab.image_name
  base_image    = "${data.aws_caller_identity.me.account_id}.dkr.ecr.eu-west-1.amazonaws.com/lab:1"
  job_type      = "NOTEBOOK_KERNEL"
  processor     = "CPU"
  ml_framework  = "PyTorch 2.1"
  release_notes = "r${var.revision}"
}
resource "aws_s3_bucket" "lab" {
  bucket_prefix = "studio-apps-"
  force_destroy = true
}
resource "aws_s3_object" "definition" {
  bucket  = aws_s3_bucket.lab.id
  key     = "pipeline-r${var.revision}.json"
  content = jsonencode({ Version = "2020-12-01", Steps = [{ Name = "Fail", Type = "Fail", Arguments = { ErrorMessage = "r${var.revision}" } }] })
}
resource "aws_sagemaker_pipeline" "lab" {
  pipeline_name         = "studio-apps"
  pipeline_display_name = "studio-apps-r${var.revision}"
  role_arn              = aws_iam_role.lab.arn
  pipeline_definition_s3_location {
    bucket     = aws_s3_object.definition.bucket
    object_key = aws_s3_object.definition.key
  }
  lifecycle {
    ignore_changes = [pipeline_definition]
  }
}
output "url" { value = aws_sagemaker_domain.lab.url }
