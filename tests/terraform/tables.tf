# State beside a feature store: cursors of pipelines in DynamoDB, with an index, expiry, recovery, a stream and scaling.
resource "aws_kms_key" "this" { deletion_window_in_days = 7 }
resource "aws_dynamodb_table" "cursors" {
  name             = "others-cursors"
  billing_mode     = "PROVISIONED"
  read_capacity    = 5
  write_capacity   = 5 * var.revision
  hash_key         = "pipeline"
  range_key        = "shard"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pipeline"
    type = "S"
  }
  attribute {
    name = "shard"
    type = "N"
  }
  attribute {
    name = "state"
    type = "S"
  }
  global_secondary_index {
    name            = "by-state"
    hash_key        = "state"
    projection_type = "ALL"
    read_capacity   = 2
    write_capacity  = 2
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery { enabled = var.revision == 2 }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_dynamodb_table_item" "start" {
  table_name = aws_dynamodb_table.cursors.name
  hash_key   = "pipeline"
  range_key  = "shard"
  item       = jsonencode({ pipeline = { S = "clicks" }, shard = { N = "0" }, position = { S = tostring(var.revision) } })
}
resource "aws_appautoscaling_target" "read" {
  max_capacity       = 20
  min_capacity       = 5
  resource_id        = "table/${aws_dynamodb_table.cursors.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}
resource "aws_appautoscaling_policy" "read" {
  name               = "DynamoDBReadCapacityUtilization:${aws_appautoscaling_target.read.resource_id}"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.read.resource_id
  scalable_dimension = aws_appautoscaling_target.read.scalable_dimension
  service_namespace  = aws_appautoscaling_target.read.service_namespace
  target_tracking_scaling_policy_configuration {
    predefined_metric_specification { predefined_metric_type = "DynamoDBReadCapacityUtilization" }
    target_value = 70
  }
}
resource "aws_dynamodb_resource_policy" "cursors" {
  resource_arn = aws_dynamodb_table.cursors.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "Read", Effect = "Allow", Principal = { AWS = "arn:aws:iam::222222222222:root" }, Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.cursors.arn
  }] })
}
data "aws_dynamodb_table" "cursors" { name = aws_dynamodb_table.cursors.name }
