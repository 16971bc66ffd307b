# What a platform team puts around a feature store: Config rules, a budget, a vault of backups, a resource group.
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "this" {
  for_each           = toset(["config", "backup"])
  name               = "others-governance-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${each.key}.amazonaws.com" } }] })
}
resource "aws_s3_bucket" "config" {
  bucket        = "others-governance-config"
  force_destroy = true
}
resource "aws_config_configuration_recorder" "this" {
  name     = "default"
  role_arn = aws_iam_role.this["config"].arn
  recording_group {
    all_supported                 = false
    include_global_resource_types = false
    resource_types                = var.revision == 1 ? ["AWS::S3::Bucket"] : ["AWS::S3::Bucket", "AWS::IAM::Role"]
  }
}
resource "aws_config_delivery_channel" "this" {
  name           = "default"
  s3_bucket_name = aws_s3_bucket.config.bucket
  snapshot_delivery_properties { delivery_frequency = "Six_Hours" }
  depends_on = [aws_config_configuration_recorder.this]
}
resource "aws_config_configuration_recorder_status" "this" {
  name       = aws_config_configuration_recorder.this.name
  is_enabled = true
  depends_on = [aws_config_delivery_channel.this]
}
resource "aws_config_config_rule" "this" {
  for_each = { "s3-bucket-ssl-requests-only" = "S3_BUCKET_SSL_REQUESTS_ONLY", "kms-rotation" = "CMK_BACKING_KEY_ROTATION_ENABLED" }
  name     = "others-${each.key}"
  source {
    owner             = "AWS"
    source_identifier = each.value
  }
  tags       = { revision = tostring(var.revision) }
  depends_on = [aws_config_configuration_recorder.this]
}
resource "aws_budgets_budget" "features" {
  name         = "others-features"
  budget_type  = "COST"
  limit_amount = tostring(100 * var.revision)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  cost_filter {
    name   = "Service"
    values = ["Amazon SageMaker"]
  }
  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = ["features@example.com"]
  }
}
resource "aws_backup_vault" "this" {
  name = "others"
  tags = { revision = tostring(var.revision) }
}
resource "aws_backup_vault_lock_configuration" "this" {
  backup_vault_name  = aws_backup_vault.this.name
  min_retention_days = 7
}
resource "aws_resourcegroups_group" "features" {
  name        = "others-features"
  description = "revision ${var.revision}"
  resource_query {
    query = jsonencode({ ResourceTypeFilters = ["AWS::SageMaker::FeatureGroup"], TagFilters = [{ Key = "made-by", Values = ["others"] }] })
  }
}
