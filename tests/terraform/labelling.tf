# Human labels as features: a private workforce in Cognito, teams, a task UI and a human loop.
data "aws_caller_identity" "me" {}

resource "aws_cognito_user_pool" "labellers" {
  name                     = "labelling"
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OFF"
  password_policy {
    minimum_length                   = 12 + var.revision
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 7
  }
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}
resource "aws_cognito_user_pool_domain" "labellers" {
  domain       = "labelling-${data.aws_caller_identity.me.account_id}"
  user_pool_id = aws_cognito_user_pool.labellers.id
}
resource "aws_cognito_user_pool_client" "labellers" {
  name            = "labelling"
  user_pool_id    = aws_cognito_user_pool.labellers.id
  generate_secret = true
  lifecycle {
    ignore_changes = [callback_urls, logout_urls, supported_identity_providers, allowed_oauth_flows, allowed_oauth_scopes, allowed_oauth_flows_user_pool_client]
  }
}
resource "aws_cognito_user_group" "team" {
  for_each     = toset(["fraud", "images"])
  name         = each.key
  description  = "r${var.revision}"
  user_pool_id = aws_cognito_user_pool.labellers.id
}

resource "aws_sagemaker_workforce" "this" {
  workforce_name = "labelling"
  cognito_config {
    client_id = aws_cognito_user_pool_client.labellers.id
    user_pool = aws_cognito_user_pool_domain.labellers.user_pool_id
  }
  source_ip_config {
    cidrs = ["203.0.113.0/24"]
  }
}

resource "aws_sns_topic" "jobs" {
  name = "labelling-jobs"
}

resource "aws_sagemaker_workteam" "team" {
  for_each       = aws_cognito_user_group.team
  workteam_name  = "labelling-${each.key}"
  workforce_name = aws_sagemaker_workforce.this.id
  description    = "team ${each.key}, r${var.revision}"
  member_definition {
    cognito_member_definition {
      client_id  = aws_cognito_user_pool_client.labellers.id
      user_pool  = aws_cognito_user_pool_domain.labellers.user_pool_id
      user_group = each.value.name
    }
  }
  notification_configuration {
    notification_topic_arn = aws_sns_topic.jobs.arn
  }
}

resource "aws_s3_bucket" "labels" {
  bucket_prefix = "labelling-"
  force_destroy = true
}
resource "aws_iam_role" "labels" {
  name               = "labelling"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "labels" {
  role   = aws_iam_role.labels.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:PutObject", "s3:ListBucket"], Resource = [aws_s3_bucket.labels.arn, "${aws_s3_bucket.labels.arn}/*"] }] })
}

resource "aws_sagemaker_human_task_ui" "fraud" {
  human_task_ui_name = "labelling-fraud"
  ui_template {
    content = <<-HTML
      <script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
      <crowd-form>
        <crowd-classifier name="fraud" categories="['yes', 'no']" header="Is this fraud?">
          <classification-target>{{ task.input.text }}</classification-target>
          <full-instructions header="How">Read it.</full-instructions>
          <short-instructions>Read it.</short-instructions>
        </crowd-classifier>
      </crowd-form>
    HTML
  }
}

resource "aws_sagemaker_flow_definition" "fraud" {
  flow_definition_name = "labelling-fraud"
  role_arn             = aws_iam_role.labels.arn
  human_loop_config {
    human_task_ui_arn                     = aws_sagemaker_human_task_ui.fraud.arn
    task_availability_lifetime_in_seconds = 3600
    task_count                            = 1
    task_description                      = "Is it fraud?"
    task_title                            = "Fraud"
    workteam_arn                          = aws_sagemaker_workteam.team["fraud"].arn
  }
  output_config {
    s3_output_path = "s3://${aws_s3_bucket.labels.bucket}/"
  }
  depends_on = [aws_iam_role_policy.labels]
}
