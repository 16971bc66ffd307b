# Serverless and asynchronous inference, a multi-model container, a VPC model, shadow traffic; notifications by SNS.
data "aws_sagemaker_prebuilt_ecr_image" "pytorch" {
  repository_name = "pytorch-inference"
  image_tag       = "2.1.0-cpu-py310-ubuntu20.04-sagemaker"
}

resource "aws_s3_bucket" "async" {
  bucket_prefix = "mlops-async-"
  force_destroy = true
}
resource "aws_kms_key" "async" {
  description             = "async inference"
  deletion_window_in_days = 7
}
resource "aws_sns_topic" "done" {
  for_each = toset(["success", "error"])
  name     = "mlops-async-${each.key}"
}
resource "aws_iam_role" "async" {
  name_prefix        = "mlops-async-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "async" {
  role       = aws_iam_role.async.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_vpc" "async" {
  cidr_block = "10.93.0.0/24"
}
resource "aws_subnet" "async" {
  vpc_id     = aws_vpc.async.id
  cidr_block = "10.93.0.0/26"
}
resource "aws_security_group" "async" {
  vpc_id      = aws_vpc.async.id
  description = "models"
  name_prefix = "models-"
}

resource "aws_sagemaker_model" "vpc" {
  execution_role_arn = aws_iam_role.async.arn
  container {
    image              = data.aws_sagemaker_prebuilt_ecr_image.pytorch.registry_path
    mode               = "SingleModel"
    container_hostname = "prepare"
    model_data_source {
      s3_data_source {
        s3_data_type     = "S3Prefix"
        s3_uri           = "s3://${aws_s3_bucket.async.bucket}/prepare/"
        compression_type = "None"
      }
    }
  }
  container {
    image              = data.aws_sagemaker_prebuilt_ecr_image.pytorch.registry_path
    container_hostname = "predict"
    model_data_url     = "s3://${aws_s3_bucket.async.bucket}/predict.tar.gz"
  }
  inference_execution_config {
    mode = "Serial"
  }
  vpc_config {
    subnets            = [aws_subnet.async.id]
    security_group_ids = [aws_security_group.async.id]
  }
  tags = { revision = var.revision }
}

resource "aws_sagemaker_model" "multi" {
  name               = "mlops-async-multi"
  execution_role_arn = aws_iam_role.async.arn
  primary_container {
    image          = data.aws_sagemaker_prebuilt_ecr_image.pytorch.registry_path
    mode           = "MultiModel"
    model_data_url = "s3://${aws_s3_bucket.async.bucket}/many/"
    multi_model_config {
      model_cache_setting = "Enabled"
    }
  }
}

resource "aws_sagemaker_model" "single" {
  name               = "mlops-async-single"
  execution_role_arn = aws_iam_role.async.arn
  primary_container {
    image          = data.aws_sagemaker_prebuilt_ecr_image.pytorch.registry_path
    model_data_url = "s3://${aws_s3_bucket.async.bucket}/single.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "async" {
  name        = "mlops-async-r${var.revision}"
  kms_key_arn = aws_kms_key.async.arn
  production_variants {
    variant_name           = "a"
    model_name             = aws_sagemaker_model.single.name
    initial_instance_count = var.revision
    instance_type          = "ml.c5.large"
    volume_size_in_gb      = 30
  }
  async_inference_config {
    client_config {
      max_concurrent_invocations_per_instance = 4
    }
    output_config {
      s3_output_path  = "s3://${aws_s3_bucket.async.bucket}/out"
      s3_failure_path = "s3://${aws_s3_bucket.async.bucket}/failed"
      kms_key_id      = aws_kms_key.async.arn
      notification_config {
        success_topic                 = aws_sns_topic.done["success"].arn
        error_topic                   = aws_sns_topic.done["error"].arn
        include_inference_response_in = ["SUCCESS_NOTIFICATION_TOPIC"]
      }
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint_configuration" "serverless" {
  name = "mlops-serverless-r${var.revision}"
  production_variants {
    variant_name = "AllTraffic"
    model_name   = aws_sagemaker_model.single.name
    serverless_config {
      max_concurrency   = 5 * var.revision
      memory_size_in_mb = 2048
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint_configuration" "shadow" {
  name = "mlops-shadow"
  production_variants {
    variant_name           = "live"
    model_name             = aws_sagemaker_model.vpc.name
    initial_instance_count = 1
    instance_type          = "ml.m5.large"
    initial_variant_weight = 1
  }
  shadow_production_variants {
    variant_name           = "shadow"
    model_name             = aws_sagemaker_model.vpc.name
    initial_instance_count = 1
    instance_type          = "ml.m5.large"
    initial_variant_weight = 0.5
  }
}

resource "aws_sagemaker_endpoint" "this" {
  for_each = {
    async      = aws_sagemaker_endpoint_configuration.async.name
    serverless = aws_sagemaker_endpoint_configuration.serverless.name
  }
  name                 = "mlops-${each.key}"
  endpoint_config_name = each.value
  tags                 = { kind = each.key }
}
