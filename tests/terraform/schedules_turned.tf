# Schedules whose times, windows, targets, retries and keys change; what is left out goes back to the default.
data "aws_caller_identity" "me" {}
locals {
  later  = var.revision > 1
  prefix = "eu-west-1:${data.aws_caller_identity.me.account_id}"
}
resource "aws_iam_role" "schedule" {
  count              = 2
  name               = "schedules-turned-${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "scheduler.amazonaws.com" } }] })
}
resource "aws_kms_key" "schedule" {
  deletion_window_in_days = 7
}
resource "aws_sqs_queue" "schedule" {
  for_each   = toset(["plain", "ordered"])
  name       = each.key == "ordered" ? "schedules-turned.fifo" : "schedules-turned"
  fifo_queue = each.key == "ordered"
}
resource "aws_scheduler_schedule_group" "turned" {
  name = local.later ? "turned-two" : "turned-one"
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_scheduler_schedule" "turned" {
  name                         = "turned"
  description                  = local.later ? null : "Described"
  state                        = local.later ? "DISABLED" : "ENABLED"
  schedule_expression          = local.later ? "cron(0 12 ? * MON *)" : "rate(1 hour)"
  schedule_expression_timezone = local.later ? "Europe/Berlin" : "UTC"
  start_date                   = local.later ? null : "2031-11-12T01:00:00Z"
  end_date                     = local.later ? null : "2032-11-12T01:00:00Z"
  kms_key_arn                  = local.later ? null : aws_kms_key.schedule.arn
  flexible_time_window {
    mode                      = local.later ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = local.later ? null : 10
  }
  target {
    arn      = aws_sqs_queue.schedule["plain"].arn
    role_arn = aws_iam_role.schedule[local.later ? 1 : 0].arn
    input    = local.later ? null : jsonencode({ MessageAttributes = null })
    dynamic "dead_letter_config" {
      for_each = local.later ? [] : [aws_sqs_queue.schedule["plain"].arn]
      content {
        arn = dead_letter_config.value
      }
    }
    dynamic "retry_policy" {
      for_each = local.later ? [] : [1]
      content {
        maximum_event_age_in_seconds = 60
        maximum_retry_attempts       = 0
      }
    }
  }
}
resource "aws_scheduler_schedule" "ordered" {
  name                = "turned-ordered"
  group_name          = aws_scheduler_schedule_group.turned.name
  schedule_expression = "at(2033-11-20T13:00:00)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.schedule["ordered"].arn
    role_arn = aws_iam_role.schedule[0].arn
    sqs_parameters {
      message_group_id = "r${var.revision}"
    }
  }
}
resource "aws_scheduler_schedule" "kinds" {
  for_each = {
    bus      = "arn:aws:events:${local.prefix}:event-bus/default"
    stream   = "arn:aws:kinesis:${local.prefix}:stream/features"
    pipeline = "arn:aws:sagemaker:${local.prefix}:pipeline/features"
    call     = "arn:aws:scheduler:::aws-sdk:glue:startCrawler"
  }
  name_prefix         = "turned-${each.key}-"
  schedule_expression = "rate(${var.revision + 1} hours)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = each.value
    role_arn = aws_iam_role.schedule[0].arn
    input    = each.key == "call" ? jsonencode({ Name = "raw" }) : null
    dynamic "eventbridge_parameters" {
      for_each = each.key == "bus" ? [1] : []
      content {
        detail_type = local.later ? "Later" : "First"
        source      = "features"
      }
    }
    dynamic "kinesis_parameters" {
      for_each = each.key == "stream" ? [1] : []
      content {
        partition_key = "p${var.revision}"
      }
    }
    dynamic "sagemaker_pipeline_parameters" {
      for_each = each.key == "pipeline" ? [1] : []
      content {
        dynamic "pipeline_parameter" {
          for_each = local.later ? ["a"] : ["a", "b"]
          content {
            name  = pipeline_parameter.value
            value = "v"
          }
        }
      }
    }
  }
}
resource "aws_scheduler_schedule" "task" {
  name                = "turned-task"
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:ecs:${local.prefix}:cluster/features"
    role_arn = aws_iam_role.schedule[0].arn
    ecs_parameters {
      task_definition_arn     = "arn:aws:ecs:${local.prefix}:task-definition/write:${var.revision}"
      task_count              = var.revision
      launch_type             = local.later ? "EC2" : "FARGATE"
      platform_version        = local.later ? null : "LATEST"
      enable_ecs_managed_tags = local.later
      propagate_tags          = local.later ? null : "TASK_DEFINITION"
      tags                    = local.later ? null : { a = "1" }
      dynamic "placement_constraints" {
        for_each = local.later ? ["attribute:ecs.os-family in [WINDOWS]"] : []
        content {
          type       = "memberOf"
          expression = placement_constraints.value
        }
      }
      dynamic "placement_strategy" {
        for_each = local.later ? ["cpu"] : []
        content {
          type  = "binpack"
          field = placement_strategy.value
        }
      }
      dynamic "network_configuration" {
        for_each = local.later ? [] : [1]
        content {
          assign_public_ip = true
          subnets          = ["subnet-0123456789abcdef0"]
          security_groups  = ["sg-0123456789abcdef0"]
        }
      }
    }
  }
}
