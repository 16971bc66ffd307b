# One rule on changes of feature groups, and one on a schedule, with targets of every kind that a platform team has.

data "aws_caller_identity" "me" {}

resource "aws_cloudwatch_event_rule" "changed" {
  name        = "feature-groups-changed"
  description = "Changes of feature groups, revision ${var.revision}"
  state       = var.revision > 1 ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED"
  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["sagemaker.amazonaws.com"]
      eventName   = [{ prefix = "Create" }, { prefix = "Update" }, { "anything-but" = { prefix = "Describe" } }]
      errorCode   = [{ exists = false }]
      requestParameters = {
        featureGroupName = [{ wildcard = "prod-*-v${var.revision}" }]
      }
    }
  })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name_prefix         = "nightly-"
  schedule_expression = var.revision > 1 ? "cron(0 3 ? * MON-FRI *)" : "rate(12 hours)"
}

resource "aws_sqs_queue" "dead" {
  name                      = "rules-many-targets-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "ordered" {
  name                        = "rules-many-targets.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}

resource "aws_sqs_queue_policy" "queues" {
  for_each  = { dead = aws_sqs_queue.dead, ordered = aws_sqs_queue.ordered }
  queue_url = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = each.value.arn
      Condition = { ArnEquals = { "aws:SourceArn" = [aws_cloudwatch_event_rule.changed.arn, aws_cloudwatch_event_rule.nightly.arn] } }
    }]
  })
}

resource "aws_iam_role" "events" {
  name = "rules-many-targets"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["events.amazonaws.com", "states.amazonaws.com", "sagemaker.amazonaws.com", "ecs-tasks.amazonaws.com", "batch.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy" "events" {
  name = "targets"
  role = aws_iam_role.events.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["states:StartExecution"], Resource = aws_sfn_state_machine.check.arn },
      { Effect = "Allow", Action = ["sagemaker:StartPipelineExecution"], Resource = aws_sagemaker_pipeline.refresh.arn },
      { Effect = "Allow", Action = ["ecs:RunTask"], Resource = "${aws_ecs_task_definition.backfill.arn_without_revision}:*" },
      { Effect = "Allow", Action = ["batch:SubmitJob"], Resource = "*" },
      { Effect = "Allow", Action = ["kinesis:PutRecord"], Resource = aws_kinesis_stream.audit.arn },
      { Effect = "Allow", Action = ["iam:PassRole"], Resource = aws_iam_role.events.arn },
    ]
  })
}

resource "aws_sfn_state_machine" "check" {
  name     = "rules-many-targets-check"
  role_arn = aws_iam_role.events.arn
  definition = jsonencode({
    StartAt = "Done"
    States  = { Done = { Type = "Pass", Result = { revision = var.revision }, End = true } }
  })
}

resource "aws_sagemaker_pipeline" "refresh" {
  pipeline_name         = "rules-many-targets-refresh"
  pipeline_display_name = "refresh-${var.revision}"
  role_arn              = aws_iam_role.events.arn
  pipeline_definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "Day", Type = "String", DefaultValue = "today" }]
    Steps      = [{ Name = "Stop", Type = "Fail", Arguments = { ErrorMessage = "nothing to do" } }]
  })
}

resource "aws_kinesis_stream" "audit" {
  name = "rules-many-targets-audit"
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_cloudwatch_log_group" "events" {
  name              = "/aws/events/rules-many-targets"
  retention_in_days = 7
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "rules-many-targets"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.events.arn}:*"
    }]
  })
}

resource "aws_vpc" "tasks" {
  cidr_block = "10.62.0.0/16"
}

resource "aws_subnet" "tasks" {
  vpc_id     = aws_vpc.tasks.id
  cidr_block = "10.62.1.0/24"
}

resource "aws_ecs_cluster" "tasks" {
  name = "rules-many-targets"
}

resource "aws_ecs_task_definition" "backfill" {
  family                   = "rules-many-targets-backfill"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.events.arn
  container_definitions    = jsonencode([{ name = "backfill", image = "public.ecr.aws/docker/library/busybox:1", essential = true }])
}

