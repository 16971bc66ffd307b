# Alarms on a feature group's metrics, a dashboard, log queries, subscriptions, encrypted logs.
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
locals {
  groups  = toset(["sessions", "users"])
  metrics = { PutRecord = 100, GetRecord = 50 }
  alarms  = { for pair in setproduct(local.groups, keys(local.metrics)) : "${pair[0]}-${pair[1]}" => { group = pair[0], operation = pair[1] } }
}
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.here.name}.amazonaws.com", "cloudwatch.amazonaws.com"]
    }
  }
}
resource "aws_kms_key" "this" {
  policy                  = data.aws_iam_policy_document.key.json
  deletion_window_in_days = 7
}
resource "aws_sns_topic" "alarms" {
  name              = "others-watch"
  kms_master_key_id = aws_kms_key.this.id
}
data "aws_iam_policy_document" "topic" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }
}
resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}
resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "features@example.com"
}
resource "aws_cloudwatch_metric_alarm" "latency" {
  for_each            = local.alarms
  alarm_name          = "others-watch-${each.key}"
  alarm_description   = "p99 of ${each.value.operation}"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "Latency"
  extended_statistic  = "p99"
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.metrics[each.value.operation] * var.revision
  period              = 300
  evaluation_periods  = 3
  dimensions          = { FeatureGroupName = each.value.group, OperationName = each.value.operation }
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = { group = each.value.group }
}
resource "aws_cloudwatch_metric_alarm" "ratio" {
  alarm_name          = "others-watch-ratio"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  threshold           = 0.05
  metric_query {
    id          = "ratio"
    expression  = "errors / requests"
    label       = "Error ratio"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { errors = "ConsumedWriteRequestsUnits", requests = "ConsumedReadRequestsUnits" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/SageMaker/FeatureStore"
        metric_name = metric_query.value
        period      = 60 * var.revision
        stat        = "Sum"
        dimensions  = { FeatureGroupName = "sessions" }
      }
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "anomaly" {
  alarm_name          = "others-watch-anomaly"
  comparison_operator = "LessThanLowerOrGreaterThanUpperThreshold"
  evaluation_periods  = 2
  threshold_metric_id = "band"
  metric_query {
    id          = "band"
    expression  = "ANOMALY_DETECTION_BAND(writes, ${var.revision})"
    label       = "Expected"
    return_data = true
  }
  metric_query {
    id          = "writes"
    return_data = true
    metric {
      namespace   = "AWS/SageMaker/FeatureStore"
      metric_name = "ConsumedWriteRequestsUnits"
      period      = 300
      stat        = "Average"
    }
  }
}
resource "aws_cloudwatch_composite_alarm" "any" {
  alarm_name    = "others-watch-any"
  alarm_rule    = join(" OR ", [for alarm in aws_cloudwatch_metric_alarm.latency : "ALARM(${alarm.alarm_name})"])
  alarm_actions = [aws_sns_topic.alarms.arn]
  tags          = { revision = tostring(var.revision) }
}
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "others-watch"
  dashboard_body = jsonencode({ widgets = [for index, group in sort(local.groups) : {
    type       = "metric", x = 0, y = index * 6, width = 12, height = 6,
    properties = { region = data.aws_region.here.name, title = group, period = 60 * var.revision, metrics = [["AWS/SageMaker/FeatureStore", "Latency", "FeatureGroupName", group]] }
  }] })
}
resource "aws_cloudwatch_log_group" "app" {
  name              = "/others/watch"
  retention_in_days = 30
  kms_key_id        = var.revision == 1 ? aws_kms_key.this.arn : null
}
resource "aws_cloudwatch_log_group" "rare" {
  name            = "/others/watch-rare"
  log_group_class = "INFREQUENT_ACCESS"
  skip_destroy    = false
}
resource "aws_cloudwatch_log_metric_filter" "throttled" {
  name           = "throttled"
  log_group_name = aws_cloudwatch_log_group.app.name
  pattern        = "{ $.errorCode = \"ThrottlingException\" }"
  metric_transformation {
    name       = "Throttled"
    namespace  = "Others"
    value      = "1"
    unit       = "Count"
    dimensions = { Group = "$.featureGroupName" }
  }
}
resource "aws_cloudwatch_query_definition" "slow" {
  name            = "others/slow"
  log_group_names = [aws_cloudwatch_log_group.app.name]
  query_string    = "fields @timestamp, @message | filter duration > ${100 * var.revision}"
}
resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "others-events"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }, Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.app.arn}:*"
  }] })
}
resource "aws_kinesis_stream" "logs" {
  name        = "others-watch"
  shard_count = 1
}
resource "aws_iam_role" "logs" {
  name               = "others-watch-logs"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "logs.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "logs" {
  role   = aws_iam_role.logs.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kinesis:PutRecord", Resource = aws_kinesis_stream.logs.arn }] })
}
resource "aws_cloudwatch_log_subscription_filter" "logs" {
  name            = "others-watch"
  log_group_name  = aws_cloudwatch_log_group.app.name
  filter_pattern  = ""
  destination_arn = aws_kinesis_stream.logs.arn
  role_arn        = aws_iam_role.logs.arn
}
data "aws_cloudwatch_log_group" "app" { name = aws_cloudwatch_log_group.app.name }
data "aws_cloudwatch_log_groups" "all" { log_group_name_prefix = "/others/watch" }
