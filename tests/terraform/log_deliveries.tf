# Vended logs on their way: sources, destinations of each kind, deliveries; filters, queries and policies that change.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_cloudwatch_log_group" "all" {
  for_each          = { one = "STANDARD", two = "INFREQUENT_ACCESS", three = "STANDARD" }
  name_prefix       = "deliveries-${each.key}-"
  log_group_class   = each.value
  retention_in_days = local.later ? 0 : 30
  tags              = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_s3_bucket" "logs" {
  bucket        = "log-deliveries"
  force_destroy = true
}
resource "aws_cloudwatch_event_bus" "source" {
  name = "log-deliveries"
}
resource "aws_cloudwatch_log_delivery_source" "bus" {
  name         = "log-deliveries"
  log_type     = "INFO_LOGS"
  resource_arn = aws_cloudwatch_event_bus.source.arn
  tags         = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_cloudwatch_log_delivery_destination" "bucket" {
  name          = "log-deliveries-bucket"
  output_format = local.later ? "json" : "plain"
  delivery_destination_configuration {
    destination_resource_arn = aws_s3_bucket.logs.arn
  }
}
resource "aws_cloudwatch_log_delivery_destination" "group" {
  name = "log-deliveries-group"
  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.all["one"].arn
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_cloudwatch_log_delivery_destination_policy" "group" {
  delivery_destination_name = aws_cloudwatch_log_delivery_destination.group.name
  delivery_destination_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "r${var.revision}", Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = "logs:CreateDelivery", Resource = aws_cloudwatch_log_delivery_destination.group.arn
  }] })
}
resource "aws_cloudwatch_log_delivery" "bucket" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.bus.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.bucket.arn
  field_delimiter          = local.later ? null : ","
  record_fields            = local.later ? ["event_timestamp", "resource_arn"] : ["event_timestamp"]
  s3_delivery_configuration {
    enable_hive_compatible_path = local.later
    suffix_path                 = "{region}/{yyyy}/{MM}"
  }
}
resource "aws_cloudwatch_log_delivery" "group" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.bus.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.group.arn
  tags                     = local.later ? { b = "2" } : { a = "1" }
  depends_on               = [aws_cloudwatch_log_delivery.bucket]
}
resource "aws_cloudwatch_log_metric_filter" "turned" {
  name           = "log-deliveries"
  log_group_name = aws_cloudwatch_log_group.all["one"].name
  pattern        = local.later ? "[w1=ERROR, w2]" : ""
  metric_transformation {
    name          = local.later ? "Two" : "One"
    namespace     = "features"
    value         = local.later ? "3" : "$.n"
    default_value = local.later ? "0" : null
    unit          = local.later ? "Seconds" : null
    dimensions    = local.later ? null : { group = "$.group" }
  }
}
resource "aws_cloudwatch_log_stream" "one" {
  name           = "r${var.revision}"
  log_group_name = aws_cloudwatch_log_group.all["two"].name
}
resource "aws_cloudwatch_query_definition" "turned" {
  name            = local.later ? "features/two" : "features/one"
  query_string    = "fields @timestamp | limit ${20 * var.revision}"
  log_group_names = local.later ? null : [aws_cloudwatch_log_group.all["one"].name, aws_cloudwatch_log_group.all["three"].name]
}
data "aws_cloudwatch_log_data_protection_policy_document" "all" {
  name    = "protect"
  version = "2021-06-01"
  statement {
    sid              = "Audit"
    data_identifiers = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
    operation {
      audit {
        findings_destination {
          s3 {
            bucket = aws_s3_bucket.logs.id
          }
        }
      }
    }
  }
  statement {
    sid              = "Deidentify"
    data_identifiers = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
    operation {
      deidentify {
        mask_config {}
      }
    }
  }
}
resource "aws_cloudwatch_log_data_protection_policy" "one" {
  log_group_name  = aws_cloudwatch_log_group.all["one"].name
  policy_document = data.aws_cloudwatch_log_data_protection_policy_document.all.json
}
resource "aws_cloudwatch_log_resource_policy" "turned" {
  policy_name = "log-deliveries"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = local.later ? ["es.amazonaws.com", "delivery.logs.amazonaws.com"] : ["delivery.logs.amazonaws.com"] }, Action = ["logs:PutLogEvents", "logs:CreateLogStream"], Resource = "arn:aws:logs:*"
  }] })
}
data "aws_cloudwatch_log_group" "one" {
  name = aws_cloudwatch_log_group.all["one"].name
}
data "aws_cloudwatch_log_groups" "all" {
  log_group_name_prefix = "deliveries-"
  depends_on            = [aws_cloudwatch_log_group.all]
}
output "read" {
  value = [data.aws_cloudwatch_log_group.one.log_group_class, length(data.aws_cloudwatch_log_groups.all.arns)]
}
