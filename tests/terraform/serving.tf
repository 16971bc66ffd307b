# Inference that reads features: a model in the VPC, its endpoint, and scaling by invocations.
locals {
  image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1"
}
resource "aws_vpc" "this" { cidr_block = "10.32.0.0/16" }
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.32.1.0/24"
}
resource "aws_security_group" "this" {
  name   = "others-serving"
  vpc_id = aws_vpc.this.id
}
resource "aws_s3_bucket" "models" {
  bucket        = "others-serving-models"
  force_destroy = true
}
resource "aws_iam_role" "this" {
  name               = "others-serving"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"], Resource = "arn:aws:sagemaker:*:*:feature-group/sessions" }] })
}
resource "aws_sagemaker_model" "this" {
  name                     = "others-serving-${var.revision}"
  execution_role_arn       = aws_iam_role.this.arn
  enable_network_isolation = false
  primary_container {
    image          = local.image
    model_data_url = "s3://${aws_s3_bucket.models.bucket}/model.tar.gz"
    environment    = { FEATURE_GROUP = "sessions" }
  }
  vpc_config {
    subnets            = [aws_subnet.this.id]
    security_group_ids = [aws_security_group.this.id]
  }
  lifecycle { create_before_destroy = true }
}
resource "aws_sagemaker_endpoint_configuration" "this" {
  name = "others-serving-${var.revision}"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.this.name
    initial_instance_count = 1
    instance_type          = "ml.m5.large"
    initial_variant_weight = 1
  }
  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 10
    destination_s3_uri          = "s3://${aws_s3_bucket.models.bucket}/capture"
    capture_options { capture_mode = "Input" }
    capture_options { capture_mode = "Output" }
  }
  lifecycle { create_before_destroy = true }
}
resource "aws_sagemaker_endpoint" "this" {
  name                 = "others-serving"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name
  tags                 = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_endpoint_configuration" "serverless" {
  name = "others-serverless-${var.revision}"
  production_variants {
    variant_name = "main"
    model_name   = aws_sagemaker_model.this.name
    serverless_config {
      max_concurrency   = 5
      memory_size_in_mb = 2048
    }
  }
}
resource "aws_appautoscaling_target" "this" {
  min_capacity       = 1
  max_capacity       = 2 * var.revision
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this.name}/variant/main"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  service_namespace  = "sagemaker"
}
resource "aws_appautoscaling_policy" "this" {
  name               = "invocations"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  target_tracking_scaling_policy_configuration {
    target_value       = 100 * var.revision
    scale_in_cooldown  = 300
    scale_out_cooldown = 60
    predefined_metric_specification { predefined_metric_type = "SageMakerVariantInvocationsPerInstance" }
  }
}
resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  schedule           = "cron(0 22 * * ? *)"
  scalable_target_action {
    min_capacity = 1
    max_capacity = 1
  }
}
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "others-serving-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5 * var.revision
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  dimensions          = { EndpointName = aws_sagemaker_endpoint.this.name, VariantName = "main" }
}
