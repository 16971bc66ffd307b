# Rules, targets, buses, archives and ways out that change: states, patterns to schedules, inputs, retries, credentials.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
  queue = "arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:rules-turned"
}
resource "aws_kms_key" "bus" {
  deletion_window_in_days = 7
}
resource "aws_sqs_queue" "turned" {
  name   = "rules-turned"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sqs:SendMessage", Resource = local.queue }] })
}
resource "aws_sqs_queue" "ordered" {
  name                        = "rules-turned.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}
resource "aws_cloudwatch_event_bus" "turned" {
  name               = "rules-turned"
  description        = local.later ? null : "Described"
  kms_key_identifier = local.later ? null : aws_kms_key.bus.id
  dynamic "dead_letter_config" {
    for_each = local.later ? [] : [aws_sqs_queue.turned.arn]
    content {
      arn = dead_letter_config.value
    }
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_cloudwatch_event_rule" "turned" {
  name                = "rules-turned"
  description         = local.later ? "" : "Described"
  state               = local.later ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "DISABLED"
  event_pattern       = local.later ? jsonencode({ source = ["aws.glue"], "detail-type" = ["AWS API Call via CloudTrail"] }) : jsonencode({ source = ["aws.sagemaker"], detail = { n = [{ numeric = [">", 0, "<=", 5] }], s = [{ "equals-ignore-case" = "x" }, { suffix = ".csv" }], "$or" = [{ a = [1] }, { b = [{ exists = true }] }] } })
  schedule_expression = null
  tags                = local.later ? {} : { a = "1" }
}
resource "aws_cloudwatch_event_rule" "timed" {
  name_prefix         = "rules-turned-"
  schedule_expression = local.later ? "cron(0 20 * * ? *)" : "rate(1 hour)"
  is_enabled          = local.later
}
resource "aws_cloudwatch_event_rule" "both" {
  name                = "rules-turned-both"
  schedule_expression = local.later ? null : "rate(5 minutes)"
  event_pattern       = jsonencode({ source = ["aws.s3"] })
  role_arn            = local.later ? null : aws_iam_role.events.arn
}
resource "aws_cloudwatch_event_rule" "of_bus" {
  name           = "rules-turned-of-bus"
  event_bus_name = aws_cloudwatch_event_bus.turned.name
  event_pattern  = jsonencode({ account = [data.aws_caller_identity.me.account_id] })
}
resource "aws_cloudwatch_event_target" "turned" {
  rule      = aws_cloudwatch_event_rule.turned.name
  target_id = "queue"
  arn       = aws_sqs_queue.turned.arn
  input     = local.later ? null : jsonencode({ fixed = [1, 2] })
  dynamic "input_transformer" {
    for_each = local.later ? [1] : []
    content {
      input_paths    = { name = "$.detail.name", at = "$.time" }
      input_template = "{\"name\": <name>, \"at\": <at>, \"rule\": <aws.events.rule-arn>}"
    }
  }
  dynamic "retry_policy" {
    for_each = local.later ? [] : [1]
    content {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 5
    }
  }
  dynamic "dead_letter_config" {
    for_each = local.later ? [aws_sqs_queue.turned.arn] : []
    content {
      arn = dead_letter_config.value
    }
  }
}
resource "aws_cloudwatch_event_target" "path" {
  rule       = aws_cloudwatch_event_rule.timed.name
  arn        = aws_sqs_queue.ordered.arn
  input_path = local.later ? null : "$.detail"
  sqs_target {
    message_group_id = local.later ? "two" : "one"
  }
}
resource "aws_iam_role" "events" {
  name               = "rules-turned"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }] })
}
resource "aws_cloudwatch_event_target" "pipeline" {
  rule     = aws_cloudwatch_event_rule.of_bus.name
  arn      = "arn:aws:sagemaker:eu-west-1:${data.aws_caller_identity.me.account_id}:pipeline/nightly"
  role_arn = aws_iam_role.events.arn
  # The bus of a rule and of its target must be told alike.
  event_bus_name = aws_cloudwatch_event_bus.turned.name
  sagemaker_pipeline_target {
    dynamic "pipeline_parameter_list" {
      for_each = local.later ? { b = "2" } : { a = "1", b = "1" }
      content {
        name  = pipeline_parameter_list.key
        value = pipeline_parameter_list.value
      }
    }
  }
}
resource "aws_cloudwatch_event_target" "api" {
  rule     = aws_cloudwatch_event_rule.both.name
  arn      = aws_cloudwatch_event_api_destination.out.arn
  role_arn = aws_iam_role.events.arn
  http_target {
    header_parameters       = local.later ? { Env = "b" } : { Env = "a", X = "$.detail.x" }
    query_string_parameters = local.later ? {} : { q = "1" }
    path_parameter_values   = local.later ? ["two"] : ["one"]
  }
}
resource "aws_cloudwatch_event_connection" "out" {
  name               = "rules-turned"
  description        = "Revision ${var.revision}"
  authorization_type = local.later ? "BASIC" : "API_KEY"
  auth_parameters {
    dynamic "api_key" {
      for_each = local.later ? [] : [1]
      content {
        key   = "x-key"
        value = "not-a-secret"
      }
    }
    dynamic "basic" {
      for_each = local.later ? [1] : []
      content {
        username = "someone"
        password = "not-a-secret"
      }
    }
    dynamic "invocation_http_parameters" {
      for_each = local.later ? [1] : []
      content {
        body {
          key   = "b"
          value = "1"
        }
        header {
          key             = "h"
          value           = "not-a-secret"
          is_value_secret = true
        }
      }
    }
  }
}
resource "aws_cloudwatch_event_api_destination" "out" {
  name                             = "rules-turned"
  description                      = "Revision ${var.revision}"
  invocation_endpoint              = "https://api.example.com/${local.later ? "v2" : "v1"}/*"
  http_method                      = local.later ? "PUT" : "GET"
  invocation_rate_limit_per_second = local.later ? 300 : 10
  connection_arn                   = aws_cloudwatch_event_connection.out.arn
}
resource "aws_cloudwatch_event_archive" "turned" {
  name             = "rules-turned"
  description      = "Revision ${var.revision}"
  event_source_arn = aws_cloudwatch_event_bus.turned.arn
  retention_days   = local.later ? 30 : 7
  event_pattern    = jsonencode({ source = ["features", "r${var.revision}"] })
}
resource "aws_cloudwatch_event_permission" "turned" {
  event_bus_name = aws_cloudwatch_event_bus.turned.name
  principal      = local.later ? "*" : "222222222222"
  statement_id   = "turned"
  action         = "events:PutEvents"
  dynamic "condition" {
    for_each = local.later ? ["o-1234567890"] : []
    content {
      key   = "aws:PrincipalOrgID"
      type  = "StringEquals"
      value = condition.value
    }
  }
}
data "aws_cloudwatch_event_bus" "default" {
  name = "default"
}
data "aws_cloudwatch_event_buses" "all" {
  name_prefix = aws_cloudwatch_event_bus.turned.name
}
data "aws_cloudwatch_event_connection" "out" {
  name = aws_cloudwatch_event_connection.out.name
}
output "read" {
  value = [data.aws_cloudwatch_event_bus.default.arn, length(data.aws_cloudwatch_event_buses.all.event_buses), data.aws_cloudwatch_event_connection.out.secret_arn]
}
