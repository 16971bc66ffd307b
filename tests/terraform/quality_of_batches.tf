# Data quality of batch predictions: CSV, JSON and Parquet, a baseline to compare with, a sealed network; schedules.
resource "aws_vpc" "quality" {
  cidr_block = "10.104.0.0/16"
}
resource "aws_subnet" "quality" {
  vpc_id     = aws_vpc.quality.id
  cidr_block = "10.104.1.0/24"
}
resource "aws_security_group" "quality" {
  name   = "quality-of-batches"
  vpc_id = aws_vpc.quality.id
}
resource "aws_s3_bucket" "quality" {
  bucket        = "quality-of-batches"
  force_destroy = true
}
resource "aws_kms_key" "quality" {
  deletion_window_in_days = 7
}
resource "aws_iam_role" "quality" {
  name               = "quality-of-batches"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
data "aws_sagemaker_prebuilt_ecr_image" "monitor" {
  repository_name = "sagemaker-model-monitor-analyzer"
  image_tag       = ""
}
resource "aws_sagemaker_data_quality_job_definition" "csv" {
  name     = "batches-csv"
  role_arn = aws_iam_role.quality.arn
  data_quality_app_specification {
    image_uri                      = data.aws_sagemaker_prebuilt_ecr_image.monitor.registry_path
    environment                    = { LEVEL = "info" }
    record_preprocessor_source_uri = "s3://${aws_s3_bucket.quality.bucket}/pre.py"
  }
  data_quality_baseline_config {
    constraints_resource {
      s3_uri = "s3://${aws_s3_bucket.quality.bucket}/constraints"
    }
    statistics_resource {
      s3_uri = "s3://${aws_s3_bucket.quality.bucket}/statistics"
    }
  }
  data_quality_job_input {
    batch_transform_input {
      data_captured_destination_s3_uri = "s3://${aws_s3_bucket.quality.bucket}/captured"
      s3_data_distribution_type        = "ShardedByS3Key"
      s3_input_mode                    = "Pipe"
      dataset_format {
        csv {
          header = true
        }
      }
    }
  }
  data_quality_job_output_config {
    kms_key_id = aws_kms_key.quality.arn
    monitoring_outputs {
      s3_output {
        s3_uri         = "s3://${aws_s3_bucket.quality.bucket}/output"
        s3_upload_mode = "Continuous"
        local_path     = "/opt/ml/processing/local"
      }
    }
  }
  job_resources {
    cluster_config {
      instance_count    = var.revision
      instance_type     = "ml.t3.medium"
      volume_size_in_gb = 20
      volume_kms_key_id = aws_kms_key.quality.arn
    }
  }
  network_config {
    enable_inter_container_traffic_encryption = true
    enable_network_isolation                  = true
    vpc_config {
      security_group_ids = [aws_security_group.quality.id]
      subnets            = [aws_subnet.quality.id]
    }
  }
  stopping_condition {
    max_runtime_in_seconds = 3600
  }
  tags = { revision = var.revision }
}
resource "aws_sagemaker_data_quality_job_definition" "json" {
  role_arn = aws_iam_role.quality.arn
  data_quality_app_specification {
    image_uri = data.aws_sagemaker_prebuilt_ecr_image.monitor.registry_path
  }
  data_quality_job_input {
    batch_transform_input {
      data_captured_destination_s3_uri = "s3://${aws_s3_bucket.quality.bucket}/json"
      dataset_format {
        json {
          line = true
        }
      }
    }
  }
  data_quality_job_output_config {
    monitoring_outputs {
      s3_output {
        s3_uri = "s3://${aws_s3_bucket.quality.bucket}/json-output"
      }
    }
  }
  job_resources {
    cluster_config {
      instance_count    = 1
      instance_type     = "ml.t3.medium"
      volume_size_in_gb = 20
    }
  }
}
resource "aws_sagemaker_monitoring_schedule" "once" {
  name = "batches-schedule"
  monitoring_schedule_config {
    monitoring_job_definition_name = aws_sagemaker_data_quality_job_definition.json.name
    monitoring_type                = "DataQuality"
    schedule_config {
      schedule_expression = var.revision == 1 ? "cron(0 * ? * * *)" : "cron(0 0 ? * * *)"
    }
  }
  tags = var.revision == 1 ? { a = "1" } : { a = "2" }
}
