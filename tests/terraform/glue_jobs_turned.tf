# Jobs of every kind that change what they are given: engine, size, limits, arguments, notices; and lose it again.
locals {
  later = var.revision > 1
}
resource "aws_s3_bucket" "jobs" {
  bucket        = "glue-jobs-turned"
  force_destroy = true
}
resource "aws_iam_role" "jobs" {
  for_each           = toset(["one", "two"])
  name               = "glue-jobs-turned-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_glue_connection" "jobs" {
  for_each        = toset(["one", "two"])
  name            = "jobs-turned-${each.key}"
  connection_type = "NETWORK"
}
resource "aws_glue_security_configuration" "jobs" {
  name = "jobs-turned"
  encryption_configuration {
    cloudwatch_encryption {}
    job_bookmarks_encryption {}
    s3_encryption {}
  }
}
resource "aws_glue_job" "minimal" {
  name     = "turned-minimal"
  role_arn = aws_iam_role.jobs[local.later ? "two" : "one"].arn
  command {
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/${var.revision}.py"
  }
}
resource "aws_glue_job" "full" {
  name                      = "turned-full"
  description               = local.later ? null : "First described"
  role_arn                  = aws_iam_role.jobs["one"].arn
  glue_version              = local.later ? "5.0" : "3.0"
  worker_type               = local.later ? "G.4X" : "Standard"
  number_of_workers         = local.later ? 3 : 2
  max_retries               = local.later ? 0 : 2
  timeout                   = local.later ? 10 : 60
  execution_class           = local.later ? "FLEX" : null
  security_configuration    = local.later ? null : aws_glue_security_configuration.jobs.name
  connections               = local.later ? [aws_glue_connection.jobs["two"].name] : [for connection in aws_glue_connection.jobs : connection.name]
  default_arguments         = local.later ? { "--job-language" = "scala" } : { "--job-language" = "python", "--extra" = "1" }
  non_overridable_arguments = local.later ? {} : { "--fixed" = "yes" }
  job_run_queuing_enabled   = local.later
  command {
    name            = "glueetl"
    python_version  = local.later ? "3" : "2"
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/full.py"
  }
  dynamic "execution_property" {
    for_each = local.later ? [] : [2]
    content {
      max_concurrent_runs = execution_property.value
    }
  }
  dynamic "notification_property" {
    for_each = local.later ? [] : [1]
    content {
      notify_delay_after = notification_property.value
    }
  }
  tags = local.later ? { b = "2" } : { a = "1", b = "1" }
}
resource "aws_glue_job" "by_capacity" {
  name         = "turned-by-capacity"
  role_arn     = aws_iam_role.jobs["one"].arn
  glue_version = "2.0"
  max_capacity = 10 * var.revision
  command {
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/capacity.py"
  }
}
resource "aws_glue_job" "shell" {
  name         = "turned-shell"
  role_arn     = aws_iam_role.jobs["one"].arn
  max_capacity = local.later ? 1 : 0.0625
  command {
    name            = "pythonshell"
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/shell.py"
    python_version  = local.later ? "3.9" : "3"
  }
}
resource "aws_glue_job" "stream" {
  name              = "turned-stream"
  role_arn          = aws_iam_role.jobs["two"].arn
  glue_version      = "4.0"
  worker_type       = local.later ? "G.025X" : "G.1X"
  number_of_workers = 2
  timeout           = local.later ? 600 : 2880
  command {
    name            = "gluestreaming"
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/stream.py"
  }
  maintenance_window = local.later ? "Sat:03" : "Sun:23"
}
resource "aws_glue_job" "ray" {
  name              = "turned-ray"
  role_arn          = aws_iam_role.jobs["two"].arn
  glue_version      = "4.0"
  worker_type       = "Z.2X"
  number_of_workers = 2 + var.revision
  command {
    name            = "glueray"
    python_version  = "3.9"
    runtime         = local.later ? "Ray2.4" : "Ray2.4"
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/ray.py"
  }
}
resource "aws_glue_job" "source" {
  name     = "turned-source"
  role_arn = aws_iam_role.jobs["two"].arn
  command {
    script_location = "s3://${aws_s3_bucket.jobs.bucket}/source.py"
  }
  dynamic "source_control_details" {
    for_each = local.later ? [] : [1]
    content {
      auth_strategy = "PERSONAL_ACCESS_TOKEN"
      provider      = "GITLAB"
      repository    = "jobs"
      owner         = "team"
      branch        = "main"
      folder        = "source"
    }
  }
}
resource "aws_glue_workflow" "turned" {
  count                  = 2
  name                   = count.index == 0 ? "turned-one" : "turned-two"
  description            = local.later ? "Later" : "First"
  default_run_properties = local.later ? { stage = "two", extra = "1" } : { stage = "one" }
  max_concurrent_runs    = local.later ? 3 : 1
  tags                   = local.later ? {} : { a = "1" }
}
resource "aws_glue_trigger" "turned" {
  name              = "turned-scheduled"
  type              = "SCHEDULED"
  schedule          = local.later ? "cron(0 6 ? * MON-FRI *)" : "cron(15 12 * * ? *)"
  enabled           = local.later
  start_on_creation = false
  description       = local.later ? null : "At noon"
  actions {
    job_name               = aws_glue_job.full.name
    arguments              = local.later ? {} : { "--key" = "value" }
    timeout                = local.later ? null : 5
    security_configuration = local.later ? aws_glue_security_configuration.jobs.name : null
  }
  dynamic "actions" {
    for_each = local.later ? [aws_glue_job.shell.name] : []
    content {
      job_name = actions.value
      notification_property {
        notify_delay_after = 4
      }
    }
  }
}
resource "aws_glue_trigger" "any" {
  name          = "turned-any"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.turned[0].name
  enabled       = !local.later
  predicate {
    logical = local.later ? "AND" : "ANY"
    conditions {
      job_name         = aws_glue_job.minimal.name
      state            = local.later ? "FAILED" : "SUCCEEDED"
      logical_operator = "EQUALS"
    }
    conditions {
      job_name = aws_glue_job.stream.name
      state    = "TIMEOUT"
    }
  }
  actions {
    job_name = aws_glue_job.shell.name
  }
  depends_on = [aws_glue_trigger.first]
}
resource "aws_glue_trigger" "first" {
  name          = "turned-first"
  type          = "ON_DEMAND"
  workflow_name = aws_glue_workflow.turned[0].name
  actions {
    job_name = aws_glue_job.minimal.name
  }
  actions {
    job_name = aws_glue_job.stream.name
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_glue_trigger" "event" {
  name          = "turned-event"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.turned[1].name
  actions {
    job_name = aws_glue_job.shell.name
  }
  event_batching_condition {
    batch_size   = local.later ? 20 : 5
    batch_window = local.later ? 600 : null
  }
}
