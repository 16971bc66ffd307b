# Rules whose targets lie further off: Redshift, commands on machines, tasks on capacity, another Region's bus, an organisation.

data "aws_caller_identity" "me" {}

resource "aws_iam_role" "far" {
  name = "rules-far-targets"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["events.amazonaws.com", "scheduler.amazonaws.com", "ecs-tasks.amazonaws.com", "pipes.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy" "far" {
  name = "far"
  role = aws_iam_role.far.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ecs:RunTask", "iam:PassRole", "ssm:SendCommand", "redshift-data:ExecuteStatement", "redshift:GetClusterCredentials", "events:PutEvents"], Resource = "*" },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"], Resource = "*" },
    ]
  })
}

resource "aws_cloudwatch_event_bus" "far" {
  name = "far"
}

resource "aws_cloudwatch_event_permission" "partner" {
  principal      = "123456789012"
  statement_id   = "Partner"
  action         = "events:PutEvents"
  event_bus_name = aws_cloudwatch_event_bus.far.name
}

resource "aws_cloudwatch_event_permission" "organisation" {
  principal      = "*"
  statement_id   = "Organisation"
  event_bus_name = aws_cloudwatch_event_bus.far.name
  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = "o-a1b2c3d4e${var.revision}"
  }
}

resource "aws_cloudwatch_event_rule" "far" {
  name                = "far"
  schedule_expression = "rate(1 day)"
  is_enabled          = var.revision == 1
  role_arn            = aws_iam_role.far.arn
  force_destroy       = true
}

resource "aws_cloudwatch_event_target" "machines" {
  rule     = aws_cloudwatch_event_rule.far.name
  arn      = "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"
  role_arn = aws_iam_role.far.arn
  input    = jsonencode({ commands = ["echo ${var.revision}"] })
  run_command_targets {
    key    = "tag:team"
    values = ["features", "platform"]
  }
}

resource "aws_cloudwatch_event_target" "warehouse" {
  rule     = aws_cloudwatch_event_rule.far.name
  arn      = "arn:aws:redshift:eu-west-1:${data.aws_caller_identity.me.account_id}:cluster:warehouse"
  role_arn = aws_iam_role.far.arn
  redshift_target {
    database       = "features"
    db_user        = "loader"
    sql            = "CALL refresh(${var.revision})"
    statement_name = "refresh"
    with_event     = true
  }
}

resource "aws_cloudwatch_event_target" "region" {
  rule     = aws_cloudwatch_event_rule.far.name
  arn      = "arn:aws:events:eu-central-1:${data.aws_caller_identity.me.account_id}:event-bus/default"
  role_arn = aws_iam_role.far.arn
}

resource "aws_ecs_cluster" "far" {
  name = "rules-far-targets"
}

resource "aws_ecs_cluster_capacity_providers" "far" {
  cluster_name       = aws_ecs_cluster.far.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "far" {
  family                   = "rules-far-targets"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions    = jsonencode([{ name = "work", image = "public.ecr.aws/docker/library/busybox:1", essential = true }])
}

resource "aws_vpc" "far" {
  cidr_block = "10.65.0.0/16"
}

resource "aws_subnet" "far" {
  vpc_id     = aws_vpc.far.id
  cidr_block = "10.65.1.0/24"
}

resource "aws_cloudwatch_event_target" "capacity" {
  rule     = aws_cloudwatch_event_rule.far.name
  arn      = aws_ecs_cluster.far.arn
  role_arn = aws_iam_role.far.arn
  ecs_target {
    task_count             = var.revision
    task_definition_arn    = aws_ecs_task_definition.far.arn
    enable_execute_command = true
    capacity_provider_strategy {
      capacity_provider = "FARGATE_SPOT"
      base              = 1
      weight            = 100
    }
    network_configuration {
      subnets = [aws_subnet.far.id]
    }
  }
}

resource "aws_scheduler_schedule" "task" {
  name                = "far-task"
  schedule_expression = "rate(1 hours)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_ecs_cluster.far.arn
    role_arn = aws_iam_role.far.arn
    ecs_parameters {
      task_definition_arn     = aws_ecs_task_definition.far.arn
      task_count              = var.revision
      launch_type             = "FARGATE"
      platform_version        = "1.4.0"
      propagate_tags          = "TASK_DEFINITION"
      enable_ecs_managed_tags = true
      enable_execute_command  = false
      reference_id            = "features"
      group                   = "nightly"
      tags                    = { made = "schedule" }
      network_configuration {
        subnets          = [aws_subnet.far.id]
        security_groups  = [aws_vpc.far.default_security_group_id]
        assign_public_ip = false
      }
    }
  }
}

resource "aws_kinesis_stream" "far" {
  name        = "rules-far-targets"
  shard_count = 1
}

resource "aws_scheduler_schedule" "stream" {
  name                = "far-stream"
  schedule_expression = "rate(5 minutes)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_kinesis_stream.far.arn
    role_arn = aws_iam_role.far.arn
    input    = "tick"
    kinesis_parameters {
      partition_key = "p${var.revision}"
    }
  }
}

resource "aws_cloudwatch_event_connection" "basic" {
  name               = "far-basic"
  authorization_type = "BASIC"
  auth_parameters {
    basic {
      username = "features"
      password = "not-a-secret-${var.revision}"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "basic" {
  name                = "far-basic"
  description         = "Revision ${var.revision}"
  connection_arn      = aws_cloudwatch_event_connection.basic.arn
  invocation_endpoint = "https://api.example.com/enrich"
  http_method         = "POST"
}

resource "aws_sqs_queue" "far" {
  for_each = toset(["in", "out"])
  name     = "rules-far-targets-${each.key}"
}

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "rules-far-targets-"
  force_destroy = true
}

resource "aws_kms_key" "pipe" {
  description             = "Pipe"
  deletion_window_in_days = 7
}

resource "aws_pipes_pipe" "far" {
  name               = "far"
  role_arn           = aws_iam_role.far.arn
  source             = aws_sqs_queue.far["in"].arn
  target             = aws_sqs_queue.far["out"].arn
  enrichment         = aws_cloudwatch_event_api_destination.basic.arn
  kms_key_identifier = aws_kms_key.pipe.arn
  enrichment_parameters {
    http_parameters {
      header_parameters       = { "X-Revision" = tostring(var.revision) }
      query_string_parameters = { team = "features" }
      path_parameter_values   = []
    }
  }
  log_configuration {
    level = "TRACE"
    s3_log_destination {
      bucket_name   = aws_s3_bucket.logs.bucket
      bucket_owner  = data.aws_caller_identity.me.account_id
      output_format = "json"
      prefix        = "pipes/${var.revision}"
    }
  }
  tags       = { kind = "far" }
  depends_on = [aws_iam_role_policy.far]
}
