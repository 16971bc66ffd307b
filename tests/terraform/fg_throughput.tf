# Provisioned throughput that follows the season, next to an on-demand group.
variable "capacity" {
  type    = map(object({ read = number, write = number }))
  default = { "1" = { read = 10, write = 5 }, "2" = { read = 40, write = 20 } }
}

locals {
  now = var.capacity[tostring(var.revision)]
}

resource "aws_iam_role" "fs" {
  name = "fg-throughput"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["sagemaker.amazonaws.com"] }
    }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"]
}

resource "aws_sagemaker_feature_group" "provisioned" {
  feature_group_name             = "throughput-provisioned"
  record_identifier_feature_name = "session"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fs.arn

  feature_definition {
    feature_name = "session"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "clicks"
    feature_type = "Integral"
  }

  online_store_config {
    enable_online_store = true
    storage_type        = "Standard"
  }

  throughput_config {
    throughput_mode                  = "Provisioned"
    provisioned_read_capacity_units  = local.now.read
    provisioned_write_capacity_units = local.now.write
  }
}

resource "aws_sagemaker_feature_group" "on_demand" {
  feature_group_name             = "throughput-on-demand"
  record_identifier_feature_name = "session"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fs.arn

  feature_definition {
    feature_name = "session"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }

  online_store_config {
    enable_online_store = true
  }

  throughput_config {
    throughput_mode = "OnDemand"
  }
}

resource "aws_cloudwatch_metric_alarm" "throttled" {
  for_each            = { for g in [aws_sagemaker_feature_group.provisioned, aws_sagemaker_feature_group.on_demand] : g.feature_group_name => g.arn }
  alarm_name          = "${each.key}-read-capacity"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "ConsumedReadRequestsUnits"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.now.read * 60 * 0.8
  treat_missing_data  = "notBreaching"
  dimensions          = { FeatureGroupName = each.key, OperationName = "GetRecord" }
}
