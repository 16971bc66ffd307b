# Throughput goes from on demand to provisioned, a feature and a description change, TTL goes away.
resource "aws_iam_role" "this" {
  name               = "throughput-fg"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_feature_group" "switch" {
  feature_group_name             = "throughput-switch"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  online_store_config { enable_online_store = true }
  throughput_config {
    throughput_mode                  = var.revision == 1 ? "OnDemand" : "Provisioned"
    provisioned_read_capacity_units  = var.revision == 1 ? null : 20
    provisioned_write_capacity_units = var.revision == 1 ? null : 10
  }
}
resource "aws_sagemaker_feature_group" "evolving" {
  feature_group_name             = "throughput-evolving"
  description                    = "revision ${var.revision}"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  online_store_config {
    enable_online_store = true
    ttl_duration {
      unit  = "Minutes"
      value = 90
    }
  }
  lifecycle { create_before_destroy = false }
}
resource "aws_sagemaker_feature_group" "appended" {
  feature_group_name             = "throughput-appended"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  dynamic "feature_definition" {
    for_each = var.revision == 1 ? ["a"] : ["a", "b", "c"]
    content {
      feature_name = feature_definition.value
      feature_type = "Fractional"
    }
  }
  online_store_config {
    enable_online_store = true
    dynamic "ttl_duration" {
      for_each = var.revision == 1 ? [1] : []
      content {
        unit  = "Weeks"
        value = 2
      }
    }
  }
}
