# Streaming ingestion: Kinesis -> Lambda -> PutRecord, failures to a queue, a copy of everything in S3 by Firehose.
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

locals {
  name = "others-ingest"
  code = "UEsDBBQAAAAAAAAAIQBdWcVIKAAAACgAAAAEAAAAYS5weWRlZiBoYW5kbGVyKGV2ZW50LCBjb250ZXh0KTogcmV0dXJuIDFQSwECFAMUAAAAAAAAACEAXVnFSCgAAAAoAAAABAAAAAAAAAAAAAAAgAEAAAAAYS5weVBLBQYAAAAAAQABADIAAABKAAAAAAA="
}

resource "aws_s3_bucket" "raw" {
  bucket_prefix = "others-ingest-"
  force_destroy = true
}
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.raw.id
  key            = "code/writer.zip"
  content_base64 = local.code
}
resource "aws_kinesis_stream" "clicks" {
  name                = local.name
  shard_count         = var.revision
  retention_period    = 24 * var.revision
  encryption_type     = "KMS"
  kms_key_id          = "alias/aws/kinesis"
  shard_level_metrics = ["IncomingBytes", "OutgoingBytes"]
  stream_mode_details { stream_mode = "PROVISIONED" }
  tags = { revision = tostring(var.revision) }
}
resource "aws_kinesis_stream" "on_demand" {
  name = "${local.name}-od"
  stream_mode_details { stream_mode = "ON_DEMAND" }
}
resource "aws_kinesis_stream_consumer" "reader" {
  name       = "reader"
  stream_arn = aws_kinesis_stream.clicks.arn
}
resource "aws_sqs_queue" "failed" {
  name                    = "${local.name}-failed"
  sqs_managed_sse_enabled = true
}
resource "aws_iam_role" "writer" {
  name = "${local.name}-writer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  inline_policy {
    name = "write"
    policy = jsonencode({ Version = "2012-10-17", Statement = [
      { Effect = "Allow", Action = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards"], Resource = aws_kinesis_stream.clicks.arn },
      { Effect = "Allow", Action = "sagemaker:PutRecord", Resource = "arn:${data.aws_partition.current.partition}:sagemaker:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:feature-group/clicks" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.failed.arn },
    ] })
  }
}
resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.writer.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_cloudwatch_log_group" "writer" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = 14
}
resource "aws_lambda_layer_version" "deps" {
  layer_name          = "${local.name}-deps"
  s3_bucket           = aws_s3_bucket.raw.id
  s3_key              = aws_s3_object.code.key
  compatible_runtimes = ["python3.12"]
}
resource "aws_lambda_function" "writer" {
  function_name                  = local.name
  role                           = aws_iam_role.writer.arn
  handler                        = "a.handler"
  runtime                        = "python3.12"
  s3_bucket                      = aws_s3_bucket.raw.id
  s3_key                         = aws_s3_object.code.key
  source_code_hash               = base64sha256(local.code)
  memory_size                    = 256 * var.revision
  timeout                        = 60
  layers                         = [aws_lambda_layer_version.deps.arn]
  reserved_concurrent_executions = 5
  architectures                  = ["arm64"]
  publish                        = true
  environment { variables = { FEATURE_GROUP = "clicks" } }
  dead_letter_config { target_arn = aws_sqs_queue.failed.arn }
  tracing_config { mode = "Active" }
  ephemeral_storage { size = 1024 }
  depends_on = [aws_cloudwatch_log_group.writer, aws_iam_role_policy_attachment.logs]
}
resource "aws_lambda_event_source_mapping" "clicks" {
  event_source_arn                   = aws_kinesis_stream.clicks.arn
  function_name                      = aws_lambda_function.writer.arn
  starting_position                  = "LATEST"
  batch_size                         = 100 * var.revision
  maximum_batching_window_in_seconds = 5
  maximum_retry_attempts             = 3
  bisect_batch_on_function_error     = true
  parallelization_factor             = 2
  destination_config {
    on_failure { destination_arn = aws_sqs_queue.failed.arn }
  }
  filter_criteria {
    filter { pattern = jsonencode({ data = { kind = ["click"] } }) }
  }
}
resource "aws_lambda_function_event_invoke_config" "writer" {
  function_name          = aws_lambda_function.writer.function_name
  maximum_retry_attempts = var.revision - 1
  destination_config {
    on_failure { destination = aws_sqs_queue.failed.arn }
  }
}
resource "aws_iam_role" "firehose" {
  name = "${local.name}-firehose"
  assume_role_policy = jsonencode({
    Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "firehose.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "firehose" {
  name = "deliver"
  role = aws_iam_role.firehose.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:PutObject", "s3:GetBucketLocation", "s3:ListBucket", "s3:AbortMultipartUpload"], Resource = [aws_s3_bucket.raw.arn, "${aws_s3_bucket.raw.arn}/*"] },
    { Effect = "Allow", Action = ["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords"], Resource = aws_kinesis_stream.clicks.arn },
  ] })
}
resource "aws_kinesis_firehose_delivery_stream" "raw" {
  name        = local.name
  destination = "extended_s3"
  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.clicks.arn
    role_arn           = aws_iam_role.firehose.arn
  }
  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = aws_s3_bucket.raw.arn
    prefix              = "clicks/!{timestamp:yyyy/MM/dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/"
    buffering_size      = 64
    buffering_interval  = 60 * var.revision
    compression_format  = "GZIP"
    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.writer.name
      log_stream_name = "delivery"
    }
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_kinesis_firehose_delivery_stream" "direct" {
  name        = "${local.name}-direct"
  destination = "extended_s3"
  server_side_encryption { enabled = true }
  extended_s3_configuration {
    role_arn   = aws_iam_role.firehose.arn
    bucket_arn = aws_s3_bucket.raw.arn
    dynamic_partitioning_configuration { enabled = true }
    prefix              = "customer=!{partitionKeyFromQuery:customer}/"
    error_output_prefix = "errors/"
    buffering_size      = 64
    processing_configuration {
      enabled = true
      processors {
        type = "Lambda"
        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.writer.arn}:$LATEST"
        }
      }
      processors {
        type = "MetadataExtraction"
        parameters {
          parameter_name  = "JsonParsingEngine"
          parameter_value = "JQ-1.6"
        }
        parameters {
          parameter_name  = "MetadataExtractionQuery"
          parameter_value = "{customer:.customer}"
        }
      }
    }
  }
}
resource "aws_lambda_function_url" "writer" {
  function_name      = aws_lambda_function.writer.function_name
  authorization_type = "AWS_IAM"
  cors {
    allow_origins = ["https://example.com"]
    max_age       = 60 * var.revision
  }
}
output "url" { value = aws_lambda_function_url.writer.function_url }
