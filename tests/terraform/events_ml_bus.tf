# A bus of its own for ML platform events, fed from the default bus, archived, with a dead letter queue.

data "aws_caller_identity" "current" {}

locals {
  prefix = "r4-ml-bus"

  sources = {
    sagemaker = {
      source = "aws.sagemaker"
      types  = ["SageMaker Training Job State Change", "SageMaker Feature Group State Change"]
    }
    glue = {
      source = "aws.glue"
      types  = var.revision >= 2 ? ["Glue Job State Change", "Glue Crawler State Change"] : ["Glue Job State Change"]
    }
  }
}

resource "aws_cloudwatch_event_bus" "ml" {
  name        = local.prefix
  description = "Events of the ML platform"

  tags = {
    Platform = "ml"
  }
}

data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "AccountMayPut"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.ml.arn]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }

    dynamic "condition" {
      for_each = var.revision >= 2 ? ["com.example.ml"] : []

      content {
        test     = "StringEqualsIfExists"
        variable = "events:source"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "ml" {
  event_bus_name = aws_cloudwatch_event_bus.ml.name
  policy         = data.aws_iam_policy_document.bus.json
}

resource "aws_cloudwatch_event_archive" "ml" {
  name             = "${local.prefix}-archive"
  description      = "Replay window"
  event_source_arn = aws_cloudwatch_event_bus.ml.arn
  retention_days   = var.revision >= 2 ? 30 : 7

  event_pattern = jsonencode({
    source = ["com.example.ml"]
  })
}

data "aws_iam_policy_document" "forward_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "forward" {
  name               = "${local.prefix}-forward"
  assume_role_policy = data.aws_iam_policy_document.forward_trust.json
}

resource "aws_iam_role_policy" "forward" {
  name = "put-events"
  role = aws_iam_role.forward.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = aws_cloudwatch_event_bus.ml.arn
    }]
  })
}

resource "aws_cloudwatch_event_rule" "forward" {
  for_each = local.sources

  name        = "${local.prefix}-forward-${each.key}"
  description = "Forwards ${each.value.source} to the ML bus"

  event_pattern = jsonencode({
    source        = [each.value.source]
    "detail-type" = each.value.types
  })
}

resource "aws_cloudwatch_event_target" "forward" {
  for_each = aws_cloudwatch_event_rule.forward

  rule      = each.value.name
  target_id = "ml-bus"
  arn       = aws_cloudwatch_event_bus.ml.arn
  role_arn  = aws_iam_role.forward.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_sqs_queue" "dead" {
  name                      = "${local.prefix}-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "failures" {
  name                        = "${local.prefix}-failures.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}

data "aws_iam_policy_document" "dead" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values = concat(
        [for rule in aws_cloudwatch_event_rule.forward : rule.arn],
        [aws_cloudwatch_event_rule.failed.arn]
      )
    }
  }
}

resource "aws_sqs_queue_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id
  policy    = data.aws_iam_policy_document.dead.json
}

data "aws_iam_policy_document" "failures" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failures.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.failed.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "failures" {
  queue_url = aws_sqs_queue.failures.id
  policy    = data.aws_iam_policy_document.failures.json
}

resource "aws_cloudwatch_event_rule" "failed" {
  name           = "${local.prefix}-failed"
  event_bus_name = aws_cloudwatch_event_bus.ml.name
  state          = var.revision >= 2 ? "ENABLED" : "DISABLED"

  event_pattern = jsonencode({
    source = [{ prefix = "aws." }]
    detail = {
      "$or" = [
        { TrainingJobStatus = ["Failed", "Stopped"] },
        { state = ["FAILED", "TIMEOUT"] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "failures" {
  rule           = aws_cloudwatch_event_rule.failed.name
  event_bus_name = aws_cloudwatch_event_bus.ml.name
  target_id      = "failures"
  arn            = aws_sqs_queue.failures.arn
  input_path     = "$.detail"

  sqs_target {
    message_group_id = "failures"
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = var.revision >= 2 ? 20 : 5
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_sns_topic" "failures" {
  name = "${local.prefix}-failures"
}

data "aws_iam_policy_document" "failures_topic" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.failures.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_policy" "failures" {
  arn    = aws_sns_topic.failures.arn
  policy = data.aws_iam_policy_document.failures_topic.json
}

resource "aws_cloudwatch_event_target" "people" {
  rule           = aws_cloudwatch_event_rule.failed.name
  event_bus_name = aws_cloudwatch_event_bus.ml.name
  target_id      = "people"
  arn            = aws_sns_topic.failures.arn

  input_transformer {
    input_paths = {
      kind = "$.detail-type"
      when = "$.time"
      who  = "$.account"
    }

    input_template = "\"<kind> in account <who> at <when>\""
  }

  depends_on = [aws_sns_topic_policy.failures]
}
