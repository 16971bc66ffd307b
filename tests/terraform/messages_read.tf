# Topics, queues and streams that change their settings, and are found again by their data sources.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_kms_key" "messages" {
  deletion_window_in_days = 7
}
resource "aws_iam_role" "feedback" {
  name               = "messages-read"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["sns.amazonaws.com", "firehose.amazonaws.com"] } }] })
}
resource "aws_sns_topic" "turned" {
  name                                  = "messages-read"
  display_name                          = local.later ? null : "Messages"
  kms_master_key_id                     = local.later ? null : "alias/aws/sns"
  signature_version                     = local.later ? 1 : 2
  tracing_config                        = local.later ? "PassThrough" : "Active"
  delivery_policy                       = local.later ? null : jsonencode({ http = { defaultHealthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 3, numMaxDelayRetries = 0, numNoDelayRetries = 0, numMinDelayRetries = 0, backoffFunction = "linear" }, disableSubscriptionOverrides = false } })
  http_success_feedback_role_arn        = local.later ? null : aws_iam_role.feedback.arn
  http_success_feedback_sample_rate     = local.later ? null : 80
  lambda_failure_feedback_role_arn      = aws_iam_role.feedback.arn
  firehose_success_feedback_role_arn    = local.later ? aws_iam_role.feedback.arn : null
  application_success_feedback_role_arn = local.later ? aws_iam_role.feedback.arn : null
  tags                                  = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_sns_topic" "ordered" {
  name                        = "messages-read.fifo"
  fifo_topic                  = true
  content_based_deduplication = local.later
  archive_policy              = local.later ? null : jsonencode({ MessageRetentionPeriod = 30 })
}
resource "aws_sqs_queue" "turned" {
  name                              = "messages-read"
  delay_seconds                     = local.later ? 0 : 90
  max_message_size                  = local.later ? 262144 : 2048
  message_retention_seconds         = local.later ? 345600 : 86400
  receive_wait_time_seconds         = local.later ? 0 : 10
  visibility_timeout_seconds        = local.later ? 30 : 60
  sqs_managed_sse_enabled           = local.later ? true : null
  kms_master_key_id                 = local.later ? null : aws_kms_key.messages.id
  kms_data_key_reuse_period_seconds = local.later ? null : 600
  redrive_policy                    = local.later ? null : jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
  tags                              = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_sqs_queue" "dead" {
  name                 = "messages-read-dead"
  redrive_allow_policy = local.later ? jsonencode({ redrivePermission = "allowAll" }) : jsonencode({ redrivePermission = "byQueue", sourceQueueArns = ["arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:messages-read"] })
}
resource "aws_sqs_queue" "ordered" {
  name                  = "messages-read.fifo"
  fifo_queue            = true
  deduplication_scope   = local.later ? "messageGroup" : "queue"
  fifo_throughput_limit = local.later ? "perMessageGroupId" : "perQueue"
}
resource "aws_sns_topic_subscription" "turned" {
  topic_arn            = aws_sns_topic.turned.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.turned.arn
  raw_message_delivery = local.later
  filter_policy        = local.later ? null : jsonencode({ kind = ["a", { prefix = "b" }] })
  redrive_policy       = local.later ? jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn }) : null
  delivery_policy      = null
}
resource "aws_sns_topic_subscription" "ordered" {
  topic_arn     = aws_sns_topic.ordered.arn
  protocol      = "sqs"
  endpoint      = aws_sqs_queue.ordered.arn
  replay_policy = null
}
resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.turned.arn
  protocol  = "email-json"
  endpoint  = "someone@example.com"
}
resource "aws_kinesis_stream" "turned" {
  name                      = "messages-read"
  shard_count               = local.later ? 3 : 2
  retention_period          = local.later ? 24 : 48
  shard_level_metrics       = local.later ? ["IncomingBytes"] : ["IncomingBytes", "OutgoingRecords"]
  encryption_type           = local.later ? "NONE" : "KMS"
  kms_key_id                = local.later ? null : "alias/aws/kinesis"
  enforce_consumer_deletion = true
  tags                      = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_kinesis_stream" "mode" {
  name        = "messages-read-mode"
  shard_count = local.later ? null : 1
  stream_mode_details {
    stream_mode = local.later ? "ON_DEMAND" : "PROVISIONED"
  }
}
resource "aws_kinesis_stream_consumer" "turned" {
  name       = "messages-read"
  stream_arn = aws_kinesis_stream.turned.arn
}
resource "aws_kinesis_resource_policy" "turned" {
  resource_arn = aws_kinesis_stream.turned.arn
  policy = jsonencode({ Version = "2012-10-17", Id = "readers", Statement = [{
    Sid = "r${var.revision}", Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = ["kinesis:DescribeStreamSummary", "kinesis:ListShards"], Resource = aws_kinesis_stream.turned.arn
  }] })
}
data "aws_sns_topic" "turned" {
  name = aws_sns_topic.turned.name
}
data "aws_sqs_queue" "turned" {
  name = aws_sqs_queue.turned.name
}
data "aws_sqs_queues" "all" {
  queue_name_prefix = "messages-read"
  depends_on        = [aws_sqs_queue.turned, aws_sqs_queue.dead, aws_sqs_queue.ordered]
}
data "aws_kinesis_stream" "turned" {
  name = aws_kinesis_stream.turned.name
}
data "aws_kinesis_stream_consumer" "turned" {
  name       = aws_kinesis_stream_consumer.turned.name
  stream_arn = aws_kinesis_stream.turned.arn
}
output "read" {
  value = [data.aws_sns_topic.turned.arn, data.aws_sqs_queue.turned.url, length(data.aws_sqs_queues.all.queue_urls), data.aws_kinesis_stream.turned.status, data.aws_kinesis_stream_consumer.turned.status]
}
