# Click events from Kinesis through a function into the online store, failures to a queue.
data "aws_partition" "p" {}
data "aws_caller_identity" "p" {}

resource "aws_s3_bucket" "code" {
  bucket_prefix = "fg-ingest-"
  force_destroy = true
}
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "ingest-r${var.revision}.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVhbk2c6QgAAAEIAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6CiAgICByZXR1cm4geyJiYXRjaEl0ZW1GYWlsdXJlcyI6IFtdfQpQSwECFAMUAAAAAAAAACFYW5NnOkIAAABCAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXgucHlQSwUGAAAAAAEAAQA2AAAAaAAAAAAA"
}

resource "aws_kinesis_stream" "clicks" {
  name             = "fg-ingest-clicks"
  retention_period = 24 * var.revision
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_kinesis_stream_consumer" "features" {
  name       = "features"
  stream_arn = aws_kinesis_stream.clicks.arn
}

resource "aws_sqs_queue" "failed" {
  name                       = "fg-ingest-failed"
  message_retention_seconds  = 1209600
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 30 * var.revision
}

resource "aws_iam_role" "store" {
  name = "fg-ingest-store"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_sagemaker_feature_group" "clicks" {
  feature_group_name             = "ingest-clicks"
  record_identifier_feature_name = "user"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.store.arn
  feature_definition {
    feature_name = "user"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "at"
    feature_type = "Fractional"
  }
  feature_definition {
    feature_name = "clicks_1h"
    feature_type = "Integral"
  }
  online_store_config {
    enable_online_store = true
    ttl_duration {
      unit  = "Hours"
      value = 48
    }
  }
}

resource "aws_iam_role" "ingest" {
  name = "fg-ingest-function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

data "aws_iam_policy_document" "ingest" {
  statement {
    actions   = ["sagemaker:PutRecord"]
    resources = [aws_sagemaker_feature_group.clicks.arn]
  }
  statement {
    actions   = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:SubscribeToShard"]
    resources = [aws_kinesis_stream.clicks.arn, aws_kinesis_stream_consumer.features.arn]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failed.arn]
  }
}

resource "aws_iam_role_policy" "ingest" {
  name   = "ingest"
  role   = aws_iam_role.ingest.id
  policy = data.aws_iam_policy_document.ingest.json
}

resource "aws_iam_role_policy_attachment" "basic" {
  for_each   = toset(["AWSLambdaBasicExecutionRole", "AWSLambdaKinesisExecutionRole", "AWSXRayDaemonWriteAccess"])
  role       = aws_iam_role.ingest.name
  policy_arn = each.key == "AWSXRayDaemonWriteAccess" ? "arn:${data.aws_partition.p.partition}:iam::aws:policy/${each.key}" : "arn:${data.aws_partition.p.partition}:iam::aws:policy/service-role/${each.key}"
}

resource "aws_cloudwatch_log_group" "ingest" {
  name              = "/aws/lambda/fg-ingest"
  retention_in_days = 14
}

resource "aws_lambda_function" "ingest" {
  function_name                  = "fg-ingest"
  role                           = aws_iam_role.ingest.arn
  runtime                        = "python3.12"
  handler                        = "index.handler"
  architectures                  = ["arm64"]
  s3_bucket                      = aws_s3_object.code.bucket
  s3_key                         = aws_s3_object.code.key
  timeout                        = 30
  memory_size                    = 256 * var.revision
  reserved_concurrent_executions = 5
  environment {
    variables = { FEATURE_GROUP = aws_sagemaker_feature_group.clicks.feature_group_name }
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }
  tracing_config {
    mode = "Active"
  }
  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.ingest.name
  }
  ephemeral_storage {
    size = 1024
  }
  depends_on = [aws_iam_role_policy.ingest, aws_iam_role_policy_attachment.basic]
}

resource "aws_lambda_event_source_mapping" "clicks" {
  event_source_arn                   = aws_kinesis_stream_consumer.features.arn
  function_name                      = aws_lambda_function.ingest.arn
  starting_position                  = "LATEST"
  batch_size                         = 100 * var.revision
  maximum_batching_window_in_seconds = 5
  parallelization_factor             = 2
  maximum_retry_attempts             = 3
  maximum_record_age_in_seconds      = 3600
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed.arn
    }
  }
  filter_criteria {
    filter {
      pattern = jsonencode({ data = { type = ["click"] } })
    }
  }
}
