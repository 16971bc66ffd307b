# Two online groups with everything an on-call rota wants around them.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  prefix = "r4-fg-monitored"

  groups = {
    rider  = { id = "rider_id", feature = "cancel_rate_7d" }
    driver = { id = "driver_id", feature = "acceptance_rate_7d" }
  }

  latency_ms = var.revision >= 2 ? 25 : 60
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = local.prefix
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_sagemaker_feature_group" "this" {
  for_each = local.groups

  feature_group_name             = "${local.prefix}-${each.key}"
  record_identifier_feature_name = each.value.id
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.this.arn

  feature_definition {
    feature_name = each.value.id
    feature_type = "String"
  }

  feature_definition {
    feature_name = "event_time"
    feature_type = "String"
  }

  feature_definition {
    feature_name = each.value.feature
    feature_type = "Fractional"
  }

  online_store_config {
    enable_online_store = true

    ttl_duration {
      unit  = "Seconds"
      value = var.revision >= 2 ? 172800 : 86400
    }
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_sns_topic" "oncall" {
  name = "${local.prefix}-oncall"
}

data "aws_iam_policy_document" "oncall" {
  statement {
    sid       = "CloudWatchPublishes"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.oncall.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "oncall" {
  arn    = aws_sns_topic.oncall.arn
  policy = data.aws_iam_policy_document.oncall.json
}

resource "aws_sqs_queue" "oncall" {
  name                      = "${local.prefix}-oncall"
  message_retention_seconds = 345600
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "oncall_queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.oncall.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.oncall.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "oncall" {
  queue_url = aws_sqs_queue.oncall.id
  policy    = data.aws_iam_policy_document.oncall_queue.json
}

resource "aws_sns_topic_subscription" "oncall" {
  topic_arn            = aws_sns_topic.oncall.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.oncall.arn
  raw_message_delivery = true
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  for_each = aws_sagemaker_feature_group.this

  alarm_name          = "${local.prefix}-${each.key}-latency"
  alarm_description   = "p99 of GetRecord on ${each.value.feature_group_name}"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "OverheadLatency"
  extended_statistic  = "p99"
  unit                = "Milliseconds"
  period              = 300
  evaluation_periods  = 3
  threshold           = local.latency_ms
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "ignore"

  dimensions = {
    FeatureGroupName = each.value.feature_group_name
    OperationName    = "GetRecord"
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = aws_sagemaker_feature_group.this

  alarm_name          = "${local.prefix}-${each.key}-errors"
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "ratio"
    expression  = "IF(calls > 0, 100 * errors / calls, 0)"
    label       = "Error percentage"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/SageMaker/FeatureStore"
      metric_name = "Invocation5XXErrors"
      period      = 300
      stat        = "Sum"

      dimensions = {
        FeatureGroupName = each.value.feature_group_name
        OperationName    = "GetRecord"
      }
    }
  }

  metric_query {
    id = "calls"

    metric {
      namespace   = "AWS/SageMaker/FeatureStore"
      metric_name = "Invocations"
      period      = 300
      stat        = "Sum"

      dimensions = {
        FeatureGroupName = each.value.feature_group_name
        OperationName    = "GetRecord"
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "serving" {
  alarm_name        = "${local.prefix}-serving"
  alarm_description = "Feature serving is degraded"

  alarm_rule = join(" OR ", [
    for alarm in concat(values(aws_cloudwatch_metric_alarm.latency), values(aws_cloudwatch_metric_alarm.errors)) :
    "ALARM(\"${alarm.alarm_name}\")"
  ])

  alarm_actions = [aws_sns_topic.oncall.arn]
  ok_actions    = var.revision >= 2 ? [aws_sns_topic.oncall.arn] : []

  depends_on = [aws_sns_topic_policy.oncall]
}

resource "aws_cloudwatch_dashboard" "serving" {
  dashboard_name = local.prefix

  dashboard_body = jsonencode({
    widgets = [
      for index, key in keys(local.groups) : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          title  = "Requests on ${key}"
          region = data.aws_region.current.name
          view   = "timeSeries"
          period = 60
          stat   = "Sum"
          metrics = [
            ["AWS/SageMaker/FeatureStore", "Invocations", "FeatureGroupName", aws_sagemaker_feature_group.this[key].feature_group_name, "OperationName", "GetRecord"],
            ["AWS/SageMaker/FeatureStore", "Invocations", "FeatureGroupName", aws_sagemaker_feature_group.this[key].feature_group_name, "OperationName", "PutRecord"],
          ]
        }
      }
    ]
  })
}

resource "aws_ssm_parameter" "runbook" {
  name        = "/${local.prefix}/runbook"
  description = "Shown in the incident channel"
  type        = "StringList"
  value       = join(",", [for group in aws_sagemaker_feature_group.this : group.feature_group_name])
}
