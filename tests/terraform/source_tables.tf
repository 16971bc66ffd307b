# Operational tables that feed features: global indexes, scaling, backups, streams to Kinesis, a resource policy, imports of items.
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "tables" {
  description             = "tables"
  deletion_window_in_days = 7
}
resource "aws_kinesis_stream" "changes" {
  name                = "source-tables"
  shard_count         = var.revision
  shard_level_metrics = ["IncomingBytes", "OutgoingBytes"]
}

resource "aws_dynamodb_table" "orders" {
  name                        = "source-orders"
  billing_mode                = "PROVISIONED"
  read_capacity               = 5
  write_capacity              = 5
  hash_key                    = "customer"
  range_key                   = "at"
  table_class                 = "STANDARD"
  deletion_protection_enabled = false
  attribute {
    name = "customer"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  attribute {
    name = "shop"
    type = "S"
  }
  global_secondary_index {
    name               = "by-shop"
    hash_key           = "shop"
    range_key          = "at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["total"]
    read_capacity      = 2 * var.revision
    write_capacity     = 2
  }
  local_secondary_index {
    name            = "by-customer-shop"
    range_key       = "shop"
    projection_type = "KEYS_ONLY"
  }
  ttl {
    enabled        = true
    attribute_name = "expires"
  }
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 7 * var.revision
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.tables.arn
  }
  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
  }
}
resource "aws_dynamodb_kinesis_streaming_destination" "orders" {
  table_name                               = aws_dynamodb_table.orders.name
  stream_arn                               = aws_kinesis_stream.changes.arn
  approximate_creation_date_time_precision = "MICROSECOND"
}
resource "aws_dynamodb_contributor_insights" "orders" {
  table_name = aws_dynamodb_table.orders.name
}
resource "aws_dynamodb_resource_policy" "orders" {
  resource_arn = aws_dynamodb_table.orders.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Read"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource  = aws_dynamodb_table.orders.arn
    }]
  })
}
resource "aws_appautoscaling_target" "orders" {
  for_each           = toset(["Read", "Write"])
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.orders.name}"
  scalable_dimension = "dynamodb:table:${each.key}CapacityUnits"
  min_capacity       = 5
  max_capacity       = 50 * var.revision
}
resource "aws_appautoscaling_policy" "orders" {
  for_each           = aws_appautoscaling_target.orders
  name               = "source-orders-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = each.value.service_namespace
  resource_id        = each.value.resource_id
  scalable_dimension = each.value.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 70
    predefined_metric_specification {
      predefined_metric_type = "DynamoDB${each.key}CapacityUtilization"
    }
  }
}
resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  service_namespace  = aws_appautoscaling_target.orders["Read"].service_namespace
  resource_id        = aws_appautoscaling_target.orders["Read"].resource_id
  scalable_dimension = aws_appautoscaling_target.orders["Read"].scalable_dimension
  schedule           = "cron(0 ${20 + var.revision} * * ? *)"
  timezone           = "Europe/Dublin"
  scalable_target_action {
    min_capacity = 5
    max_capacity = 10
  }
}

resource "aws_dynamodb_table" "lookups" {
  name         = "source-lookups"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "key"
  on_demand_throughput {
    max_read_request_units  = 100 * var.revision
    max_write_request_units = 50
  }
  attribute {
    name = "key"
    type = "S"
  }
}
resource "aws_dynamodb_table_item" "lookups" {
  for_each   = { de = "Germany", ie = "Ireland" }
  table_name = aws_dynamodb_table.lookups.name
  hash_key   = aws_dynamodb_table.lookups.hash_key
  item = jsonencode({
    key      = { S = each.key }
    name     = { S = each.value }
    revision = { N = tostring(var.revision) }
  })
}
data "aws_dynamodb_table_item" "ie" {
  table_name = aws_dynamodb_table.lookups.name
  key        = jsonencode({ key = { S = "ie" } })
  depends_on = [aws_dynamodb_table_item.lookups]
}
output "ireland" { value = jsondecode(data.aws_dynamodb_table_item.ie.item).name.S }
