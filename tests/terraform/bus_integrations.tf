# An event bus of the platform: policy, archive, API destination behind OAuth, queues, cross-bus rule, a pipe with a filter.
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "bus" {
  description             = "bus"
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], Resource = "*" },
    ]
  })
}

resource "aws_sqs_queue" "dead" {
  name = "bus-dead"
}

resource "aws_cloudwatch_event_bus" "platform" {
  name               = "ml-platform"
  description        = "feature platform, r${var.revision}"
  kms_key_identifier = aws_kms_key.bus.arn
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
  tags = { revision = var.revision }
}

data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "Producers"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.platform.arn]
    principals {
      type        = "AWS"
      identifiers = ["333333333333"]
    }
    condition {
      test     = "StringEquals"
      variable = "events:source"
      values   = ["features.r${var.revision}"]
    }
  }
}
resource "aws_cloudwatch_event_bus_policy" "platform" {
  event_bus_name = aws_cloudwatch_event_bus.platform.name
  policy         = data.aws_iam_policy_document.bus.json
}

resource "aws_cloudwatch_event_archive" "platform" {
  name             = "ml-platform"
  event_source_arn = aws_cloudwatch_event_bus.platform.arn
  description      = "keeps events"
  retention_days   = 7 * var.revision
  event_pattern    = jsonencode({ source = [{ prefix = "features" }] })
}

resource "aws_cloudwatch_event_connection" "ticketing" {
  name               = "ticketing"
  description        = "r${var.revision}"
  authorization_type = "OAUTH_CLIENT_CREDENTIALS"
  auth_parameters {
    oauth {
      authorization_endpoint = "https://auth.example.com/token"
      http_method            = "POST"
      client_parameters {
        client_id     = "platform"
        client_secret = "not-a-secret-${var.revision}"
      }
      oauth_http_parameters {
        body {
          key             = "scope"
          value           = "tickets"
          is_value_secret = false
        }
      }
    }
    invocation_http_parameters {
      header {
        key             = "X-Team"
        value           = "platform"
        is_value_secret = false
      }
    }
  }
}
resource "aws_cloudwatch_event_connection" "chat" {
  name               = "chat"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-api-key"
      value = "k"
    }
  }
}
resource "aws_cloudwatch_event_api_destination" "this" {
  for_each                         = { ticketing = aws_cloudwatch_event_connection.ticketing.arn, chat = aws_cloudwatch_event_connection.chat.arn }
  name                             = each.key
  invocation_endpoint              = "https://${each.key}.example.com/hooks/*"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 10 * var.revision
  connection_arn                   = each.value
}

resource "aws_iam_role" "bus" {
  name = "bus-integrations"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["events.amazonaws.com", "pipes.amazonaws.com"] } }]
  })
}
resource "aws_iam_role_policy" "bus" {
  role = aws_iam_role.bus.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "events:InvokeApiDestination", Resource = [for d in aws_cloudwatch_event_api_destination.this : d.arn] },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.raw.arn },
      { Effect = "Allow", Action = "events:PutEvents", Resource = ["arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:event-bus/default", aws_cloudwatch_event_bus.platform.arn] },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "failed" {
  name           = "feature-pipeline-failed"
  event_bus_name = aws_cloudwatch_event_bus.platform.name
  event_pattern = jsonencode({
    source        = ["features"]
    "detail-type" = ["Pipeline"]
    detail        = { status = [{ "anything-but" = ["Succeeded"] }], retries = [{ numeric = [">=", var.revision] }] }
  })
}

resource "aws_cloudwatch_event_target" "ticket" {
  rule           = aws_cloudwatch_event_rule.failed.name
  event_bus_name = aws_cloudwatch_event_bus.platform.name
  target_id      = "ticket"
  arn            = aws_cloudwatch_event_api_destination.this["ticketing"].arn
  role_arn       = aws_iam_role.bus.arn
  http_target {
    path_parameter_values   = ["ML"]
    query_string_parameters = { priority = tostring(var.revision) }
    header_parameters       = { X-Kind = "feature" }
  }
  input_transformer {
    input_paths    = { name = "$.detail.name" }
    input_template = <<-JSON
      {"title": "pipeline <name> failed"}
    JSON
  }
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_cloudwatch_event_target" "log" {
  rule           = aws_cloudwatch_event_rule.failed.name
  event_bus_name = aws_cloudwatch_event_bus.platform.name
  arn            = aws_cloudwatch_log_group.events.arn
}
resource "aws_cloudwatch_log_group" "events" {
  name              = "/aws/events/ml-platform"
  retention_in_days = 3
  log_group_class   = "STANDARD"
}
resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "bus-integrations"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }, Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.events.arn}:*" }]
  })
}

resource "aws_cloudwatch_event_target" "forward" {
  rule           = aws_cloudwatch_event_rule.failed.name
  event_bus_name = aws_cloudwatch_event_bus.platform.name
  target_id      = "forward"
  arn            = "arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:event-bus/default"
  role_arn       = aws_iam_role.bus.arn
}

resource "aws_sqs_queue" "raw" {
  name                       = "bus-raw"
  visibility_timeout_seconds = 60
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })
}
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url            = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.raw.arn] })
}

resource "aws_pipes_pipe" "raw" {
  name          = "bus-raw"
  description   = "r${var.revision}"
  role_arn      = aws_iam_role.bus.arn
  source        = aws_sqs_queue.raw.arn
  target        = aws_cloudwatch_event_bus.platform.arn
  desired_state = "RUNNING"
  source_parameters {
    sqs_queue_parameters {
      batch_size                         = 5 * var.revision
      maximum_batching_window_in_seconds = 2
    }
    filter_criteria {
      filter {
        pattern = jsonencode({ body = { kind = ["feature"] } })
      }
    }
  }
  target_parameters {
    eventbridge_event_bus_parameters {
      detail_type = "Raw"
      source      = "features"
    }
    input_template = "{\"id\": <$.messageId>}"
  }
  depends_on = [aws_iam_role_policy.bus]
}
