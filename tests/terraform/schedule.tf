# A feature pipeline on a schedule: Scheduler -> Step Functions -> a Processing job.
data "aws_iam_policy_document" "assume" {
  for_each = toset(["scheduler", "states", "sagemaker", "pipes", "events"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "this" {
  for_each           = data.aws_iam_policy_document.assume
  name               = "others-schedule-${each.key}"
  path               = "/pipelines/"
  assume_role_policy = each.value.json
}
data "aws_iam_policy_document" "states" {
  statement {
    actions   = ["sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:AddTags"]
    resources = ["*"]
  }
  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.this["sagemaker"].arn]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }
}
resource "aws_iam_policy" "states" {
  name   = "others-schedule-states"
  policy = data.aws_iam_policy_document.states.json
}
resource "aws_iam_role_policy_attachment" "states" {
  role       = aws_iam_role.this["states"].name
  policy_arn = aws_iam_policy.states.arn
}
resource "aws_cloudwatch_log_group" "states" { name = "/aws/vendedlogs/states/others" }
resource "aws_sfn_state_machine" "features" {
  name     = "others-features"
  role_arn = aws_iam_role.this["states"].arn
  definition = jsonencode({
    Comment = "revision ${var.revision}"
    StartAt = "Process"
    States = {
      Process = {
        Type       = "Task"
        Resource   = "arn:aws:states:::sagemaker:createProcessingJob.sync"
        Parameters = { "ProcessingJobName.$" = "$$.Execution.Name", RoleArn = aws_iam_role.this["sagemaker"].arn }
        Retry      = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 30, MaxAttempts = 2, BackoffRate = 2 }]
        End        = true
      }
    }
  })
  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.states.arn}:*"
    include_execution_data = true
    level                  = "ERROR"
  }
  tracing_configuration { enabled = true }
  tags = { revision = tostring(var.revision) }
}
resource "aws_sfn_state_machine" "express" {
  name       = "others-express"
  type       = "EXPRESS"
  publish    = true
  role_arn   = aws_iam_role.this["states"].arn
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Pass", End = true, Comment = tostring(var.revision) } } })
}
resource "aws_sfn_alias" "live" {
  name = "live"
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.express.state_machine_version_arn
    weight                    = 100
  }
}
resource "aws_sfn_activity" "manual" { name = "others-manual" }
resource "aws_iam_role_policy" "scheduler" {
  role   = aws_iam_role.this["scheduler"].id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "states:StartExecution", Resource = aws_sfn_state_machine.features.arn }] })
}
resource "aws_sqs_queue" "dead" { name = "others-schedule-dead" }
resource "aws_scheduler_schedule_group" "features" {
  name = "others-features"
  tags = { revision = tostring(var.revision) }
}
resource "aws_scheduler_schedule" "daily" {
  name                         = "daily"
  group_name                   = aws_scheduler_schedule_group.features.name
  description                  = "Features, daily"
  schedule_expression          = "cron(0 ${var.revision} * * ? *)"
  schedule_expression_timezone = "Europe/Dublin"
  state                        = var.revision == 1 ? "ENABLED" : "DISABLED"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }
  target {
    arn      = aws_sfn_state_machine.features.arn
    role_arn = aws_iam_role.this["scheduler"].arn
    input    = jsonencode({ group = "sessions" })
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
    dead_letter_config { arn = aws_sqs_queue.dead.arn }
  }
}
resource "aws_scheduler_schedule" "plain" {
  name                = "others-plain"
  schedule_expression = "rate(${var.revision} hours)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = aws_sfn_state_machine.features.arn
    role_arn = aws_iam_role.this["scheduler"].arn
  }
}
resource "aws_sqs_queue" "source" { name = "others-schedule-source" }
resource "aws_pipes_pipe" "this" {
  name        = "others-pipe"
  role_arn    = aws_iam_role.this["pipes"].arn
  source      = aws_sqs_queue.source.arn
  target      = aws_sfn_state_machine.features.arn
  description = "revision ${var.revision}"
  source_parameters {
    sqs_queue_parameters {
      batch_size                         = 5
      maximum_batching_window_in_seconds = 10
    }
    filter_criteria {
      filter { pattern = jsonencode({ body = { group = ["sessions"] } }) }
    }
  }
  target_parameters {
    step_function_state_machine_parameters { invocation_type = "FIRE_AND_FORGET" }
  }
}
resource "aws_cloudwatch_event_rule" "failed" {
  name          = "others-schedule-failed"
  event_pattern = jsonencode({ source = ["aws.states"], detail = { status = ["FAILED"], stateMachineArn = [aws_sfn_state_machine.features.arn] } })
}
resource "aws_cloudwatch_event_target" "failed" {
  rule     = aws_cloudwatch_event_rule.failed.name
  arn      = aws_sfn_state_machine.features.arn
  role_arn = aws_iam_role.this["events"].arn
  input_transformer {
    input_paths    = { name = "$.detail.name" }
    input_template = "{\"retry\": <name>}"
  }
  retry_policy {
    maximum_retry_attempts       = var.revision
    maximum_event_age_in_seconds = 600
  }
  dead_letter_config { arn = aws_sqs_queue.dead.arn }
}
