# Who watches the feature store: alarms with metric maths, a composite, a dashboard, and the events of the groups.
data "aws_region" "here" {}
data "aws_caller_identity" "here" {}

resource "aws_iam_role" "store" {
  name               = "fg-observed"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_sagemaker_feature_group" "watched" {
  feature_group_name             = "observed"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "time"
  role_arn                       = aws_iam_role.store.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "time"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = true
  }
}

resource "aws_kms_key" "alerts" {
  description         = "alerts"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Admin", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.here.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Publish", Effect = "Allow", Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }, Action = ["kms:Decrypt", "kms:GenerateDataKey*"], Resource = "*" },
    ]
  })
}

resource "aws_sns_topic" "alerts" {
  name              = "fg-observed-alerts"
  kms_master_key_id = aws_kms_key.alerts.id
  delivery_policy = jsonencode({
    http = { defaultHealthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 3 * var.revision, numMaxDelayRetries = 0, numNoDelayRetries = 0, numMinDelayRetries = 0, backoffFunction = "linear" }, disableSubscriptionOverrides = false }
  })
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Publish"
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "cloudwatch.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alerts.arn
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "fg-observed-errors"
  alarm_description   = "more than ${var.revision} % of the reads fail"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  threshold           = var.revision
  treat_missing_data  = "ignore"
  metric_query {
    id          = "rate"
    expression  = "100 * (e4 + e5) / n"
    label       = "error rate"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { e4 = "Invocation4XXErrors", e5 = "Invocation5XXErrors", n = "Invocations" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/SageMaker/FeatureStore"
        metric_name = metric_query.value
        period      = 300
        stat        = "Sum"
        dimensions  = { FeatureGroupName = aws_sagemaker_feature_group.watched.feature_group_name, OperationName = "GetRecord" }
      }
    }
  }
  alarm_actions = [aws_sns_topic.alerts.arn]
  ok_actions    = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "fg-observed-latency"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "Latency"
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 5
  threshold           = 50000
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { FeatureGroupName = aws_sagemaker_feature_group.watched.feature_group_name, OperationName = "GetRecord" }
}

resource "aws_cloudwatch_metric_alarm" "anomaly" {
  alarm_name          = "fg-observed-anomaly"
  comparison_operator = "LessThanLowerOrGreaterThanUpperThreshold"
  evaluation_periods  = 3
  threshold_metric_id = "band"
  metric_query {
    id          = "band"
    expression  = "ANOMALY_DETECTION_BAND(puts, ${1 + var.revision})"
    label       = "expected writes"
    return_data = true
  }
  metric_query {
    id          = "puts"
    return_data = true
    metric {
      namespace   = "AWS/SageMaker/FeatureStore"
      metric_name = "ConsumedWriteRequestsUnits"
      period      = 300
      stat        = "Sum"
      dimensions  = { FeatureGroupName = aws_sagemaker_feature_group.watched.feature_group_name, OperationName = "PutRecord" }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "page" {
  alarm_name        = "fg-observed-page"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.errors.alarm_name}) OR (ALARM(${aws_cloudwatch_metric_alarm.latency.alarm_name}) AND NOT ALARM(${aws_cloudwatch_metric_alarm.anomaly.alarm_name}))"
  alarm_actions     = [aws_sns_topic.alerts.arn]
  alarm_description = "page, r${var.revision}"
}

resource "aws_cloudwatch_dashboard" "store" {
  dashboard_name = "fg-observed"
  dashboard_body = jsonencode({
    widgets = [
      { type = "metric", x = 0, y = 0, width = 12, height = 6, properties = {
        region  = data.aws_region.here.name, title = "reads r${var.revision}", period = 300, stat = "Sum",
        metrics = [["AWS/SageMaker/FeatureStore", "ConsumedReadRequestsUnits", "FeatureGroupName", aws_sagemaker_feature_group.watched.feature_group_name, "OperationName", "GetRecord"]]
      } },
      { type = "text", x = 12, y = 0, width = 6, height = 3, properties = { markdown = "# Feature store" } },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "state" {
  name        = "fg-observed-state"
  description = "feature group changes"
  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["SageMaker Feature Group State Change"]
    detail        = { FeatureGroupName = [aws_sagemaker_feature_group.watched.feature_group_name] }
  })
  state = var.revision == 1 ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "alerts" {
  rule      = aws_cloudwatch_event_rule.state.name
  target_id = "alerts"
  arn       = aws_sns_topic.alerts.arn
  input_transformer {
    input_paths    = { name = "$.detail.FeatureGroupName", status = "$.detail.FeatureGroupStatus" }
    input_template = "\"feature group <name> is <status>\""
  }
}
