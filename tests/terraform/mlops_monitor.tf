# A model behind an endpoint with data capture, watched by a data quality schedule; model packages shared by a policy.
data "aws_caller_identity" "me" {}
data "aws_region" "me" {}
data "aws_sagemaker_prebuilt_ecr_image" "xgboost" {
  repository_name = "sagemaker-xgboost"
  image_tag       = "1.7-1"
}
data "aws_sagemaker_prebuilt_ecr_image" "monitor" {
  repository_name = "sagemaker-model-monitor-analyzer"
  image_tag       = ""
}

resource "aws_s3_bucket" "ml" {
  bucket        = "mlops-monitor-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}
resource "aws_s3_object" "model" {
  bucket         = aws_s3_bucket.ml.bucket
  key            = "models/r${var.revision}/model.tar.gz"
  content_base64 = base64gzip("weights ${var.revision}")
}

resource "aws_iam_role" "ml" {
  name               = "mlops-monitor"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "ml" {
  name = "ml"
  role = aws_iam_role.ml.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], Resource = [aws_s3_bucket.ml.arn, "${aws_s3_bucket.ml.arn}/*"] },
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"], Resource = "*" },
      { Effect = "Allow", Action = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "cloudwatch:PutMetricData"], Resource = "*" },
      { Effect = "Allow", Action = "sagemaker:GetRecord", Resource = "arn:aws:sagemaker:*:*:feature-group/*" },
    ]
  })
}

resource "aws_sagemaker_model_package_group" "churn" {
  model_package_group_name        = "mlops-churn"
  model_package_group_description = "churn models"
}
data "aws_iam_policy_document" "packages" {
  statement {
    sid       = "Share"
    actions   = ["sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackages"]
    resources = [aws_sagemaker_model_package_group.churn.arn]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id]
    }
  }
}
resource "aws_sagemaker_model_package_group_policy" "churn" {
  model_package_group_name = aws_sagemaker_model_package_group.churn.model_package_group_name
  resource_policy          = jsonencode(jsondecode(data.aws_iam_policy_document.packages.json))
}

resource "aws_sagemaker_model" "churn" {
  name                     = "churn-r${var.revision}"
  execution_role_arn       = aws_iam_role.ml.arn
  enable_network_isolation = true
  primary_container {
    image          = data.aws_sagemaker_prebuilt_ecr_image.xgboost.registry_path
    model_data_url = "s3://${aws_s3_bucket.ml.bucket}/${aws_s3_object.model.key}"
    environment    = { SAGEMAKER_PROGRAM = "inference.py" }
  }
  lifecycle {
    create_before_destroy = true
  }
  depends_on = [aws_iam_role_policy.ml]
}

resource "aws_sagemaker_endpoint_configuration" "churn" {
  name_prefix = "churn-"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.churn.name
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
    initial_variant_weight = 1
    routing_config {
      routing_strategy = "LEAST_OUTSTANDING_REQUESTS"
    }
  }
  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 50
    destination_s3_uri          = "s3://${aws_s3_bucket.ml.bucket}/capture"
    capture_options {
      capture_mode = "Input"
    }
    capture_options {
      capture_mode = "Output"
    }
    capture_content_type_header {
      csv_content_types  = ["text/csv"]
      json_content_types = ["application/json"]
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "churn" {
  name                 = "mlops-churn"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.churn.name
  deployment_config {
    blue_green_update_policy {
      traffic_routing_configuration {
        type                     = "ALL_AT_ONCE"
        wait_interval_in_seconds = 0
      }
      termination_wait_in_seconds          = 0
      maximum_execution_timeout_in_seconds = 1800
    }
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.errors.alarm_name
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "mlops-churn-5xx"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  dimensions          = { EndpointName = "mlops-churn", VariantName = "main" }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
}

resource "aws_appautoscaling_target" "main" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.churn.name}/variant/main"
  min_capacity       = 1
  max_capacity       = 2 * var.revision
}
resource "aws_appautoscaling_policy" "main" {
  name               = "mlops-churn"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension
  resource_id        = aws_appautoscaling_target.main.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = 100 * var.revision
    scale_in_cooldown  = 300
    scale_out_cooldown = 60
    predefined_metric_specification {
      predefined_metric_type = "SageMakerVariantInvocationsPerInstance"
    }
  }
}

resource "aws_sagemaker_data_quality_job_definition" "churn" {
  name     = "mlops-churn-quality"
  role_arn = aws_iam_role.ml.arn
  data_quality_app_specification {
    image_uri   = data.aws_sagemaker_prebuilt_ecr_image.monitor.registry_path
    environment = { publish_cloudwatch_metrics = "Enabled" }
  }
  data_quality_job_input {
    endpoint_input {
      endpoint_name = aws_sagemaker_endpoint.churn.name
    }
  }
  data_quality_job_output_config {
    monitoring_outputs {
      s3_output {
        s3_uri         = "s3://${aws_s3_bucket.ml.bucket}/quality"
        s3_upload_mode = "EndOfJob"
      }
    }
  }
  job_resources {
    cluster_config {
      instance_count    = 1
      instance_type     = "ml.m5.large"
      volume_size_in_gb = 20
    }
  }
  stopping_condition {
    max_runtime_in_seconds = 1800
  }
}

resource "aws_sagemaker_monitoring_schedule" "churn" {
  name = "mlops-churn"
  monitoring_schedule_config {
    monitoring_job_definition_name = aws_sagemaker_data_quality_job_definition.churn.name
    monitoring_type                = "DataQuality"
    schedule_config {
      schedule_expression = var.revision == 1 ? "cron(0 * ? * * *)" : "cron(0 0 ? * * *)"
    }
  }
}
