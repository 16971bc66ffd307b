# A group that is born again when its features change: the name carries a digest, the new one stands before the old goes.

locals {
  features = merge(
    { account_id = "String", at = "String", balance = "Fractional" },
    var.revision > 1 ? { overdrawn = "Integral" } : {},
  )
  digest = substr(md5(jsonencode(local.features)), 0, 8)
}

resource "terraform_data" "schema" {
  input            = local.features
  triggers_replace = [local.digest]
}

resource "aws_iam_role" "reborn" {
  name_prefix = "reborn-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["sagemaker.amazonaws.com", "glue.amazonaws.com"] } }]
  })
  inline_policy {
    name = "store"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = ["s3:*", "glue:*"], Resource = "*" }]
    })
  }
}

resource "aws_s3_bucket" "reborn" {
  bucket_prefix = "reborn-"
  force_destroy = true
}

resource "aws_sagemaker_feature_group" "reborn" {
  feature_group_name             = "accounts-${local.digest}"
  record_identifier_feature_name = "account_id"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.reborn.arn

  dynamic "feature_definition" {
    for_each = local.features
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }

  online_store_config {
    enable_online_store = true
    storage_type        = "Standard"
    ttl_duration {
      unit  = "Weeks"
      value = 4
    }
  }

  offline_store_config {
    table_format = "Iceberg"
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.reborn.id}/accounts/${local.digest}"
    }
  }

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.schema]
    precondition {
      condition     = contains(keys(local.features), "account_id")
      error_message = "The record identifier must be a feature."
    }
    postcondition {
      condition     = startswith(self.arn, "arn:aws:sagemaker:")
      error_message = "A feature group has an ARN."
    }
  }
}

resource "aws_ssm_parameter" "current" {
  name  = "/features/accounts/current"
  type  = "String"
  value = aws_sagemaker_feature_group.reborn.feature_group_name
}

check "named" {
  assert {
    condition     = aws_ssm_parameter.current.insecure_value == null || length(local.digest) == 8
    error_message = "The digest is eight characters."
  }
}