resource "aws_batch_compute_environment" "jobs" {
  compute_environment_name = "rules-many-targets"
  type                     = "MANAGED"
  compute_resources {
    type               = "FARGATE"
    max_vcpus          = 4 * var.revision
    subnets            = [aws_subnet.tasks.id]
    security_group_ids = [aws_vpc.tasks.default_security_group_id]
  }
}

resource "aws_batch_job_queue" "jobs" {
  name     = "rules-many-targets"
  state    = "ENABLED"
  priority = var.revision
  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.jobs.arn
  }
}

resource "aws_batch_job_definition" "job" {
  name                  = "rules-many-targets"
  type                  = "container"
  platform_capabilities = ["FARGATE"]
  container_properties = jsonencode({
    image                = "public.ecr.aws/docker/library/busybox:1"
    command              = ["echo", "ok"]
    executionRoleArn     = aws_iam_role.events.arn
    resourceRequirements = [{ type = "VCPU", value = "0.25" }, { type = "MEMORY", value = "512" }]
  })
}

resource "aws_cloudwatch_event_target" "machine" {
  rule      = aws_cloudwatch_event_rule.changed.name
  target_id = "machine"
  arn       = aws_sfn_state_machine.check.arn
  role_arn  = aws_iam_role.events.arn
  input_transformer {
    input_paths = {
      group = "$.detail.requestParameters.featureGroupName"
      who   = "$.detail.userIdentity.arn"
      when  = "$.time"
    }
    input_template = <<-JSON
      {"group": <group>, "who": <who>, "at": <when>, "revision": ${var.revision}, "all": <aws.events.event.json>}
    JSON
  }
  retry_policy {
    maximum_event_age_in_seconds = 600 * var.revision
    maximum_retry_attempts       = 3
  }
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_cloudwatch_event_target" "logs" {
  rule = aws_cloudwatch_event_rule.changed.name
  arn  = aws_cloudwatch_log_group.events.arn
}

resource "aws_cloudwatch_event_target" "stream" {
  rule     = aws_cloudwatch_event_rule.changed.name
  arn      = aws_kinesis_stream.audit.arn
  role_arn = aws_iam_role.events.arn
  kinesis_target {
    partition_key_path = "$.detail.eventName"
  }
}

resource "aws_cloudwatch_event_target" "ordered" {
  rule       = aws_cloudwatch_event_rule.changed.name
  target_id  = "ordered"
  arn        = aws_sqs_queue.ordered.arn
  input_path = "$.detail"
  sqs_target {
    message_group_id = "features-${var.revision}"
  }
}

resource "aws_cloudwatch_event_target" "pipeline" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_sagemaker_pipeline.refresh.arn
  role_arn = aws_iam_role.events.arn
  sagemaker_pipeline_target {
    pipeline_parameter_list {
      name  = "Day"
      value = "yesterday-${var.revision}"
    }
  }
}

resource "aws_cloudwatch_event_target" "task" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_ecs_cluster.tasks.arn
  role_arn = aws_iam_role.events.arn
  input    = jsonencode({ containerOverrides = [{ name = "backfill", command = ["backfill", "--revision", tostring(var.revision)] }] })
  ecs_target {
    task_count              = 1
    task_definition_arn     = aws_ecs_task_definition.backfill.arn
    launch_type             = "FARGATE"
    platform_version        = "LATEST"
    propagate_tags          = "TASK_DEFINITION"
    enable_ecs_managed_tags = true
    group                   = "nightly"
    tags                    = { made = "rule" }
    network_configuration {
      subnets          = [aws_subnet.tasks.id]
      security_groups  = [aws_vpc.tasks.default_security_group_id]
      assign_public_ip = true
    }
  }
}

resource "aws_cloudwatch_event_target" "job" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_batch_job_queue.jobs.arn
  role_arn = aws_iam_role.events.arn
  batch_target {
    job_definition = aws_batch_job_definition.job.arn
    job_name       = "nightly"
    array_size     = 2 * var.revision
    job_attempts   = 3
  }
}
