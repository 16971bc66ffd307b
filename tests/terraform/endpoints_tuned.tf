# Endpoints with limits of time, managed scaling, warm serverless capacity, core dumps, and careful ways to deploy.
resource "aws_kms_key" "dumps" {
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "dumps" {
  bucket        = "endpoints-tuned"
  force_destroy = true
}
resource "aws_iam_role" "tuned" {
  name               = "endpoints-tuned"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
data "aws_sagemaker_prebuilt_ecr_image" "kmeans" {
  repository_name = "kmeans"
  region          = "eu-west-1"
  dns_suffix      = "amazonaws.com"
}
resource "aws_sagemaker_model" "tuned" {
  name               = "endpoints-tuned"
  execution_role_arn = aws_iam_role.tuned.arn
  primary_container {
    image = data.aws_sagemaker_prebuilt_ecr_image.kmeans.registry_path
  }
  tags = var.revision == 1 ? { a = "1", b = "2" } : { b = "3" }
}
resource "aws_sagemaker_endpoint_configuration" "tuned" {
  name_prefix = "tuned-"
  production_variants {
    variant_name                                      = "one"
    model_name                                        = aws_sagemaker_model.tuned.name
    initial_instance_count                            = 2
    instance_type                                     = "ml.t2.medium"
    initial_variant_weight                            = var.revision
    container_startup_health_check_timeout_in_seconds = 60 * var.revision
    model_data_download_timeout_in_seconds            = 60
    enable_ssm_access                                 = true
    routing_config {
      routing_strategy = "RANDOM"
    }
    core_dump_config {
      destination_s3_uri = "s3://${aws_s3_bucket.dumps.bucket}/dumps/"
      kms_key_id         = aws_kms_key.dumps.arn
    }
  }
  production_variants {
    variant_name           = "two"
    model_name             = aws_sagemaker_model.tuned.name
    initial_instance_count = 1
    instance_type          = "ml.g4dn.xlarge"
    inference_ami_version  = "al2-ami-sagemaker-inference-gpu-2"
    managed_instance_scaling {
      status             = "ENABLED"
      min_instance_count = 1
      max_instance_count = 1 + var.revision
    }
  }
  tags = { revision = var.revision }
  lifecycle {
    create_before_destroy = true
  }
}
resource "aws_sagemaker_endpoint_configuration" "warm" {
  production_variants {
    model_name = aws_sagemaker_model.tuned.name
    serverless_config {
      max_concurrency         = 10
      memory_size_in_mb       = 1024
      provisioned_concurrency = 1
    }
  }
  tags = var.revision == 1 ? { a = "1" } : null
}
resource "aws_sagemaker_endpoint_configuration" "captured" {
  name = "tuned-captured"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.tuned.name
    initial_instance_count = 1
    instance_type          = "ml.t2.medium"
  }
  data_capture_config {
    enable_capture              = var.revision > 1
    initial_sampling_percentage = 50
    destination_s3_uri          = "s3://${aws_s3_bucket.dumps.bucket}/captured"
    kms_key_id                  = aws_kms_key.dumps.arn
    capture_options {
      capture_mode = "Input"
    }
    capture_options {
      capture_mode = "Output"
    }
    capture_content_type_header {
      json_content_types = ["application/jsonlines"]
    }
  }
}
resource "aws_sagemaker_endpoint_configuration" "quiet" {
  name = "tuned-quiet-${var.revision}"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.tuned.name
    initial_instance_count = 1
    instance_type          = "ml.t2.medium"
  }
  async_inference_config {
    output_config {
      s3_output_path = "s3://${aws_s3_bucket.dumps.bucket}/"
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}
resource "aws_cloudwatch_metric_alarm" "tuned" {
  alarm_name          = "endpoints-tuned"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 60
  statistic           = "Average"
  threshold           = 1
}
resource "aws_sagemaker_endpoint" "canary" {
  name                 = "tuned-canary"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.tuned.name
  deployment_config {
    blue_green_update_policy {
      traffic_routing_configuration {
        type                     = "CANARY"
        wait_interval_in_seconds = 60
        canary_size {
          type  = "INSTANCE_COUNT"
          value = 1
        }
      }
      maximum_execution_timeout_in_seconds = 1200
      termination_wait_in_seconds          = 60 * var.revision
    }
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.tuned.alarm_name
      }
    }
  }
}
resource "aws_sagemaker_endpoint" "linear" {
  name                 = "tuned-linear"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.tuned.name
  deployment_config {
    blue_green_update_policy {
      traffic_routing_configuration {
        type                     = "LINEAR"
        wait_interval_in_seconds = 120
        linear_step_size {
          type  = "CAPACITY_PERCENT"
          value = 25
        }
      }
    }
  }
  tags = var.revision == 1 ? { a = "1" } : { a = "1", b = "2" }
}
resource "aws_sagemaker_endpoint" "rolling" {
  endpoint_config_name = aws_sagemaker_endpoint_configuration.tuned.name
  deployment_config {
    rolling_update_policy {
      wait_interval_in_seconds             = 60 * var.revision
      maximum_execution_timeout_in_seconds = 3600
      maximum_batch_size {
        type  = "CAPACITY_PERCENT"
        value = 20
      }
      rollback_maximum_batch_size {
        type  = "INSTANCE_COUNT"
        value = 1
      }
    }
  }
}
resource "aws_sagemaker_endpoint" "quiet" {
  name                 = "tuned-quiet"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.quiet.name
}
