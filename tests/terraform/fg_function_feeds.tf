# A function in a VPC reads a table's stream and writes the group; what fails waits in a queue; alarms tell.
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
resource "aws_vpc" "feeds" {
  cidr_block           = "10.77.0.0/16"
  enable_dns_hostnames = true
}
data "aws_availability_zones" "here" {
  state = "available"
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}
resource "aws_subnet" "feeds" {
  count             = 2
  vpc_id            = aws_vpc.feeds.id
  cidr_block        = cidrsubnet(aws_vpc.feeds.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]
}
resource "aws_security_group" "feeds" {
  name_prefix = "feeds-"
  vpc_id      = aws_vpc.feeds.id
  description = "function"
}
resource "aws_vpc_security_group_egress_rule" "feeds" {
  security_group_id = aws_security_group.feeds.id
  cidr_ipv4         = aws_vpc.feeds.cidr_block
  ip_protocol       = "-1"
}
resource "aws_vpc_endpoint" "store" {
  vpc_id              = aws_vpc.feeds.id
  service_name        = "com.amazonaws.${data.aws_region.here.name}.sagemaker.featurestore-runtime"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.revision == 1 ? [aws_subnet.feeds[0].id] : aws_subnet.feeds[*].id
  security_group_ids  = [aws_security_group.feeds.id]
  private_dns_enabled = true
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = "*", Action = "sagemaker:PutRecord", Resource = aws_sagemaker_feature_group.feeds.arn
  }] })
  timeouts {
    create = "20m"
  }
}
resource "aws_dynamodb_table" "source" {
  name             = "feeds-source"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  stream_enabled   = true
  stream_view_type = var.revision == 1 ? "NEW_IMAGE" : "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
}
resource "aws_sqs_queue" "failed" {
  name                       = "feeds-failed"
  visibility_timeout_seconds = 90 * var.revision
}
resource "aws_iam_role" "feeds" {
  name               = "fg-function-feeds"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "sagemaker.amazonaws.com"] } }] })
}
resource "aws_iam_role_policy_attachment" "feeds" {
  for_each   = toset(["AWSLambdaVPCAccessExecutionRole", "AWSLambdaDynamoDBExecutionRole"])
  role       = aws_iam_role.feeds.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/${each.key}"
}
resource "aws_iam_role_policy" "feeds" {
  name = "write"
  role = aws_iam_role.feeds.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["sagemaker:PutRecord"], Resource = aws_sagemaker_feature_group.feeds.arn },
    { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.failed.arn },
  ] })
}
resource "aws_sagemaker_feature_group" "feeds" {
  feature_group_name             = "function-feeds"
  record_identifier_feature_name = "pk"
  event_time_feature_name        = "seen"
  role_arn                       = aws_iam_role.feeds.arn
  feature_definition {
    feature_name = "pk"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "seen"
    feature_type = "Fractional"
  }
  online_store_config {
    enable_online_store = true
    ttl_duration {
      unit  = "Hours"
      value = 6 * var.revision
    }
  }
}
resource "aws_cloudwatch_log_group" "feeds" {
  name              = "/aws/lambda/feeds-write"
  retention_in_days = 7
}
resource "aws_s3_bucket" "code" {
  bucket_prefix = "feeds-code-"
  force_destroy = true
}
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "feeds.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVgheWRwVQAAAFUAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6CiAgICByZXR1cm4geyJzZWVuIjogbGVuKGV2ZW50LmdldCgiUmVjb3JkcyIsIFtldmVudF0pKX0KUEsBAhQDFAAAAAAAAAAhWCF5ZHBVAAAAVQAAAAgAAAAAAAAAAAAAAKQBAAAAAGluZGV4LnB5UEsFBgAAAAABAAEANgAAAHsAAAAAAA=="
}
resource "aws_lambda_function" "feeds" {
  function_name                  = "feeds-write"
  role                           = aws_iam_role.feeds.arn
  handler                        = "index.handler"
  runtime                        = var.revision == 1 ? "python3.11" : "python3.12"
  s3_bucket                      = aws_s3_object.code.bucket
  s3_key                         = aws_s3_object.code.key
  memory_size                    = 256 * var.revision
  timeout                        = 30
  reserved_concurrent_executions = 5
  environment {
    variables = { GROUP = aws_sagemaker_feature_group.feeds.feature_group_name }
  }
  vpc_config {
    subnet_ids         = aws_subnet.feeds[*].id
    security_group_ids = [aws_security_group.feeds.id]
  }
  depends_on = [aws_cloudwatch_log_group.feeds, aws_iam_role_policy_attachment.feeds, aws_iam_role_policy.feeds]
}
resource "aws_lambda_event_source_mapping" "feeds" {
  event_source_arn                   = aws_dynamodb_table.source.stream_arn
  function_name                      = aws_lambda_function.feeds.arn
  starting_position                  = "LATEST"
  batch_size                         = 50 * var.revision
  maximum_batching_window_in_seconds = 5
  maximum_retry_attempts             = 2
  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed.arn
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "failed" {
  alarm_name          = "feeds-failed"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 0
  actions_enabled     = var.revision > 1
  metric_query {
    id          = "visible"
    return_data = true
    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      period      = 60
      stat        = "Maximum"
      unit        = "Count"
      dimensions  = { QueueName = aws_sqs_queue.failed.name }
    }
  }
}
