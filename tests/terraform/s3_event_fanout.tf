# Object events of a landing bucket: queue for csv files, topic for removals, EventBridge for the rest.

data "aws_caller_identity" "current" {}

locals {
  prefix = "r4-event-fanout"

  queues = merge(
    { csv = { prefix = "incoming/csv/", suffix = ".csv" } },
    var.revision >= 2 ? { parquet = { prefix = "incoming/parquet/", suffix = ".parquet" } } : {}
  )
}

resource "aws_s3_bucket" "landing" {
  bucket        = "${local.prefix}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_sqs_queue" "dead" {
  name                      = "${local.prefix}-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "files" {
  for_each = local.queues

  name                       = "${local.prefix}-${each.key}"
  visibility_timeout_seconds = 180
  receive_wait_time_seconds  = 20

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "allowAll"
  })
}

data "aws_iam_policy_document" "files" {
  for_each = aws_sqs_queue.files

  statement {
    sid       = "FromLandingBucket"
    actions   = ["sqs:SendMessage"]
    resources = [each.value.arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.landing.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "files" {
  for_each = aws_sqs_queue.files

  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.files[each.key].json
}

resource "aws_sns_topic" "removed" {
  name = "${local.prefix}-removed"
}

data "aws_iam_policy_document" "removed" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.removed.arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.landing.arn]
    }
  }
}

resource "aws_sns_topic_policy" "removed" {
  arn    = aws_sns_topic.removed.arn
  policy = data.aws_iam_policy_document.removed.json
}

resource "aws_s3_bucket_notification" "landing" {
  bucket      = aws_s3_bucket.landing.id
  eventbridge = true

  dynamic "queue" {
    for_each = local.queues

    content {
      id            = queue.key
      queue_arn     = aws_sqs_queue.files[queue.key].arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = queue.value.prefix
      filter_suffix = queue.value.suffix
    }
  }

  topic {
    id        = "removed"
    topic_arn = aws_sns_topic.removed.arn
    events    = ["s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated"]
  }

  depends_on = [
    aws_sns_topic_policy.removed,
    aws_sqs_queue_policy.files,
  ]
}

resource "aws_cloudwatch_event_rule" "large" {
  name        = "${local.prefix}-large"
  description = "Objects above the size the loader can take"

  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created"]
    detail = {
      bucket = { name = [aws_s3_bucket.landing.bucket] }
      object = { size = [{ numeric = [">", var.revision >= 2 ? 2147483648 : 1073741824] }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "large" {
  rule      = aws_cloudwatch_event_rule.large.name
  target_id = "dead-letter"
  arn       = aws_sqs_queue.dead.arn
}

resource "aws_sqs_queue_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FromRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.dead.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.large.arn } }
    }]
  })
}
