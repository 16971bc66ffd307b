# Who calls most: rules of contributor insights; alarms on bands, other accounts and each other; streams of metrics.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_cloudwatch_log_group" "calls" {
  name = "watch-rules"
}
resource "aws_cloudwatch_contributor_insight_rule" "calls" {
  rule_name  = "watch-rules"
  rule_state = local.later ? "DISABLED" : "ENABLED"
  rule_definition = jsonencode({
    Schema        = { Name = "CloudWatchLogRule", Version = 1 }
    LogGroupNames = [aws_cloudwatch_log_group.calls.name]
    LogFormat     = "JSON"
    Contribution  = { Keys = local.later ? ["$.group", "$.caller"] : ["$.group"], Filters = [] }
    AggregateOn   = "Count"
  })
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_sns_topic" "alarm" {
  count = 2
  name  = "watch-rules-${count.index}"
}
resource "aws_cloudwatch_metric_alarm" "turned" {
  alarm_name                            = "watch-turned"
  alarm_description                     = local.later ? null : "Described"
  namespace                             = local.later ? "AWS/Glue" : "AWS/SageMaker/FeatureStore"
  metric_name                           = local.later ? "glue.driver.aggregate.numFailedTasks" : "ThrottledRequests"
  comparison_operator                   = local.later ? "LessThanOrEqualToThreshold" : "GreaterThanThreshold"
  evaluation_periods                    = local.later ? 1 : 3
  datapoints_to_alarm                   = local.later ? null : 2
  period                                = local.later ? 300 : 60
  statistic                             = local.later ? null : "SampleCount"
  extended_statistic                    = local.later ? "p88.0" : null
  evaluate_low_sample_count_percentiles = local.later ? "ignore" : null
  threshold                             = local.later ? 0 : 10.5
  unit                                  = local.later ? null : "Count"
  treat_missing_data                    = local.later ? "breaching" : null
  actions_enabled                       = !local.later
  alarm_actions                         = local.later ? [] : aws_sns_topic.alarm[*].arn
  ok_actions                            = local.later ? [aws_sns_topic.alarm[0].arn] : null
  insufficient_data_actions             = local.later ? null : [aws_sns_topic.alarm[1].arn]
  dimensions                            = local.later ? {} : { FeatureGroupName = "sessions" }
  tags                                  = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_cloudwatch_metric_alarm" "band" {
  alarm_name          = "watch-band"
  comparison_operator = local.later ? "LessThanLowerOrGreaterThanUpperThreshold" : "GreaterThanUpperThreshold"
  evaluation_periods  = 2
  threshold_metric_id = "e1"
  metric_query {
    id          = "e1"
    expression  = "ANOMALY_DETECTION_BAND(m1, ${1 + var.revision})"
    label       = "expected"
    return_data = true
  }
  metric_query {
    id          = "m1"
    return_data = true
    account_id  = data.aws_caller_identity.me.account_id
    metric {
      metric_name = "ConsumedReadRequestsUnits"
      namespace   = "AWS/SageMaker/FeatureStore"
      period      = 120
      stat        = "Average"
      unit        = "Count"
      dimensions  = { FeatureGroupName = "sessions", OperationName = "GetRecord" }
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "query" {
  alarm_name          = "watch-query"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  threshold           = 5
  metric_query {
    id          = "q1"
    expression  = "SELECT MAX(MillisBehindLatest) FROM SCHEMA(\"features\", Stage) WHERE Stage = 'r${var.revision}'"
    period      = 60
    return_data = true
    label       = "behind"
  }
}
resource "aws_cloudwatch_composite_alarm" "all" {
  alarm_name                = "watch-all"
  alarm_description         = local.later ? null : "Described"
  actions_enabled           = local.later ? true : false
  alarm_rule                = local.later ? "ALARM(${aws_cloudwatch_metric_alarm.turned.alarm_name}) AND NOT OK(${aws_cloudwatch_metric_alarm.band.alarm_name})" : "ALARM(${aws_cloudwatch_metric_alarm.turned.alarm_name}) OR FALSE"
  alarm_actions             = local.later ? null : [aws_sns_topic.alarm[0].arn]
  ok_actions                = local.later ? aws_sns_topic.alarm[*].arn : null
  insufficient_data_actions = local.later ? [] : [aws_sns_topic.alarm[1].arn]
  dynamic "actions_suppressor" {
    for_each = local.later ? [] : [aws_cloudwatch_metric_alarm.query.alarm_name]
    content {
      alarm            = actions_suppressor.value
      extension_period = 10
      wait_period      = 20
    }
  }
  tags = local.later ? {} : { a = "1" }
}
resource "aws_iam_role" "stream" {
  name               = "watch-rules"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["streams.metrics.cloudwatch.amazonaws.com", "firehose.amazonaws.com"] } }] })
}
resource "aws_s3_bucket" "stream" {
  bucket        = "watch-rules"
  force_destroy = true
}
resource "aws_kinesis_firehose_delivery_stream" "stream" {
  name        = "watch-rules"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn   = aws_iam_role.stream.arn
    bucket_arn = aws_s3_bucket.stream.arn
  }
}
resource "aws_cloudwatch_metric_stream" "all" {
  name                            = "watch-rules"
  role_arn                        = aws_iam_role.stream.arn
  firehose_arn                    = aws_kinesis_firehose_delivery_stream.stream.arn
  output_format                   = local.later ? "opentelemetry1.0" : "json"
  include_linked_accounts_metrics = local.later
  dynamic "exclude_filter" {
    for_each = local.later ? ["AWS/EC2"] : ["AWS/EC2", "AWS/EBS"]
    content {
      namespace    = exclude_filter.value
      metric_names = exclude_filter.value == "AWS/EC2" ? ["CPUUtilization", "NetworkOut"] : []
    }
  }
  statistics_configuration {
    additional_statistics = local.later ? ["p1", "tm99"] : ["p95"]
    include_metric {
      metric_name = "GetRecordLatency"
      namespace   = "AWS/SageMaker/FeatureStore"
    }
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_cloudwatch_dashboard" "features" {
  dashboard_name = "watch-rules"
  dashboard_body = jsonencode({
    start          = "-PT${var.revision}H"
    periodOverride = "inherit"
    widgets = [
      { type = "alarm", x = 0, y = 0, width = 6, height = 3, properties = { title = "All", alarms = [aws_cloudwatch_metric_alarm.turned.arn, aws_cloudwatch_composite_alarm.all.arn] } },
      { type = "log", x = 6, y = 0, width = 6, height = 3, properties = { region = "eu-west-1", query = "SOURCE '${aws_cloudwatch_log_group.calls.name}' | fields @timestamp" } },
    ]
  })
}
