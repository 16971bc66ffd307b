# Ordered notifications: FIFO topic and queues, filter policies on body and attributes, data protection, redrive, a firehose subscriber.
data "aws_caller_identity" "me" {}

resource "aws_sns_topic" "updates" {
  name                        = "feature-updates.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
  fifo_throughput_scope       = "MessageGroup"
  display_name                = "updates"
  tracing_config              = "Active"
}
resource "aws_sns_topic" "plain" {
  name                             = "feature-plain"
  signature_version                = 2
  sqs_success_feedback_sample_rate = 50
  sqs_success_feedback_role_arn    = aws_iam_role.feedback.arn
  sqs_failure_feedback_role_arn    = aws_iam_role.feedback.arn
}
resource "aws_iam_role" "feedback" {
  name               = "topics-feedback"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sns.amazonaws.com" } }] })
}

resource "aws_sns_topic_data_protection_policy" "plain" {
  arn = aws_sns_topic.plain.arn
  policy = jsonencode({
    Name        = "no-cards"
    Description = "r${var.revision}"
    Version     = "2021-06-01"
    Statement = [{
      Sid            = "Deny"
      DataDirection  = "Inbound"
      Principal      = ["*"]
      DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/CreditCardNumber", "arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
      Operation      = { Deny = {} }
    }]
  })
}

resource "aws_sqs_queue" "dead" {
  name       = "feature-updates-dead.fifo"
  fifo_queue = true
}
resource "aws_sqs_queue" "updates" {
  name                        = "feature-updates.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
  kms_master_key_id           = "alias/aws/sqs"
  max_message_size            = 131072
  receive_wait_time_seconds   = 10 * var.revision
}
resource "aws_sqs_queue_redrive_policy" "updates" {
  queue_url      = aws_sqs_queue.updates.id
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 + var.revision })
}
resource "aws_sqs_queue" "plain" {
  name_prefix   = "feature-plain-"
  delay_seconds = 5 * var.revision
  policy        = data.aws_iam_policy_document.plain.json
}
data "aws_iam_policy_document" "plain" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:feature-plain-*"]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.plain.arn]
    }
  }
}

resource "aws_sns_topic_subscription" "updates" {
  topic_arn            = aws_sns_topic.updates.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.updates.arn
  raw_message_delivery = true
}
resource "aws_sns_topic_subscription" "attributes" {
  topic_arn     = aws_sns_topic.plain.arn
  protocol      = "sqs"
  endpoint      = aws_sqs_queue.plain.arn
  filter_policy = jsonencode({ team = ["fraud", { prefix = "risk" }], revision = [{ numeric = [">=", var.revision] }] })
}
resource "aws_sns_topic_subscription" "body" {
  topic_arn           = aws_sns_topic.plain.arn
  protocol            = "sqs"
  endpoint            = aws_sqs_queue.body.arn
  filter_policy_scope = "MessageBody"
  filter_policy       = jsonencode({ detail = { group = ["customers"] } })
  redrive_policy      = jsonencode({ deadLetterTargetArn = aws_sqs_queue.body_dead.arn })
}
resource "aws_sqs_queue" "body" {
  name = "feature-body"
}
resource "aws_sqs_queue" "body_dead" {
  name = "feature-body-dead"
}

resource "aws_s3_bucket" "archive" {
  bucket_prefix = "topics-archive-"
  force_destroy = true
}
resource "aws_iam_role" "firehose" {
  name = "topics-firehose"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["firehose.amazonaws.com", "sns.amazonaws.com"] } }]
  })
}
resource "aws_iam_role_policy" "firehose" {
  role = aws_iam_role.firehose.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource = [aws_s3_bucket.archive.arn, "${aws_s3_bucket.archive.arn}/*"] },
      { Effect = "Allow", Action = ["firehose:DescribeDeliveryStream", "firehose:ListDeliveryStreams", "firehose:ListTagsForDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch"], Resource = "*" },
    ]
  })
}
resource "aws_kinesis_firehose_delivery_stream" "archive" {
  name        = "topics-archive"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = aws_s3_bucket.archive.arn
    prefix              = "notes/!{timestamp:yyyy/MM/dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/"
    buffering_size      = 5
    buffering_interval  = 60 * var.revision
    compression_format  = "GZIP"
    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = "/aws/kinesisfirehose/topics"
      log_stream_name = "DestinationDelivery"
    }
  }
  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }
  depends_on = [aws_iam_role_policy.firehose]
}
resource "aws_sns_topic_subscription" "archive" {
  topic_arn             = aws_sns_topic.plain.arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.archive.arn
  subscription_role_arn = aws_iam_role.firehose.arn
}
