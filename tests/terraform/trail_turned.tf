# Trails that move to another bucket, gain and lose logs, topics, keys and selectors; and stores of events beside them.
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}
locals {
  later  = var.revision > 1
  prefix = "arn:${data.aws_partition.here.partition}:cloudtrail:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:trail/"
}
resource "aws_s3_bucket" "trail" {
  for_each      = toset(["one", "two"])
  bucket        = "trail-turned-${each.key}"
  force_destroy = true
}
data "aws_iam_policy_document" "trail" {
  for_each = aws_s3_bucket.trail
  statement {
    sid       = "Acl"
    actions   = ["s3:GetBucketAcl"]
    resources = [each.value.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
  }
  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["${each.value.arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}
resource "aws_s3_bucket_policy" "trail" {
  for_each = data.aws_iam_policy_document.trail
  bucket   = aws_s3_bucket.trail[each.key].id
  policy   = each.value.json
}
resource "aws_sns_topic" "trail" {
  name = "trail-turned"
}
resource "aws_sns_topic_policy" "trail" {
  arn    = aws_sns_topic.trail.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "SNS:Publish", Resource = aws_sns_topic.trail.arn }] })
}
resource "aws_cloudwatch_log_group" "trail" {
  name = "trail-turned"
}
resource "aws_iam_role" "trail" {
  name               = "trail-turned"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "cloudtrail.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "trail" {
  role   = aws_iam_role.trail.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.trail.arn}:*" }] })
}
resource "aws_kms_key" "trail" {
  deletion_window_in_days = 7
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Root", Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = "kms:*", Resource = "*" },
    { Sid = "Trail", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = ["kms:GenerateDataKey*", "kms:DescribeKey"], Resource = "*", Condition = { StringLike = { "kms:EncryptionContext:aws:cloudtrail:arn" = "${local.prefix}*" } } },
  ] })
}
resource "aws_cloudtrail" "turned" {
  name                          = "turned"
  s3_bucket_name                = aws_s3_bucket.trail[local.later ? "two" : "one"].id
  s3_key_prefix                 = local.later ? "prefix" : null
  include_global_service_events = local.later
  is_multi_region_trail         = local.later
  enable_logging                = local.later
  enable_log_file_validation    = !local.later
  kms_key_id                    = local.later ? null : aws_kms_key.trail.arn
  sns_topic_name                = local.later ? null : aws_sns_topic.trail.name
  cloud_watch_logs_group_arn    = local.later ? null : "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = local.later ? null : aws_iam_role.trail.arn
  dynamic "event_selector" {
    for_each = local.later ? [] : [1]
    content {
      read_write_type           = "WriteOnly"
      include_management_events = true
      data_resource {
        type   = "AWS::S3::Object"
        values = ["arn:aws:s3"]
      }
      data_resource {
        type   = "AWS::Lambda::Function"
        values = ["arn:aws:lambda"]
      }
    }
  }
  dynamic "advanced_event_selector" {
    for_each = local.later ? ["Features"] : []
    content {
      name = advanced_event_selector.value
      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }
      field_selector {
        field  = "resources.type"
        equals = ["AWS::SageMaker::FeatureGroup"]
      }
      field_selector {
        field         = "eventName"
        not_ends_with = ["Record2"]
      }
      field_selector {
        field     = "resources.ARN"
        ends_with = ["/sessions"]
      }
    }
  }
  tags       = local.later ? { b = "2" } : { a = "1" }
  depends_on = [aws_s3_bucket_policy.trail, aws_sns_topic_policy.trail, aws_iam_role_policy.trail]
}
resource "aws_cloudtrail" "back" {
  name           = "turned-back"
  s3_bucket_name = aws_s3_bucket.trail["one"].id
  dynamic "advanced_event_selector" {
    for_each = local.later ? [] : ["Tables"]
    content {
      name = advanced_event_selector.value
      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }
      field_selector {
        field  = "resources.type"
        equals = ["AWS::DynamoDB::Table"]
      }
    }
  }
  dynamic "insight_selector" {
    for_each = local.later ? [] : ["ApiCallRateInsight", "ApiErrorRateInsight"]
    content {
      insight_type = insight_selector.value
    }
  }
  depends_on = [aws_s3_bucket_policy.trail]
}
resource "aws_cloudtrail_event_data_store" "turned" {
  name                           = local.later ? "turned-renamed" : "turned"
  billing_mode                   = local.later ? "FIXED_RETENTION_PRICING" : "EXTENDABLE_RETENTION_PRICING"
  multi_region_enabled           = !local.later
  retention_period               = local.later ? 30 : 400
  suspend                        = local.later
  termination_protection_enabled = false
  kms_key_id                     = aws_kms_key.trail.arn
  dynamic "advanced_event_selector" {
    for_each = local.later ? ["Writes"] : ["All", "Features"]
    content {
      name = advanced_event_selector.value
      field_selector {
        field  = "eventCategory"
        equals = [advanced_event_selector.value == "Features" ? "Data" : "Management"]
      }
      dynamic "field_selector" {
        for_each = advanced_event_selector.value == "Writes" ? ["false"] : []
        content {
          field  = "readOnly"
          equals = [field_selector.value]
        }
      }
      dynamic "field_selector" {
        for_each = advanced_event_selector.value == "Features" ? ["AWS::SageMaker::FeatureGroup"] : []
        content {
          field  = "resources.type"
          equals = [field_selector.value]
        }
      }
    }
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
data "aws_cloudtrail_service_account" "here" {
  region = "eu-central-1"
}
output "account" {
  value = data.aws_cloudtrail_service_account.here.arn
}
