# Scheduled and pattern rules into a log group; metric filters and alarms on what is logged.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  prefix  = "r4-log-alarms"
  account = data.aws_caller_identity.current.account_id

  severities = {
    warning  = { pattern = "{ $.detail.jobRunStatus = \"STOPPED\" }", threshold = 5 }
    critical = { pattern = "{ $.detail.state = \"FAILED\" }", threshold = var.revision >= 2 ? 1 : 2 }
  }
}

resource "aws_cloudwatch_log_group" "events" {
  name              = "/aws/events/${local.prefix}"
  retention_in_days = var.revision >= 2 ? 60 : 14

  tags = {
    Feed = "eventbridge"
  }
}

data "aws_iam_policy_document" "events_to_logs" {
  statement {
    sid       = "EventBridgeWrites"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.events.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "events.amazonaws.com"]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "events_to_logs" {
  policy_name     = "${local.prefix}-events"
  policy_document = data.aws_iam_policy_document.events_to_logs.json
}

resource "aws_s3_bucket" "dropbox" {
  bucket        = "${local.prefix}-${local.account}"
  force_destroy = true
}

resource "aws_s3_bucket_notification" "dropbox" {
  bucket      = aws_s3_bucket.dropbox.id
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "objects" {
  name_prefix = "${local.prefix}-objects-"

  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created", "Object Deleted"]
    resources     = [aws_s3_bucket.dropbox.arn]
    detail = {
      object = {
        key = var.revision >= 2 ? [{ prefix = "in/" }, { suffix = ".json" }] : [{ prefix = "in/" }]
      }
    }
  })

  tags = {
    Feed = "s3"
  }
}

resource "aws_cloudwatch_event_rule" "glue" {
  name        = "${local.prefix}-glue"
  description = "Everything Glue reports about jobs"

  event_pattern = jsonencode({
    source        = ["aws.glue"]
    "detail-type" = [{ "anything-but" = ["Glue Data Catalog Table State Change"] }]
  })
}

resource "aws_cloudwatch_event_target" "objects" {
  rule      = aws_cloudwatch_event_rule.objects.name
  target_id = "log"
  arn       = aws_cloudwatch_log_group.events.arn

  depends_on = [aws_cloudwatch_log_resource_policy.events_to_logs]
}

resource "aws_cloudwatch_event_target" "glue" {
  rule      = aws_cloudwatch_event_rule.glue.name
  target_id = "log"
  arn       = aws_cloudwatch_log_group.events.arn

  depends_on = [aws_cloudwatch_log_resource_policy.events_to_logs]
}

resource "aws_sqs_queue" "tick" {
  name                    = "${local.prefix}-tick"
  sqs_managed_sse_enabled = true
}

resource "aws_cloudwatch_event_rule" "tick" {
  name                = "${local.prefix}-tick"
  schedule_expression = var.revision >= 2 ? "cron(0/15 8-18 ? * MON-FRI *)" : "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "tick" {
  rule      = aws_cloudwatch_event_rule.tick.name
  target_id = "tick"
  arn       = aws_sqs_queue.tick.arn

  input = jsonencode({
    action = "check-freshness"
    bucket = aws_s3_bucket.dropbox.bucket
  })
}

data "aws_iam_policy_document" "tick" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.tick.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.tick.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "tick" {
  queue_url = aws_sqs_queue.tick.url
  policy    = data.aws_iam_policy_document.tick.json
}

resource "aws_sns_topic" "alerts" {
  name_prefix = "${local.prefix}-"
}

resource "aws_cloudwatch_log_metric_filter" "severity" {
  for_each = local.severities

  name           = "${local.prefix}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.events.name
  pattern        = each.value.pattern

  metric_transformation {
    name      = "Events${title(each.key)}"
    namespace = "R4/LogAlarms"
    value     = "1"
    unit      = "Count"

    dimensions = {
      JobName = "$.detail.jobName"
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "bytes" {
  name           = "${local.prefix}-bytes"
  log_group_name = aws_cloudwatch_log_group.events.name
  pattern        = "{ $.detail.object.size = * }"

  metric_transformation {
    name          = "BytesDropped"
    namespace     = "R4/LogAlarms"
    value         = "$.detail.object.size"
    default_value = "0"
    unit          = "Bytes"
  }
}

resource "aws_cloudwatch_metric_alarm" "severity" {
  for_each = local.severities

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = "Glue events of severity ${each.key}"
  namespace           = "R4/LogAlarms"
  metric_name         = aws_cloudwatch_log_metric_filter.severity[each.key].metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]

  dimensions = {
    JobName = "nightly-load"
  }
}

resource "aws_cloudwatch_metric_alarm" "silence" {
  alarm_name          = "${local.prefix}-silence"
  comparison_operator = "LessThanLowerThreshold"
  evaluation_periods  = 3
  threshold_metric_id = "band"
  actions_enabled     = var.revision >= 2
  alarm_actions       = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "bytes"
    return_data = true

    metric {
      namespace   = "R4/LogAlarms"
      metric_name = "BytesDropped"
      period      = 300
      stat        = "Average"
      unit        = "Bytes"
    }
  }

  metric_query {
    id          = "band"
    expression  = "ANOMALY_DETECTION_BAND(bytes, 2)"
    label       = "Expected bytes"
    return_data = true
  }
}

resource "aws_cloudwatch_query_definition" "failures" {
  name            = "${local.prefix}/failures"
  log_group_names = [aws_cloudwatch_log_group.events.name]

  query_string = <<-QUERY
    fields @timestamp, detail.jobName, detail.state
    | filter detail.state = "FAILED"
    | sort @timestamp desc
    | limit ${var.revision >= 2 ? 100 : 25}
  QUERY
}

output "region" {
  value = "${data.aws_partition.current.partition}/${data.aws_region.current.name}"
}
