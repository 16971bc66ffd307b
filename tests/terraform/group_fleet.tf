# A fleet of groups from one map: for_each over groups, dynamic blocks over features, updates of TTL and throughput.
locals {
  groups = {
    customers = {
      description = "Customer attributes"
      id          = "customer_id"
      features    = { customer_id = "String", event_time = "String", age = "Integral", ltv = "Fractional" }
      ttl         = { unit = "Days", value = 30 }
      tier        = "Standard"
      online      = true
      offline     = true
    }
    orders = {
      description = null
      id          = "order_id"
      features    = { order_id = "String", event_time = "Fractional", amount = "Fractional" }
      ttl         = null
      tier        = null
      online      = true
      offline     = false
    }
    history = {
      description = "Offline only"
      id          = "session_id"
      features    = merge({ session_id = "Integral", event_time = "String", clicks = "Integral" }, var.revision == 2 ? { bounces = "Integral" } : {})
      ttl         = null
      tier        = null
      online      = false
      offline     = true
    }
  }
}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
resource "aws_s3_bucket" "offline" {
  bucket        = "fleet-offline-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.name}"
  force_destroy = true
}
resource "aws_kms_key" "offline" {
  description             = "Offline store"
  deletion_window_in_days = 7
}
resource "aws_iam_role" "feature_store" {
  name_prefix        = "fleet-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole"], Principal = { Service = ["sagemaker.amazonaws.com"] } }] })
}
resource "aws_iam_role_policy_attachment" "feature_store" {
  for_each   = toset(["AmazonSageMakerFullAccess", "AmazonSageMakerFeatureStoreAccess"])
  role       = aws_iam_role.feature_store.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}
resource "aws_iam_role_policy" "bucket" {
  role = aws_iam_role.feature_store.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:PutObject", "s3:PutObjectAcl", "s3:GetBucketAcl", "s3:GetBucketLocation"], Resource = [aws_s3_bucket.offline.arn, "${aws_s3_bucket.offline.arn}/*"] },
    { Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = aws_kms_key.offline.arn },
  ] })
}
resource "aws_sagemaker_feature_group" "this" {
  for_each                       = local.groups
  feature_group_name             = "fleet-${each.key}"
  description                    = each.value.description
  record_identifier_feature_name = each.value.id
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.feature_store.arn
  dynamic "feature_definition" {
    for_each = each.value.features
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }
  dynamic "online_store_config" {
    for_each = each.value.online ? [1] : []
    content {
      enable_online_store = true
      storage_type        = each.value.tier
      dynamic "ttl_duration" {
        for_each = each.value.ttl == null ? [] : [each.value.ttl]
        content {
          unit  = ttl_duration.value.unit
          value = ttl_duration.value.value * var.revision
        }
      }
    }
  }
  dynamic "offline_store_config" {
    for_each = each.value.offline ? [1] : []
    content {
      s3_storage_config {
        s3_uri     = "s3://${aws_s3_bucket.offline.bucket}/${each.key}/"
        kms_key_id = aws_kms_key.offline.arn
      }
    }
  }
  tags       = { Project = "fleet", Revision = var.revision }
  depends_on = [aws_iam_role_policy.bucket, aws_iam_role_policy_attachment.feature_store]
}
output "tables" {
  value = { for key, group in aws_sagemaker_feature_group.this : key => try(group.offline_store_config[0].data_catalog_config[0].table_name, null) }
}
