# Who read which feature: a trail with advanced selectors for data events, insights, its log group and topic; a lake store with SQL.
data "aws_caller_identity" "me" {}
data "aws_region" "me" {}
data "aws_partition" "me" {}

locals {
  trail     = "trail-features"
  trail_arn = "arn:${data.aws_partition.me.partition}:cloudtrail:${data.aws_region.me.name}:${data.aws_caller_identity.me.account_id}:trail/${local.trail}"
}

resource "aws_kms_key" "trail" {
  description             = "trail"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}
resource "aws_kms_key_policy" "trail" {
  key_id = aws_kms_key.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Trail", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = ["kms:GenerateDataKey*", "kms:DescribeKey", "kms:Decrypt"], Resource = "*" },
      { Sid = "Logs", Effect = "Allow", Principal = { Service = "logs.${data.aws_region.me.name}.amazonaws.com" }, Action = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], Resource = "*", Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${data.aws_region.me.name}:${data.aws_caller_identity.me.account_id}:*" } } },
      { Sid = "Topic", Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = ["kms:GenerateDataKey*", "kms:Decrypt"], Resource = "*" },
    ]
  })
}

resource "aws_s3_bucket" "trail" {
  bucket        = "trail-features-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}
data "aws_iam_policy_document" "trail" {
  statement {
    sid       = "Acl"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.trail.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.trail.arn}/features/AWSLogs/${data.aws_caller_identity.me.account_id}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
}
resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = data.aws_iam_policy_document.trail.json
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail-features"
  retention_in_days = var.revision == 1 ? 30 : 90
  kms_key_id        = aws_kms_key.trail.arn
  depends_on        = [aws_kms_key_policy.trail]
}
resource "aws_iam_role" "trail" {
  name               = "trail-features"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "cloudtrail.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "trail" {
  role   = aws_iam_role.trail.name
  name   = "logs"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.trail.arn}:log-stream:*" }] })
}

resource "aws_sns_topic" "trail" {
  name              = "trail-features"
  kms_master_key_id = aws_kms_key.trail.arn
}
resource "aws_sns_topic_policy" "trail" {
  arn = aws_sns_topic.trail.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "SNS:Publish", Resource = aws_sns_topic.trail.arn,
    Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
  }] })
}

resource "aws_cloudtrail" "features" {
  name                          = local.trail
  s3_bucket_name                = aws_s3_bucket.trail.id
  s3_key_prefix                 = "features"
  kms_key_id                    = aws_kms_key.trail.arn
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn
  sns_topic_name                = aws_sns_topic.trail.name
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = var.revision > 1
  enable_logging                = true

  advanced_event_selector {
    name = "feature store records"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::SageMaker::FeatureGroup"]
    }
    field_selector {
      field       = "resources.ARN"
      starts_with = ["arn:aws:sagemaker:${data.aws_region.me.name}:${data.aws_caller_identity.me.account_id}:feature-group/"]
    }
  }
  advanced_event_selector {
    name = "management, without kms"
    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
    field_selector {
      field      = "eventSource"
      not_equals = ["kms.amazonaws.com", "rdsdata.amazonaws.com"]
    }
    field_selector {
      field  = "readOnly"
      equals = ["false"]
    }
  }

  insight_selector {
    insight_type = "ApiCallRateInsight"
  }
  dynamic "insight_selector" {
    for_each = var.revision > 1 ? ["ApiErrorRateInsight"] : []
    content {
      insight_type = insight_selector.value
    }
  }
  depends_on = [aws_s3_bucket_policy.trail, aws_kms_key_policy.trail, aws_sns_topic_policy.trail, aws_iam_role_policy.trail]
}

resource "aws_cloudtrail_event_data_store" "features" {
  name                           = "trail-features"
  billing_mode                   = "FIXED_RETENTION_PRICING"
  retention_period               = 7 * var.revision
  multi_region_enabled           = false
  termination_protection_enabled = false
  kms_key_id                     = aws_kms_key.trail.arn
  advanced_event_selector {
    name = "s3"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    field_selector {
      field           = "resources.ARN"
      not_starts_with = ["${aws_s3_bucket.trail.arn}/"]
    }
  }
  depends_on = [aws_kms_key_policy.trail]
}

resource "aws_cloudwatch_log_metric_filter" "denied" {
  name           = "denied"
  log_group_name = aws_cloudwatch_log_group.trail.name
  pattern        = "{ ($.errorCode = \"AccessDenied*\") && ($.eventSource = \"sagemaker.amazonaws.com\") }"
  metric_transformation {
    namespace  = "FeatureStore"
    name       = "Denied"
    value      = "1"
    unit       = "Count"
    dimensions = { principal = "$.userIdentity.arn" }
  }
}
resource "aws_cloudwatch_query_definition" "readers" {
  name            = "features/readers"
  log_group_names = [aws_cloudwatch_log_group.trail.name]
  query_string    = "filter eventName = 'GetRecord' | stats count(*) by userIdentity.arn | limit ${20 * var.revision}"
}

data "aws_cloudtrail_service_account" "here" {}
output "service_account" { value = data.aws_cloudtrail_service_account.here.id }
