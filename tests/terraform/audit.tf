# Who read which features: CloudTrail data events of the offline bucket and the feature groups, kept and queried.
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "here" {}
locals {
  trail     = "others-audit"
  trail_arn = "arn:${data.aws_partition.here.partition}:cloudtrail:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:trail/${local.trail}"
}
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Own"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    sid       = "Trail"
    actions   = ["kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:cloudtrail:arn"
      values   = ["arn:aws:cloudtrail:*:${data.aws_caller_identity.me.account_id}:trail/*"]
    }
  }
}
resource "aws_kms_key" "trail" {
  description             = "audit"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "offline" {
  bucket        = "others-audit-offline"
  force_destroy = true
}
resource "aws_s3_bucket" "logs" {
  bucket        = "others-audit-logs"
  force_destroy = true
}
data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.logs.arn]
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
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/audit/AWSLogs/${data.aws_caller_identity.me.account_id}/*"]
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
resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.logs.json
}
resource "aws_sns_topic" "trail" {
  name = "others-audit"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "SNS:Publish", Resource = "arn:aws:sns:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:others-audit"
  }] })
}
resource "aws_cloudtrail" "this" {
  name                          = local.trail
  s3_bucket_name                = aws_s3_bucket.logs.id
  s3_key_prefix                 = "audit"
  kms_key_id                    = aws_kms_key.trail.arn
  enable_log_file_validation    = true
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_logging                = var.revision == 1
  sns_topic_name                = aws_sns_topic.trail.name
  advanced_event_selector {
    name = "Objects of the offline store"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    field_selector {
      field       = "resources.ARN"
      starts_with = ["${aws_s3_bucket.offline.arn}/"]
    }
    field_selector {
      field  = "readOnly"
      equals = [var.revision == 1 ? "true" : "false"]
    }
  }
  advanced_event_selector {
    name = "Records of feature groups"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::SageMaker::FeatureGroup"]
    }
    dynamic "field_selector" {
      for_each = var.revision == 1 ? [] : [1]
      content {
        field      = "eventName"
        not_equals = ["BatchGetRecord"]
      }
    }
  }
  insight_selector { insight_type = "ApiCallRateInsight" }
  tags       = { revision = tostring(var.revision) }
  depends_on = [aws_s3_bucket_policy.logs]
}
resource "aws_cloudtrail_event_data_store" "features" {
  name                           = "others-features"
  retention_period               = 30 * var.revision
  termination_protection_enabled = false
  multi_region_enabled           = false
  advanced_event_selector {
    name = "feature groups"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::SageMaker::FeatureGroup"]
    }
  }
  tags = { revision = tostring(var.revision) }
}
