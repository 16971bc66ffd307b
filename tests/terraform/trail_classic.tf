# The trail of older accounts: classic event selectors, exclusions, a log group with an alarm for each of the CIS filters.
data "aws_caller_identity" "me" {}
data "aws_region" "me" {}

resource "aws_s3_bucket" "trail" {
  bucket_prefix = "trail-classic-"
  force_destroy = true
}
resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Acl", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.trail.arn },
      { Sid = "Write", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.trail.arn}/AWSLogs/${data.aws_caller_identity.me.account_id}/*", Condition = { StringEquals = { "s3:x-amz-acl" = "bucket-owner-full-control" } } },
    ]
  })
}
resource "aws_cloudwatch_log_group" "trail" {
  name = "trail-classic"
}
resource "aws_iam_role" "trail" {
  name               = "trail-classic"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "cloudtrail.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "trail" {
  role   = aws_iam_role.trail.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.trail.arn}:*" }] })
}
resource "aws_cloudtrail" "classic" {
  name                          = "trail-classic"
  s3_bucket_name                = aws_s3_bucket.trail.id
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn
  enable_logging                = var.revision == 1
  include_global_service_events = false
  event_selector {
    read_write_type                  = "WriteOnly"
    include_management_events        = true
    exclude_management_event_sources = ["kms.amazonaws.com"]
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3:::features-${var.revision}/"]
    }
    data_resource {
      type   = "AWS::Lambda::Function"
      values = ["arn:aws:lambda"]
    }
  }
  tags       = { revision = var.revision }
  depends_on = [aws_s3_bucket_policy.trail, aws_iam_role_policy.trail]
}
locals {
  filters = {
    root   = "{ $.userIdentity.type = \"Root\" && $.eventType != \"AwsServiceEvent\" }"
    groups = "{ ($.eventName = CreateFeatureGroup) || ($.eventName = DeleteFeatureGroup) }"
    keys   = "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }"
  }
}
resource "aws_cloudwatch_log_metric_filter" "cis" {
  for_each       = local.filters
  name           = each.key
  pattern        = each.value
  log_group_name = aws_cloudwatch_log_group.trail.name
  metric_transformation {
    name      = each.key
    namespace = "Cis"
    value     = "1"
  }
}
resource "aws_sns_topic" "cis" {
  name = "trail-classic"
}
resource "aws_cloudwatch_metric_alarm" "cis" {
  for_each            = aws_cloudwatch_log_metric_filter.cis
  alarm_name          = "cis-${each.key}"
  namespace           = "Cis"
  metric_name         = each.key
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = var.revision
  comparison_operator = "GreaterThanOrEqualToThreshold"
  alarm_actions       = [aws_sns_topic.cis.arn]
}
resource "aws_cloudtrail_event_data_store" "paused" {
  name                           = "trail-classic"
  retention_period               = 90
  termination_protection_enabled = false
  suspend                        = var.revision > 1
}
