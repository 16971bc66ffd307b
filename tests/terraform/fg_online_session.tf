# Online-only feature group serving session level features to a ranking service.

locals {
  session_tags = merge(
    {
      Team   = "personalisation"
      Domain = "clickstream"
    },
    var.revision >= 2 ? { DataOwner = "growth-analytics", CostCentre = "4410" } : {}
  )
}

data "aws_iam_policy_document" "session_trust" {
  statement {
    sid     = "SageMakerAssume"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "session" {
  name               = "r4-online-session-featurestore"
  assume_role_policy = data.aws_iam_policy_document.session_trust.json
  tags               = local.session_tags
}

resource "aws_iam_role_policy_attachment" "session" {
  role       = aws_iam_role.session.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_sagemaker_feature_group" "session" {
  feature_group_name             = "r4-online-session"
  description                    = "Rolling session aggregates, refreshed every minute"
  record_identifier_feature_name = "session_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.session.arn

  feature_definition {
    feature_name = "session_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "event_time"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "page_views_10m"
    feature_type = "Integral"
  }

  feature_definition {
    feature_name = "cart_value"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "device_class"
    feature_type = "String"
  }

  online_store_config {
    enable_online_store = true
  }

  tags = local.session_tags

  depends_on = [aws_iam_role_policy_attachment.session]
}

resource "aws_ssm_parameter" "session_group_name" {
  name        = "/r4/online-session/feature-group-name"
  description = "Feature group read by the ranking service"
  type        = "String"
  value       = aws_sagemaker_feature_group.session.feature_group_name
  tags        = local.session_tags
}

resource "aws_ssm_parameter" "session_group_arn" {
  name  = "/r4/online-session/feature-group-arn"
  type  = "String"
  value = aws_sagemaker_feature_group.session.arn
}

data "aws_iam_policy_document" "session_reader" {
  statement {
    sid = "ReadOnlineRecords"
    actions = var.revision >= 2 ? [
      "sagemaker:BatchGetRecord",
      "sagemaker:DescribeFeatureGroup",
      "sagemaker:GetRecord",
      ] : [
      "sagemaker:DescribeFeatureGroup",
      "sagemaker:GetRecord",
    ]
    resources = [aws_sagemaker_feature_group.session.arn]
  }
}

resource "aws_iam_policy" "session_reader" {
  name        = "r4-online-session-reader"
  description = "Lets the ranking service read session features"
  policy      = data.aws_iam_policy_document.session_reader.json
}

output "feature_group_arn" {
  value = aws_sagemaker_feature_group.session.arn
}
