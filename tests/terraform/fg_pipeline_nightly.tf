# A SageMaker pipeline that rebuilds features every night: started by EventBridge Scheduler and by a state machine.
data "aws_caller_identity" "a" {}
data "aws_region" "a" {}
data "aws_sagemaker_prebuilt_ecr_image" "sklearn" {
  repository_name = "sagemaker-scikit-learn"
  image_tag       = "1.2-1-cpu-py3"
}

resource "aws_s3_bucket" "work" {
  bucket        = "fg-nightly-${data.aws_caller_identity.a.account_id}"
  force_destroy = true
}

resource "aws_s3_object" "script" {
  bucket  = aws_s3_bucket.work.id
  key     = "code/build.py"
  content = "print('build', ${var.revision})\n"
}

resource "aws_iam_role" "pipeline" {
  name = "fg-nightly-pipeline"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "pipeline" {
  role       = aws_iam_role.pipeline.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_sagemaker_pipeline" "nightly" {
  pipeline_name         = "fg-nightly"
  pipeline_display_name = "fg-nightly"
  pipeline_description  = "rebuild features, revision ${var.revision}"
  role_arn              = aws_iam_role.pipeline.arn
  parallelism_configuration {
    max_parallel_execution_steps = 2 * var.revision
  }
  pipeline_definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "Day", Type = "String", DefaultValue = "today" }]
    Steps = [{
      Name = "Build"
      Type = "Processing"
      Arguments = {
        RoleArn             = aws_iam_role.pipeline.arn
        ProcessingResources = { ClusterConfig = { InstanceCount = 1, InstanceType = "ml.m5.large", VolumeSizeInGB = 30 } }
        AppSpecification    = { ImageUri = data.aws_sagemaker_prebuilt_ecr_image.sklearn.registry_path, ContainerEntrypoint = ["python3", "/opt/ml/processing/code/build.py"] }
        ProcessingInputs = [{
          InputName = "code"
          S3Input   = { S3Uri = "s3://${aws_s3_bucket.work.id}/${aws_s3_object.script.key}", LocalPath = "/opt/ml/processing/code", S3DataType = "S3Prefix", S3InputMode = "File" }
        }]
      }
    }]
  })
  tags = { script = md5(aws_s3_object.script.content) }
}

resource "aws_iam_role" "starter" {
  name = "fg-nightly-starter"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["scheduler.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "starter" {
  role = aws_iam_role.starter.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sagemaker:StartPipelineExecution", Resource = aws_sagemaker_pipeline.nightly.arn },
      { Effect = "Allow", Action = "states:StartExecution", Resource = "arn:aws:states:${data.aws_region.a.name}:${data.aws_caller_identity.a.account_id}:stateMachine:fg-nightly" },
      { Effect = "Allow", Action = ["logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"], Resource = "*" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.missed.arn },
    ]
  })
}

resource "aws_sqs_queue" "missed" {
  name = "fg-nightly-missed"
}

resource "aws_scheduler_schedule_group" "features" {
  name = "features"
}

resource "aws_scheduler_schedule" "nightly" {
  name                         = "nightly"
  group_name                   = aws_scheduler_schedule_group.features.name
  description                  = "every night"
  schedule_expression          = "cron(0 ${var.revision} * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  state                        = "ENABLED"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15 * var.revision
  }
  target {
    arn      = aws_sagemaker_pipeline.nightly.arn
    role_arn = aws_iam_role.starter.arn
    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Day"
        value = "yesterday"
      }
    }
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
    dead_letter_config {
      arn = aws_sqs_queue.missed.arn
    }
  }
  depends_on = [aws_iam_role_policy.starter]
}

resource "aws_cloudwatch_log_group" "states" {
  name              = "/aws/vendedlogs/states/fg-nightly"
  retention_in_days = 7
}

resource "aws_sfn_state_machine" "nightly" {
  name     = "fg-nightly"
  role_arn = aws_iam_role.starter.arn
  type     = "STANDARD"
  publish  = true
  definition = jsonencode({
    Comment = "revision ${var.revision}"
    StartAt = "Start"
    States = {
      Start = {
        Type       = "Task"
        Resource   = "arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution"
        Parameters = { PipelineName = aws_sagemaker_pipeline.nightly.pipeline_name, "ClientRequestToken.$" = "$$.Execution.Name" }
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
  tracing_configuration {
    enabled = true
  }
  depends_on = [aws_iam_role_policy.starter]
}

resource "aws_sfn_alias" "live" {
  name = "live"
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.nightly.state_machine_version_arn
    weight                    = 100
  }
}

resource "aws_cloudwatch_event_rule" "raw" {
  name                = "fg-nightly-raw"
  schedule_expression = "rate(${var.revision} ${var.revision == 1 ? "day" : "days"})"
}

resource "aws_cloudwatch_event_target" "machine" {
  rule     = aws_cloudwatch_event_rule.raw.name
  arn      = aws_sfn_state_machine.nightly.arn
  role_arn = aws_iam_role.starter.arn
  input    = jsonencode({ day = "today" })
  retry_policy {
    maximum_event_age_in_seconds = 600
    maximum_retry_attempts       = 2
  }
}

resource "aws_cloudwatch_event_target" "pipeline" {
  rule     = aws_cloudwatch_event_rule.raw.name
  arn      = aws_sagemaker_pipeline.nightly.arn
  role_arn = aws_iam_role.starter.arn
  sagemaker_pipeline_target {
    pipeline_parameter_list {
      name  = "Day"
      value = "r${var.revision}"
    }
  }
}
