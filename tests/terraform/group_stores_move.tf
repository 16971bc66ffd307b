# What forces a group to be made anew: another store, storage, format, place or role; and what does not.
locals {
  second = var.revision > 1
}
resource "aws_s3_bucket" "moved" {
  for_each      = toset(["old", "new"])
  bucket        = "group-moves-${each.key}"
  force_destroy = true
}
resource "aws_iam_role" "moved" {
  for_each           = toset(["old", "new"])
  name               = "group-moves-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
  inline_policy {
    name = "offline"
    policy = jsonencode({ Version = "2012-10-17", Statement = [
      { Effect = "Allow", Action = "s3:*", Resource = "*" }, { Effect = "Allow", Action = "glue:*", Resource = "*" }
    ] })
  }
}
resource "aws_sagemaker_feature_group" "gains_offline" {
  feature_group_name             = "moves-gains-offline"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.moved["old"].arn
  feature_definition {
    feature_name = "id"
    feature_type = "Integral"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = true
  }
  dynamic "offline_store_config" {
    for_each = local.second ? [aws_s3_bucket.moved["new"].bucket] : []
    content {
      disable_glue_table_creation = true
      s3_storage_config {
        s3_uri = "s3://${offline_store_config.value}/gains"
      }
    }
  }
}
resource "aws_sagemaker_feature_group" "to_memory" {
  feature_group_name             = "moves-to-memory-${var.revision}"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.moved[local.second ? "new" : "old"].arn
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
    storage_type        = local.second ? "InMemory" : "Standard"
    ttl_duration {
      unit  = local.second ? "Days" : "Hours"
      value = local.second ? 2 : 12
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}
resource "aws_sagemaker_feature_group" "to_iceberg" {
  feature_group_name             = "moves-to-iceberg"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.moved["new"].arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = local.second
  }
  offline_store_config {
    table_format = local.second ? "Iceberg" : "Glue"
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.moved[local.second ? "new" : "old"].bucket}/${local.second ? "iceberg" : "glue"}/"
    }
  }
}
resource "aws_sagemaker_feature_group" "back_on_demand" {
  feature_group_name             = "moves-back-on-demand"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.moved["old"].arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = true
    dynamic "ttl_duration" {
      for_each = local.second ? [10] : []
      content {
        unit  = "Minutes"
        value = ttl_duration.value
      }
    }
  }
  throughput_config {
    throughput_mode                  = local.second ? "OnDemand" : "Provisioned"
    provisioned_read_capacity_units  = local.second ? null : 5
    provisioned_write_capacity_units = local.second ? null : 5
  }
}
output "places" {
  value = aws_sagemaker_feature_group.to_iceberg.offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri
}
