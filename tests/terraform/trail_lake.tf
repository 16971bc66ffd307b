# Event data stores: one for the feature store's data, one for configurations, one priced by retention.

data "aws_caller_identity" "me" {}

resource "aws_kms_key" "lake" {
  description             = "Event data stores"
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_cloudtrail_event_data_store" "features" {
  name                           = "feature-records"
  kms_key_id                     = aws_kms_key.lake.arn
  multi_region_enabled           = var.revision == 1
  organization_enabled           = false
  retention_period               = 30 * var.revision
  billing_mode                   = "EXTENDABLE_RETENTION_PRICING"
  termination_protection_enabled = false

  advanced_event_selector {
    name = "Writes of records"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::SageMaker::FeatureGroup"]
    }
    field_selector {
      field  = "eventName"
      equals = var.revision > 1 ? ["PutRecord", "DeleteRecord", "BatchGetRecord"] : ["PutRecord", "DeleteRecord"]
    }
    field_selector {
      field       = "resources.ARN"
      starts_with = ["arn:aws:sagemaker:eu-west-1:${data.aws_caller_identity.me.account_id}:feature-group/"]
    }
  }
}

resource "aws_cloudtrail_event_data_store" "management" {
  name                           = "management-seven-years"
  retention_period               = 2555
  billing_mode                   = "FIXED_RETENTION_PRICING"
  termination_protection_enabled = false
  suspend                        = var.revision > 1 ? "true" : "false"
}

resource "aws_cloudtrail_event_data_store" "items" {
  name                           = "configuration-items"
  retention_period               = 90
  termination_protection_enabled = false
  advanced_event_selector {
    name = "Items"
    field_selector {
      field  = "eventCategory"
      equals = ["ConfigurationItem"]
    }
  }
}

resource "aws_cloudwatch_dashboard" "audit" {
  dashboard_name = "audit-lake"
  dashboard_body = jsonencode({
    widgets = [{
      type       = "text"
      x          = 0
      y          = 0
      width      = 6
      height     = 3
      properties = { markdown = "Stores: ${aws_cloudtrail_event_data_store.features.arn}, revision ${var.revision}" }
    }]
  })
}
