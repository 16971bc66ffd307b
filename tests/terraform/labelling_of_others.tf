# A workforce that signs in elsewhere, its teams, and reviews that a model's doubt starts; prices and keywords.
resource "aws_s3_bucket" "reviews" {
  bucket        = "labelling-of-others"
  force_destroy = true
}
resource "aws_kms_key" "reviews" {
  deletion_window_in_days = 7
}
resource "aws_iam_role" "reviews" {
  name               = "labelling-of-others"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_workforce" "oidc" {
  workforce_name = "others-oidc"
  oidc_config {
    authorization_endpoint = "https://sso.example.com/authorize"
    client_id              = "labels-${var.revision}"
    client_secret          = "not-a-secret"
    issuer                 = "https://sso.example.com"
    jwks_uri               = "https://sso.example.com/jwks"
    logout_endpoint        = "https://sso.example.com/logout"
    token_endpoint         = "https://sso.example.com/token"
    user_info_endpoint     = "https://sso.example.com/me"
  }
  source_ip_config {
    cidrs = var.revision == 1 ? ["198.51.100.0/24"] : ["198.51.100.0/24", "203.0.113.7/32"]
  }
}
resource "aws_sagemaker_workteam" "oidc" {
  workteam_name  = "others-oidc-team"
  workforce_name = aws_sagemaker_workforce.oidc.id
  description    = "revision ${var.revision}"
  member_definition {
    oidc_member_definition {
      groups = var.revision == 1 ? ["labellers"] : ["labellers", "leads"]
    }
  }
  worker_access_configuration {
    s3_presign {
      iam_policy_constraints {
        source_ip = "Enabled"
      }
    }
  }
  tags = var.revision == 1 ? { a = "1" } : { b = "2" }
}
resource "aws_sagemaker_human_task_ui" "reviews" {
  human_task_ui_name = "others-reviews"
  ui_template {
    content = "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"
  }
  tags = { revision = var.revision }
}
resource "aws_sagemaker_flow_definition" "private" {
  flow_definition_name = "others-private"
  role_arn             = aws_iam_role.reviews.arn
  human_loop_config {
    human_task_ui_arn                     = aws_sagemaker_human_task_ui.reviews.arn
    task_availability_lifetime_in_seconds = 3600
    task_time_limit_in_seconds            = 600 * var.revision
    task_count                            = 1
    task_description                      = "Read it"
    task_keywords                         = ["text", "quality"]
    task_title                            = "Quality"
    workteam_arn                          = aws_sagemaker_workteam.oidc.arn
  }
  output_config {
    s3_output_path = "s3://${aws_s3_bucket.reviews.bucket}/private/"
    kms_key_id     = aws_kms_key.reviews.arn
  }
  tags = { kind = "private" }
}
resource "aws_sagemaker_flow_definition" "doubt" {
  flow_definition_name = "others-doubt"
  role_arn             = aws_iam_role.reviews.arn
  human_loop_config {
    human_task_ui_arn                     = aws_sagemaker_human_task_ui.reviews.arn
    task_availability_lifetime_in_seconds = 43200
    task_count                            = 1
    task_description                      = "Is it fit to be shown?"
    task_title                            = "Moderation"
    workteam_arn                          = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default"
    public_workforce_task_price {
      amount_in_usd {
        cents                     = 1
        tenth_fractions_of_a_cent = 2
      }
    }
  }
  human_loop_request_source {
    aws_managed_human_loop_request_source = "AWS/Rekognition/DetectModerationLabels/Image/V3"
  }
  human_loop_activation_config {
    human_loop_activation_conditions_config {
      human_loop_activation_conditions = jsonencode({ Conditions = [{
        ConditionType       = "ModerationLabelConfidenceCheck"
        ConditionParameters = { ModerationLabelName = "Suggestive", ConfidenceLessThan = 98 }
      }] })
    }
  }
  output_config {
    s3_output_path = "s3://${aws_s3_bucket.reviews.bucket}/doubt/"
  }
}
