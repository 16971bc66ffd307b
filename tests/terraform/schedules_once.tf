# One-off and rate schedules to queues, streams and events; a bus permission; a pipe from Kinesis into a state machine.
data "aws_caller_identity" "me" {}

resource "aws_iam_role" "run" {
  name = "schedules-once"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["scheduler.amazonaws.com", "pipes.amazonaws.com", "states.amazonaws.com"] } }]
  })
}
resource "aws_iam_role_policy" "run" {
  role   = aws_iam_role.run.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage", "kinesis:*", "events:PutEvents", "states:StartExecution", "logs:*"], Resource = "*" }] })
}
resource "aws_sqs_queue" "fifo" {
  name                        = "schedules-once.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}
resource "aws_kinesis_stream" "in" {
  name        = "schedules-once"
  shard_count = 1
}
resource "aws_scheduler_schedule" "once" {
  name                = "once"
  schedule_expression = "at(2030-01-0${var.revision}T00:00:00)"
  state               = var.revision == 1 ? "ENABLED" : "DISABLED"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.fifo.arn
    role_arn = aws_iam_role.run.arn
    input    = jsonencode({ revision = var.revision })
    sqs_parameters {
      message_group_id = "features"
    }
  }
}
resource "aws_scheduler_schedule" "rate" {
  name_prefix         = "rate-"
  schedule_expression = "rate(${var.revision} hours)"
  start_date          = "2030-01-01T00:00:00Z"
  end_date            = "2031-01-01T00:00:00Z"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_kinesis_stream.in.arn
    role_arn = aws_iam_role.run.arn
    kinesis_parameters {
      partition_key = "features"
    }
  }
}
resource "aws_scheduler_schedule" "event" {
  name                = "event"
  schedule_expression = "rate(5 minutes)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:event-bus/default"
    role_arn = aws_iam_role.run.arn
    eventbridge_parameters {
      detail_type = "tick"
      source      = "features.${var.revision}"
    }
  }
}
resource "aws_cloudwatch_event_bus" "shared" {
  name = "schedules-once"
}
resource "aws_cloudwatch_event_permission" "team" {
  principal      = "333333333333"
  statement_id   = "team"
  event_bus_name = aws_cloudwatch_event_bus.shared.name
  action         = "events:PutEvents"
}
resource "aws_cloudwatch_event_archive" "all" {
  name             = "schedules-once"
  event_source_arn = aws_cloudwatch_event_bus.shared.arn
  retention_days   = var.revision
}
resource "aws_cloudwatch_log_group" "pipe" {
  name = "/aws/vendedlogs/pipes/schedules-once"
}
resource "aws_sfn_state_machine" "express" {
  name     = "schedules-once"
  role_arn = aws_iam_role.run.arn
  type     = "EXPRESS"
  definition = jsonencode({
    StartAt = "Done"
    States  = { Done = { Type = "Pass", Result = { r = var.revision }, End = true } }
  })
  encryption_configuration {
    type = "AWS_OWNED_KEY"
  }
}
resource "aws_pipes_pipe" "in" {
  name     = "schedules-once"
  role_arn = aws_iam_role.run.arn
  source   = aws_kinesis_stream.in.arn
  target   = aws_sfn_state_machine.express.arn
  source_parameters {
    kinesis_stream_parameters {
      starting_position                  = "LATEST"
      batch_size                         = 10 * var.revision
      maximum_batching_window_in_seconds = 5
      maximum_retry_attempts             = 3
      on_partial_batch_item_failure      = "AUTOMATIC_BISECT"
    }
  }
  target_parameters {
    step_function_state_machine_parameters {
      invocation_type = "FIRE_AND_FORGET"
    }
  }
  log_configuration {
    level                  = "ERROR"
    include_execution_data = ["ALL"]
    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.pipe.arn
    }
  }
  depends_on = [aws_iam_role_policy.run]
}
