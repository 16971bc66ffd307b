# Log plumbing: encrypted groups, protection of personal data, subscription to a stream, metric stream, anomaly detector, account policy.
data "aws_caller_identity" "me" {}
data "aws_region" "me" {}

resource "aws_kms_key" "logs" {
  description             = "logs"
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { Service = "logs.${data.aws_region.me.name}.amazonaws.com" }, Action = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], Resource = "*" },
    ]
  })
}
resource "aws_cloudwatch_log_group" "service" {
  for_each          = { ingest = 7, serve = var.revision == 1 ? 14 : 30 }
  name              = "/features/${each.key}"
  retention_in_days = each.value
  kms_key_id        = aws_kms_key.logs.arn
  skip_destroy      = false
}
resource "aws_cloudwatch_log_stream" "serve" {
  name           = "main"
  log_group_name = aws_cloudwatch_log_group.service["serve"].name
}
resource "aws_cloudwatch_log_data_protection_policy" "ingest" {
  log_group_name = aws_cloudwatch_log_group.service["ingest"].name
  policy_document = jsonencode({
    Name    = "personal"
    Version = "2021-06-01"
    Statement = [
      { Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Audit = { FindingsDestination = {} } } },
      { Sid = "Redact", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Deidentify = { MaskConfig = {} } } },
    ]
  })
}

resource "aws_kinesis_stream" "logs" {
  name        = "logs-platform"
  shard_count = 1
}
resource "aws_iam_role" "logs" {
  name = "logs-platform"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["logs.amazonaws.com", "streams.metrics.cloudwatch.amazonaws.com", "firehose.amazonaws.com"] } }]
  })
}
resource "aws_iam_role_policy" "logs" {
  role = aws_iam_role.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kinesis:PutRecord", "kinesis:PutRecords"], Resource = aws_kinesis_stream.logs.arn },
      { Effect = "Allow", Action = ["firehose:PutRecord", "firehose:PutRecordBatch"], Resource = aws_kinesis_firehose_delivery_stream.metrics.arn },
      { Effect = "Allow", Action = ["s3:PutObject", "s3:GetBucketLocation", "s3:ListBucket"], Resource = ["${aws_s3_bucket.metrics.arn}/*", aws_s3_bucket.metrics.arn] },
    ]
  })
}
resource "aws_cloudwatch_log_subscription_filter" "serve" {
  name            = "errors"
  log_group_name  = aws_cloudwatch_log_group.service["serve"].name
  filter_pattern  = var.revision == 1 ? "ERROR" : "{ $.level = \"ERROR\" }"
  destination_arn = aws_kinesis_stream.logs.arn
  role_arn        = aws_iam_role.logs.arn
  distribution    = "Random"
  depends_on      = [aws_iam_role_policy.logs]
}
resource "aws_cloudwatch_log_destination" "central" {
  name       = "logs-platform"
  role_arn   = aws_iam_role.logs.arn
  target_arn = aws_kinesis_stream.logs.arn
  depends_on = [aws_iam_role_policy.logs]
}
resource "aws_cloudwatch_log_destination_policy" "central" {
  destination_name = aws_cloudwatch_log_destination.central.name
  access_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = ["333333333333"] }, Action = "logs:PutSubscriptionFilter", Resource = aws_cloudwatch_log_destination.central.arn }]
  })
}
resource "aws_cloudwatch_log_metric_filter" "slow" {
  for_each       = aws_cloudwatch_log_group.service
  name           = "slow"
  log_group_name = each.value.name
  pattern        = "[time, level, ms > ${100 * var.revision}]"
  metric_transformation {
    name          = "Slow"
    namespace     = "Features/${each.key}"
    value         = "$ms"
    default_value = "0"
    unit          = "Milliseconds"
  }
}
resource "aws_cloudwatch_log_anomaly_detector" "serve" {
  detector_name           = "serve"
  log_group_arn_list      = [aws_cloudwatch_log_group.service["serve"].arn]
  anomaly_visibility_time = 7 * var.revision
  evaluation_frequency    = "TEN_MIN"
  enabled                 = true
}
resource "aws_cloudwatch_log_index_policy" "serve" {
  log_group_name  = aws_cloudwatch_log_group.service["serve"].name
  policy_document = jsonencode({ Fields = ["requestId", "group${var.revision}"] })
}
resource "aws_cloudwatch_log_account_policy" "subscribe" {
  policy_name = "logs-platform"
  policy_type = "DATA_PROTECTION_POLICY"
  policy_document = jsonencode({
    Name    = "cards"
    Version = "2021-06-01"
    Statement = [
      { Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/CreditCardNumber"], Operation = { Audit = { FindingsDestination = {} } } },
      { Sid = "Redact", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/CreditCardNumber"], Operation = { Deidentify = { MaskConfig = {} } } },
    ]
  })
}

resource "aws_s3_bucket" "metrics" {
  bucket_prefix = "logs-platform-"
  force_destroy = true
}
resource "aws_kinesis_firehose_delivery_stream" "metrics" {
  name        = "logs-platform-metrics"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn           = aws_iam_role.logs.arn
    bucket_arn         = aws_s3_bucket.metrics.arn
    compression_format = "GZIP"
  }
}
resource "aws_cloudwatch_metric_stream" "features" {
  name          = "features"
  role_arn      = aws_iam_role.logs.arn
  firehose_arn  = aws_kinesis_firehose_delivery_stream.metrics.arn
  output_format = "json"
  include_filter {
    namespace    = "AWS/SageMaker/FeatureStore"
    metric_names = var.revision == 1 ? ["Latency"] : ["Latency", "Invocations"]
  }
  include_filter {
    namespace = "AWS/Athena"
  }
  depends_on = [aws_iam_role_policy.logs]
}
resource "aws_cloudwatch_query_definition" "errors" {
  name            = "features/errors"
  log_group_names = [for group in aws_cloudwatch_log_group.service : group.name]
  query_string    = <<-Q
    fields @timestamp, @message
    | filter @message like /ERROR/
    | limit ${20 * var.revision}
  Q
}
data "aws_cloudwatch_log_groups" "features" {
  log_group_name_prefix = "/features/"
  depends_on            = [aws_cloudwatch_log_group.service]
}
output "groups" { value = data.aws_cloudwatch_log_groups.features.log_group_names }
