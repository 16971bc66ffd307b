# Records that expire: the second revision shortens the life of one group and gives one to another.
resource "aws_kms_key" "online" {
  description             = "online store"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_iam_role" "ttl" {
  name               = "fg-ttl"
  path               = "/ml/"
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
      ]
    }
  JSON
  inline_policy {
    name = "key"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey*"]
        Resource = aws_kms_key.online.arn
      }]
    })
  }
}

resource "aws_sagemaker_feature_group" "sessions" {
  feature_group_name             = "ttl-sessions"
  record_identifier_feature_name = "session_id"
  event_time_feature_name        = "seen_at"
  role_arn                       = aws_iam_role.ttl.arn
  description                    = "Expires quickly"

  feature_definition {
    feature_name = "session_id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "seen_at"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "pages"
    feature_type = "Integral"
  }

  online_store_config {
    enable_online_store = true
    security_config {
      kms_key_id = aws_kms_key.online.arn
    }
    ttl_duration {
      unit  = var.revision == 1 ? "Days" : "Hours"
      value = var.revision == 1 ? 2 : 12
    }
  }
}

resource "aws_sagemaker_feature_group" "profiles" {
  feature_group_name             = "ttl-profiles"
  record_identifier_feature_name = "user_id"
  event_time_feature_name        = "seen_at"
  role_arn                       = aws_iam_role.ttl.arn

  feature_definition {
    feature_name = "user_id"
    feature_type = "Integral"
  }
  feature_definition {
    feature_name = "seen_at"
    feature_type = "Fractional"
  }

  online_store_config {
    enable_online_store = true
    dynamic "ttl_duration" {
      for_each = var.revision > 1 ? [4] : []
      content {
        unit  = "Weeks"
        value = ttl_duration.value
      }
    }
  }
}

resource "aws_ssm_parameter" "groups" {
  for_each = {
    sessions = aws_sagemaker_feature_group.sessions.arn
    profiles = aws_sagemaker_feature_group.profiles.arn
  }
  name  = "/ml/feature-groups/ttl/${each.key}"
  type  = "String"
  value = each.value
}
