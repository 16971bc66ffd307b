# The edges of SageMaker: fleets with a role alias, hubs, tracking servers, registries of models, pipelines from a bucket.
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "odds" {
  bucket        = "sagemaker-odds"
  force_destroy = true
}
resource "aws_kms_key" "odds" {
  deletion_window_in_days = 7
}
resource "aws_iam_role" "odds" {
  name               = "sagemaker-odds"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_device_fleet" "odds" {
  device_fleet_name     = "odds"
  description           = "Revision ${var.revision}"
  role_arn              = aws_iam_role.odds.arn
  enable_iot_role_alias = var.revision > 1
  output_config {
    s3_output_location = "s3://${aws_s3_bucket.odds.bucket}/fleet/"
    kms_key_id         = aws_kms_key.odds.arn
  }
  tags = { revision = var.revision }
}
resource "aws_sagemaker_device" "odds" {
  device_fleet_name = aws_sagemaker_device_fleet.odds.device_fleet_name
  device {
    device_name    = "odds-device"
    iot_thing_name = "thing"
    description    = "revision ${var.revision}"
  }
}
resource "aws_sagemaker_hub" "odds" {
  hub_name            = "odds"
  hub_description     = "Revision ${var.revision}"
  hub_display_name    = "Odds"
  hub_search_keywords = var.revision == 1 ? ["one", "two"] : ["three"]
  tags                = var.revision == 1 ? { a = "1" } : { a = "2" }
}
resource "aws_sagemaker_mlflow_tracking_server" "odds" {
  tracking_server_name            = "odds"
  artifact_store_uri              = "s3://${aws_s3_bucket.odds.bucket}/${var.revision == 1 ? "one" : "two"}"
  role_arn                        = aws_iam_role.odds.arn
  tracking_server_size            = var.revision == 1 ? "Small" : "Medium"
  automatic_model_registration    = var.revision > 1
  weekly_maintenance_window_start = var.revision == 1 ? "Sun:01:00" : "Mon:02:30"
}
resource "aws_sagemaker_model_package_group" "odds" {
  count                           = var.revision
  model_package_group_name        = "odds-${count.index}"
  model_package_group_description = count.index == 0 ? null : "Second"
}
data "aws_iam_policy_document" "odds" {
  statement {
    sid       = "ReadPackages"
    actions   = ["sagemaker:DescribeModelPackageGroup", "sagemaker:DescribeModelPackage"]
    resources = [aws_sagemaker_model_package_group.odds[0].arn, "arn:aws:sagemaker:eu-west-1:${data.aws_caller_identity.me.account_id}:model-package/odds-0/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
    dynamic "condition" {
      for_each = var.revision == 1 ? [] : ["true"]
      content {
        test     = "Bool"
        variable = "aws:SecureTransport"
        values   = [condition.value]
      }
    }
  }
}
resource "aws_sagemaker_model_package_group_policy" "odds" {
  model_package_group_name = aws_sagemaker_model_package_group.odds[0].model_package_group_name
  resource_policy          = data.aws_iam_policy_document.odds.json
}
resource "aws_s3_object" "pipeline" {
  bucket = aws_s3_bucket.odds.id
  key    = "pipelines/r${var.revision}.json"
  content = jsonencode({
    Version = "2020-12-01"
    Steps   = [{ Name = "Stop", Type = "Fail", Arguments = { ErrorMessage = "revision ${var.revision}" } }]
  })
}
resource "aws_sagemaker_pipeline" "of_a_bucket" {
  pipeline_name         = "odds-of-a-bucket"
  pipeline_display_name = "odds-of-a-bucket"
  role_arn              = aws_iam_role.odds.arn
  pipeline_definition_s3_location {
    bucket     = aws_s3_bucket.odds.id
    object_key = aws_s3_object.pipeline.key
  }
  parallelism_configuration {
    max_parallel_execution_steps = var.revision
  }
  # SageMaker tells the definition that it has read from there.
  lifecycle {
    ignore_changes = [pipeline_definition]
  }
}
resource "aws_sagemaker_pipeline" "plain" {
  pipeline_name         = "odds-plain"
  pipeline_display_name = "plain-${var.revision}"
  pipeline_description  = "Revision ${var.revision}"
  role_arn              = aws_iam_role.odds.arn
  pipeline_definition   = aws_s3_object.pipeline.content
  tags                  = var.revision == 1 ? { a = "1" } : null
}
