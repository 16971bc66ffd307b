# Groups of schedules per team and schedules of every form: rates, crons with zones, once, universal targets.

data "aws_caller_identity" "me" {}

resource "aws_scheduler_schedule_group" "team" {
  for_each = toset(["ingest", "report"])
  name     = "teams-${each.key}"
}

resource "aws_scheduler_schedule_group" "prefixed" {
  name_prefix = "teams-extra-"
}

resource "aws_kms_key" "schedules" {
  description             = "Schedules"
  deletion_window_in_days = 7
}

resource "aws_sqs_queue" "work" {
  name = "schedules-of-teams-work"
}

resource "aws_sqs_queue" "ordered" {
  name       = "schedules-of-teams.fifo"
  fifo_queue = true
}

resource "aws_sqs_queue" "dead" {
  name = "schedules-of-teams-dead"
}

resource "aws_iam_role" "scheduler" {
  name = "schedules-of-teams"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "targets"
  role = aws_iam_role.scheduler.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" },
      { Effect = "Allow", Action = ["glue:StartCrawler", "sagemaker:StartPipelineExecution", "athena:StartQueryExecution"], Resource = "*" },
    ]
  })
}

resource "aws_scheduler_schedule" "hourly" {
  name                = "hourly"
  group_name          = aws_scheduler_schedule_group.team["ingest"].name
  description         = "Revision ${var.revision}"
  schedule_expression = "rate(${var.revision} hours)"
  kms_key_arn         = aws_kms_key.schedules.arn
  start_date          = "2034-01-01T00:00:00Z"
  end_date            = "2035-01-01T00:00:00Z"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15 * var.revision
  }
  target {
    arn      = aws_sqs_queue.work.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ kind = "hourly", at = "<aws.scheduler.scheduled-time>" })
    dead_letter_config {
      arn = aws_sqs_queue.dead.arn
    }
    retry_policy {
      maximum_event_age_in_seconds = 300
      maximum_retry_attempts       = 10 * var.revision
    }
  }
}

resource "aws_scheduler_schedule" "weekly" {
  name_prefix                  = "weekly-"
  group_name                   = aws_scheduler_schedule_group.team["report"].name
  schedule_expression          = "cron(30 ${6 + var.revision} ? * MON *)"
  schedule_expression_timezone = "Europe/Copenhagen"
  state                        = var.revision > 1 ? "DISABLED" : "ENABLED"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.ordered.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = "weekly"
    sqs_parameters {
      message_group_id = "weekly-${var.revision}"
    }
  }
}

resource "aws_scheduler_schedule" "once" {
  name                         = "once"
  group_name                   = aws_scheduler_schedule_group.prefixed.name
  schedule_expression          = "at(2034-0${var.revision}-01T08:00:00)"
  schedule_expression_timezone = "America/New_York"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:glue:startCrawler"
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ Name = "features-crawler" })
  }
}

resource "aws_scheduler_schedule" "refresh" {
  name                = "refresh"
  schedule_expression = "rate(1 days)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sagemaker_pipeline.refresh.arn
    role_arn = aws_iam_role.scheduler.arn
    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Day"
        value = "day-${var.revision}"
      }
      pipeline_parameter {
        name  = "Mode"
        value = "full"
      }
    }
  }
}

resource "aws_iam_role" "pipeline" {
  name = "schedules-of-teams-pipeline"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_sagemaker_pipeline" "refresh" {
  pipeline_name         = "schedules-of-teams"
  pipeline_display_name = "schedules-of-teams"
  pipeline_description  = "Refreshes, revision ${var.revision}"
  role_arn              = aws_iam_role.pipeline.arn
  parallelism_configuration {
    max_parallel_execution_steps = 2 * var.revision
  }
  pipeline_definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "Day", Type = "String" }, { Name = "Mode", Type = "String", DefaultValue = "full" }]
    Steps      = [{ Name = "Stop", Type = "Fail", Arguments = { ErrorMessage = "nothing" } }]
  })
}

resource "aws_scheduler_schedule" "bus" {
  for_each            = { early = 5, late = 22 }
  name                = "bus-${each.key}"
  group_name          = "default"
  schedule_expression = "cron(0 ${each.value} * * ? *)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:event-bus/default"
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ revision = var.revision })
    eventbridge_parameters {
      detail_type = "Tick"
      source      = "features.clock"
    }
  }
}
