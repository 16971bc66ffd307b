# Pipes from streams, tables and queues to everything they can feed, changed in place.
data "aws_caller_identity" "me" {}
locals {
  later  = var.revision > 1
  prefix = "eu-west-1:${data.aws_caller_identity.me.account_id}"
}
resource "aws_iam_role" "pipe" {
  count              = 2
  name               = "pipes-turned-${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "pipes.amazonaws.com" }, Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } } }] })
}
resource "aws_sqs_queue" "from" {
  name = "pipes-turned-from"
}
resource "aws_sqs_queue" "to" {
  count = 2
  name  = "pipes-turned-to-${count.index}"
}
resource "aws_kinesis_stream" "any" {
  name             = "pipes-turned"
  retention_period = 24
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}
resource "aws_dynamodb_table" "from" {
  name             = "pipes-turned"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "KEYS_ONLY"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_cloudwatch_log_group" "to" {
  name = "pipes-turned"
}
resource "aws_pipes_pipe" "plain" {
  name          = "turned-plain"
  description   = local.later ? "" : "Described"
  desired_state = local.later ? "STOPPED" : "RUNNING"
  role_arn      = aws_iam_role.pipe[local.later ? 1 : 0].arn
  source        = aws_sqs_queue.from.arn
  target        = aws_sqs_queue.to[local.later ? 1 : 0].arn
  tags          = local.later ? { b = "2" } : { a = "1", b = "1" }
}
resource "aws_pipes_pipe" "filtered" {
  name     = "turned-filtered"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_sqs_queue.from.arn
  target   = aws_sqs_queue.to[0].arn
  source_parameters {
    sqs_queue_parameters {
      batch_size                         = local.later ? 8 : 1
      maximum_batching_window_in_seconds = local.later ? 9 : 0
    }
    dynamic "filter_criteria" {
      for_each = local.later ? [] : [1]
      content {
        filter {
          pattern = jsonencode({ source = ["event-source"] })
        }
        filter {
          pattern = jsonencode({ detail = { n = [{ numeric = [">", 1] }] } })
        }
      }
    }
  }
  target_parameters {
    input_template = local.later ? null : "{\"x\": <$.body>}"
    sqs_queue_parameters {
      message_group_id         = local.later ? null : "group"
      message_deduplication_id = local.later ? null : "dedupe"
    }
  }
}
resource "aws_pipes_pipe" "stream" {
  name     = "turned-stream"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_kinesis_stream.any.arn
  source_parameters {
    kinesis_stream_parameters {
      starting_position                  = "AT_TIMESTAMP"
      starting_position_timestamp        = "2024-01-01T00:00:00Z"
      batch_size                         = local.later ? 20 : 10
      parallelization_factor             = local.later ? 2 : 1
      maximum_record_age_in_seconds      = local.later ? 600 : -1
      maximum_retry_attempts             = local.later ? 3 : -1
      maximum_batching_window_in_seconds = 5
      on_partial_batch_item_failure      = "AUTOMATIC_BISECT"
      dead_letter_config {
        arn = aws_sqs_queue.to[1].arn
      }
    }
  }
  target = aws_cloudwatch_log_group.to.arn
  target_parameters {
    cloudwatch_logs_parameters {
      log_stream_name = local.later ? null : "events"
      timestamp       = local.later ? "$.approximateArrivalTimestamp" : null
    }
  }
}
resource "aws_pipes_pipe" "table" {
  name     = "turned-table"
  role_arn = aws_iam_role.pipe[1].arn
  source   = aws_dynamodb_table.from.stream_arn
  source_parameters {
    dynamodb_stream_parameters {
      starting_position             = "TRIM_HORIZON"
      batch_size                    = local.later ? 50 : 5
      on_partial_batch_item_failure = local.later ? null : "AUTOMATIC_BISECT"
    }
  }
  target = aws_kinesis_stream.any.arn
  target_parameters {
    kinesis_stream_parameters {
      partition_key = local.later ? "fixed" : "$.eventID"
    }
  }
}
resource "aws_pipes_pipe" "function" {
  name       = "turned-function"
  role_arn   = aws_iam_role.pipe[0].arn
  source     = aws_sqs_queue.from.arn
  enrichment = "arn:aws:lambda:${local.prefix}:function:enrich"
  target     = "arn:aws:lambda:${local.prefix}:function:use"
  enrichment_parameters {
    input_template = "{\"r${var.revision}\": \"<$.body>\"}"
  }
  target_parameters {
    lambda_function_parameters {
      invocation_type = local.later ? "FIRE_AND_FORGET" : "REQUEST_RESPONSE"
    }
  }
  log_configuration {
    level                  = local.later ? "ERROR" : "TRACE"
    include_execution_data = local.later ? [] : ["ALL"]
    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.to.arn
    }
  }
}
resource "aws_pipes_pipe" "bus" {
  name     = "turned-bus"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_sqs_queue.from.arn
  target   = "arn:aws:events:${local.prefix}:event-bus/default"
  target_parameters {
    eventbridge_event_bus_parameters {
      detail_type = local.later ? "Later" : "First"
      source      = "features"
      resources   = local.later ? null : [aws_sqs_queue.from.arn]
      time        = "$.time"
    }
  }
}
resource "aws_pipes_pipe" "pipeline" {
  name     = "turned-pipeline"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_sqs_queue.from.arn
  target   = "arn:aws:sagemaker:${local.prefix}:pipeline/features"
  target_parameters {
    sagemaker_pipeline_parameters {
      dynamic "pipeline_parameter" {
        for_each = local.later ? { one = "2" } : { one = "1", two = "2" }
        content {
          name  = pipeline_parameter.key
          value = pipeline_parameter.value
        }
      }
    }
  }
}
resource "aws_pipes_pipe" "task" {
  name     = "turned-task"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_sqs_queue.from.arn
  target   = "arn:aws:ecs:${local.prefix}:cluster/features"
  target_parameters {
    ecs_task_parameters {
      task_definition_arn     = "arn:aws:ecs:${local.prefix}:task-definition/write:1"
      task_count              = var.revision
      launch_type             = "FARGATE"
      platform_version        = "LATEST"
      group                   = "g"
      propagate_tags          = "TASK_DEFINITION"
      enable_ecs_managed_tags = local.later
      enable_execute_command  = false
      network_configuration {
        aws_vpc_configuration {
          assign_public_ip = "DISABLED"
          subnets          = ["subnet-0123456789abcdef0"]
          security_groups  = ["sg-0123456789abcdef0"]
        }
      }
      overrides {
        cpu    = "512"
        memory = "1024"
        container_override {
          name    = "write"
          command = ["--r", tostring(var.revision)]
          environment {
            name  = "A"
            value = "1"
          }
        }
      }
      tags = { a = "1" }
    }
  }
}
resource "aws_pipes_pipe" "job" {
  name     = "turned-job"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_sqs_queue.from.arn
  target   = "arn:aws:batch:${local.prefix}:job-queue/features"
  target_parameters {
    batch_job_parameters {
      job_definition = "features"
      job_name       = "r${var.revision}"
      parameters     = { k = "v" }
      array_properties {
        size = 512
      }
      retry_strategy {
        attempts = 4
      }
      container_overrides {
        command       = ["rm", "-fr", "/"]
        instance_type = null
        environment {
          name  = "TMP"
          value = "/tmp2"
        }
        resource_requirement {
          type  = "VCPU"
          value = "4"
        }
      }
      depends_on {
        job_id = "00000000-0000-0000-0000-000000000000"
        type   = "SEQUENTIAL"
      }
    }
  }
}
resource "aws_pipes_pipe" "warehouse" {
  name     = "turned-warehouse"
  role_arn = aws_iam_role.pipe[0].arn
  source   = aws_sqs_queue.from.arn
  target   = "arn:aws:redshift:${local.prefix}:cluster:features"
  target_parameters {
    redshift_data_parameters {
      database       = "db1"
      db_user        = "user1"
      statement_name = "SelectAll"
      sqls           = local.later ? ["SELECT 2"] : ["SELECT * FROM t", "SELECT 1"]
      with_event     = !local.later
    }
  }
}
