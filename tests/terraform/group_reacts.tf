# A feature group whose changes reach a topic, a queue and a function; failures go where they can be seen.

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "code" {
  bucket_prefix = "group-reacts-"
  force_destroy = true
}

resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "react.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVgheWRwVQAAAFUAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6CiAgICByZXR1cm4geyJzZWVuIjogbGVuKGV2ZW50LmdldCgiUmVjb3JkcyIsIFtldmVudF0pKX0KUEsBAhQDFAAAAAAAAAAhWCF5ZHBVAAAAVQAAAAgAAAAAAAAAAAAAAKQBAAAAAGluZGV4LnB5UEsFBgAAAAABAAEANgAAAHsAAAAAAA=="
}

resource "aws_iam_role" "reacts" {
  name = "group-reacts"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "sagemaker.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy" "reacts" {
  name = "reacts"
  role = aws_iam_role.reacts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"], Resource = [for queue in aws_sqs_queue.this : queue.arn] },
      { Effect = "Allow", Action = ["sns:Publish"], Resource = aws_sns_topic.changes.arn },
      { Effect = "Allow", Action = ["sagemaker:PutRecord", "sagemaker:GetRecord", "sagemaker:DescribeFeatureGroup"], Resource = aws_sagemaker_feature_group.watched.arn },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.reacts.arn}:*" },
    ]
  })
}

resource "aws_sagemaker_feature_group" "watched" {
  feature_group_name             = "watched"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.reacts.arn
  dynamic "feature_definition" {
    for_each = { id = "String", at = "String", value = "Fractional" }
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }
  online_store_config {
    enable_online_store = true
    ttl_duration {
      unit  = "Minutes"
      value = 60 * var.revision
    }
  }
}

resource "aws_sns_topic" "changes" {
  name              = "group-reacts-changes"
  display_name      = "Changes ${var.revision}"
  kms_master_key_id = "alias/aws/sns"
  delivery_policy = jsonencode({
    http = { defaultHealthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 3, backoffFunction = "linear" } }
  })
  sqs_success_feedback_sample_rate = 10 * var.revision
  sqs_failure_feedback_role_arn    = aws_iam_role.reacts.arn
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "Events"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.changes.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.changes.arn]
    }
  }
}

resource "aws_sns_topic_policy" "changes" {
  arn    = aws_sns_topic.changes.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sqs_queue" "this" {
  for_each                   = toset(["work", "dead"])
  name                       = "group-reacts-${each.key}"
  visibility_timeout_seconds = 180
  receive_wait_time_seconds  = 10 * (var.revision - 1)
}

resource "aws_sqs_queue_redrive_policy" "work" {
  queue_url = aws_sqs_queue.this["work"].id
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.this["dead"].arn
    maxReceiveCount     = 3 + var.revision
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.this["dead"].id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this["work"].arn]
  })
}

resource "aws_sqs_queue_policy" "work" {
  queue_url = aws_sqs_queue.this["work"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.this["work"].arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.changes.arn } }
    }]
  })
}

resource "aws_sns_topic_subscription" "work" {
  topic_arn            = aws_sns_topic.changes.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this["work"].arn
  raw_message_delivery = var.revision > 1
  filter_policy_scope  = "MessageBody"
  filter_policy        = jsonencode({ detail = { FeatureGroupStatus = ["Created", "CreateFailed"], n = [{ numeric = [">=", var.revision] }] } })
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.this["dead"].arn })
}

resource "aws_cloudwatch_event_rule" "changes" {
  name = "group-reacts"
  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["SageMaker Feature Group State Change"]
    detail        = { FeatureGroupName = [aws_sagemaker_feature_group.watched.feature_group_name], FeatureGroupStatus = [{ "anything-but" = ["Creating"] }] }
  })
}

resource "aws_cloudwatch_event_target" "topic" {
  rule = aws_cloudwatch_event_rule.changes.name
  arn  = aws_sns_topic.changes.arn
}

resource "aws_cloudwatch_event_target" "function" {
  rule = aws_cloudwatch_event_rule.changes.name
  arn  = aws_lambda_alias.live.arn
}

resource "aws_cloudwatch_log_group" "reacts" {
  name              = "/aws/lambda/group-reacts"
  retention_in_days = 14
}

resource "aws_lambda_function" "reacts" {
  function_name                  = "group-reacts"
  role                           = aws_iam_role.reacts.arn
  runtime                        = "python3.12"
  handler                        = "index.handler"
  architectures                  = ["arm64"]
  s3_bucket                      = aws_s3_object.code.bucket
  s3_key                         = aws_s3_object.code.key
  publish                        = true
  reserved_concurrent_executions = 2 * var.revision
  memory_size                    = 256
  timeout                        = 30
  environment {
    variables = { GROUP = aws_sagemaker_feature_group.watched.feature_group_name, REVISION = var.revision }
  }
  ephemeral_storage {
    size = 1024
  }
  tracing_config {
    mode = "Active"
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.this["dead"].arn
  }
  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.reacts.name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }
  depends_on = [aws_iam_role_policy.reacts]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.reacts.function_name
  function_version = aws_lambda_function.reacts.version
}

resource "aws_lambda_permission" "rule" {
  statement_id_prefix = "rule-"
  action              = "lambda:InvokeFunction"
  function_name       = aws_lambda_function.reacts.function_name
  qualifier           = aws_lambda_alias.live.name
  principal           = "events.amazonaws.com"
  source_arn          = aws_cloudwatch_event_rule.changes.arn
}

resource "aws_lambda_event_source_mapping" "work" {
  event_source_arn                   = aws_sqs_queue.this["work"].arn
  function_name                      = aws_lambda_alias.live.arn
  batch_size                         = 10 * var.revision
  maximum_batching_window_in_seconds = 5
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 2
  }
  filter_criteria {
    filter {
      pattern = jsonencode({ body = { detail = { FeatureGroupStatus = ["Created"] } } })
    }
  }
}

resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.reacts.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_retry_attempts       = var.revision - 1
  maximum_event_age_in_seconds = 120
  destination_config {
    on_failure {
      destination = aws_sqs_queue.this["dead"].arn
    }
    on_success {
      destination = aws_sns_topic.changes.arn
    }
  }
}
