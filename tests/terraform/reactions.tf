# What happens when a feature group changes: one rule, many targets; a bus others may put to; a webhook.
data "aws_caller_identity" "me" {}
resource "aws_cloudwatch_event_rule" "changed" {
  name        = "others-changed"
  description = "A feature group changed state"
  state       = var.revision == 1 ? "ENABLED" : "DISABLED"
  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["SageMaker Feature Group State Change"]
    detail        = { FeatureGroupStatus = ["Created", "CreateFailed", "DeleteFailed"] }
  })
  tags = { revision = tostring(var.revision) }
}
resource "aws_sns_topic" "this" { name = "others-changed" }
resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.this.arn
  }] })
}
resource "aws_sqs_queue" "dead" { name = "others-changed-dead" }
resource "aws_sqs_queue" "this" {
  name                       = "others-changed"
  visibility_timeout_seconds = 60 * var.revision
  receive_wait_time_seconds  = 20
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })
}
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url            = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this.arn] })
}
data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.changed.arn, aws_sns_topic.this.arn]
    }
  }
}
resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = data.aws_iam_policy_document.queue.json
}
resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.this.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this.arn
  raw_message_delivery = true
  filter_policy_scope  = "MessageBody"
  filter_policy        = jsonencode({ detail = { FeatureGroupStatus = var.revision == 1 ? ["CreateFailed"] : ["CreateFailed", "DeleteFailed"] } })
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
}
resource "aws_cloudwatch_log_group" "events" { name = "/aws/events/others" }
resource "aws_kinesis_stream" "events" {
  name        = "others-changed"
  shard_count = 1
}
resource "aws_iam_role" "events" {
  name               = "others-changed"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }] })
}
resource "aws_cloudwatch_event_target" "topic" {
  rule      = aws_cloudwatch_event_rule.changed.name
  target_id = "topic"
  arn       = aws_sns_topic.this.arn
  input_transformer {
    input_paths    = { group = "$.detail.FeatureGroupName", status = "$.detail.FeatureGroupStatus" }
    input_template = "\"<group> is <status>\""
  }
}
resource "aws_cloudwatch_event_target" "queue" {
  rule = aws_cloudwatch_event_rule.changed.name
  arn  = aws_sqs_queue.this.arn
  dead_letter_config { arn = aws_sqs_queue.dead.arn }
  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 3 * var.revision
  }
}
resource "aws_cloudwatch_event_target" "logs" {
  rule = aws_cloudwatch_event_rule.changed.name
  arn  = aws_cloudwatch_log_group.events.arn
}
resource "aws_cloudwatch_event_target" "stream" {
  rule     = aws_cloudwatch_event_rule.changed.name
  arn      = aws_kinesis_stream.events.arn
  role_arn = aws_iam_role.events.arn
  kinesis_target { partition_key_path = "$.detail.FeatureGroupName" }
}
resource "aws_cloudwatch_event_bus" "features" {
  name = "others-features"
  tags = { revision = tostring(var.revision) }
}
resource "aws_cloudwatch_event_bus_policy" "features" {
  event_bus_name = aws_cloudwatch_event_bus.features.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "Put", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.features.arn
  }] })
}
resource "aws_cloudwatch_event_bus" "partners" { name = "others-partners" }
resource "aws_cloudwatch_event_permission" "partner" {
  principal      = "222222222222"
  statement_id   = "central"
  event_bus_name = aws_cloudwatch_event_bus.partners.name
}
resource "aws_cloudwatch_event_target" "bus" {
  rule     = aws_cloudwatch_event_rule.changed.name
  arn      = aws_cloudwatch_event_bus.features.arn
  role_arn = aws_iam_role.events.arn
}
resource "aws_cloudwatch_event_connection" "hook" {
  name               = "others-hook"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-api-key"
      value = "secret"
    }
  }
}
resource "aws_cloudwatch_event_api_destination" "hook" {
  name                             = "others-hook"
  invocation_endpoint              = "https://example.com/hook/*"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 10 * var.revision
  connection_arn                   = aws_cloudwatch_event_connection.hook.arn
}
resource "aws_cloudwatch_event_rule" "upload" {
  name = "others-upload"
  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created"]
    detail        = { bucket = { name = ["others-offline"] }, object = { key = [{ prefix = "curated/" }] } }
  })
}
