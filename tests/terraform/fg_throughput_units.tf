# Provisioned throughput, scaled up in place for the campaign season, with alarms on the headroom.

locals {
  read_units  = var.revision >= 2 ? 40 : 10
  write_units = var.revision >= 2 ? 12 : 5
}

resource "aws_iam_role" "campaign" {
  name_prefix = "r4-thr-units-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FeatureStore"
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["sagemaker.amazonaws.com"] }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy_attachment" "campaign" {
  role       = aws_iam_role.campaign.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_sagemaker_feature_group" "campaign" {
  feature_group_name             = "r4-throughput-units"
  record_identifier_feature_name = "household_id"
  event_time_feature_name        = "observed_at"
  role_arn                       = aws_iam_role.campaign.arn

  feature_definition {
    feature_name = "household_id"
    feature_type = "Integral"
  }

  feature_definition {
    feature_name = "observed_at"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "coupon_affinity"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "last_campaign"
    feature_type = "String"
  }

  online_store_config {
    enable_online_store = true
    storage_type        = "Standard"
  }

  throughput_config {
    throughput_mode                  = "Provisioned"
    provisioned_read_capacity_units  = local.read_units
    provisioned_write_capacity_units = local.write_units
  }

  tags = {
    Campaign = "winter"
  }

  depends_on = [aws_iam_role_policy_attachment.campaign]
}

resource "aws_sns_topic" "capacity" {
  name         = "r4-throughput-units-capacity"
  display_name = "FS capacity"
}

resource "aws_cloudwatch_metric_alarm" "read" {
  alarm_name          = "r4-throughput-units-read"
  alarm_description   = "Reads are close to what is provisioned"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "ConsumedReadRequestsUnits"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = local.read_units * 60 * 0.8
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    FeatureGroupName = aws_sagemaker_feature_group.campaign.feature_group_name
    OperationName    = "GetRecord"
  }

  alarm_actions = [aws_sns_topic.capacity.arn]
  ok_actions    = [aws_sns_topic.capacity.arn]
}

resource "aws_cloudwatch_metric_alarm" "write" {
  alarm_name          = "r4-throughput-units-write"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "ConsumedWriteRequestsUnits"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  threshold           = local.write_units * 60 * 0.8
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    FeatureGroupName = aws_sagemaker_feature_group.campaign.feature_group_name
    OperationName    = "PutRecord"
  }

  alarm_actions = [aws_sns_topic.capacity.arn]
}

output "provisioned_units" {
  value = {
    read  = aws_sagemaker_feature_group.campaign.throughput_config[0].provisioned_read_capacity_units
    write = aws_sagemaker_feature_group.campaign.throughput_config[0].provisioned_write_capacity_units
  }
}
