# Many groups from one map of objects, with dynamic blocks for what only some of them have.

locals {
  groups = {
    customers = {
      description = "Customers, nightly"
      key         = "customer_id"
      time        = "updated_at"
      online      = { storage = "Standard", ttl = { unit = "Days", value = 30 * var.revision } }
      offline     = { prefix = "customers", format = null }
      features = [
        { name = "customer_id", type = "String" },
        { name = "updated_at", type = "String" },
        { name = "age", type = "Integral" },
        { name = "score", type = "Fractional" },
      ]
    }
    sessions = {
      description = "Sessions, streamed"
      key         = "session_id"
      time        = "seen_at"
      online      = { storage = "Standard", ttl = { unit = "Hours", value = 12 } }
      offline     = null
      features = [
        { name = "session_id", type = "String" },
        { name = "seen_at", type = "Fractional" },
        { name = "clicks", type = "Integral" },
      ]
    }
    products = {
      description = "Products, offline only"
      key         = "sku"
      time        = "as_of"
      online      = null
      offline     = { prefix = "products", format = "Glue" }
      features = [
        { name = "sku", type = "String" },
        { name = "as_of", type = "Fractional" },
        { name = "price", type = "Fractional" },
      ]
    }
  }
  offline_groups = toset([for name, group in local.groups : name if group.offline != null])
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "groups" {
  name_prefix        = "groups-by-map-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "groups" {
  for_each   = toset(["AmazonSageMakerFeatureStoreAccess", "AmazonSageMakerFullAccess"])
  role       = aws_iam_role.groups.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_s3_bucket" "offline" {
  bucket_prefix = "sagemaker-groups-by-map-"
  force_destroy = true
}

resource "aws_sagemaker_feature_group" "this" {
  for_each = local.groups

  feature_group_name             = "by-map-${each.key}"
  description                    = each.value.description
  record_identifier_feature_name = each.value.key
  event_time_feature_name        = each.value.time
  role_arn                       = aws_iam_role.groups.arn

  dynamic "feature_definition" {
    for_each = each.value.features
    content {
      feature_name = feature_definition.value.name
      feature_type = feature_definition.value.type
    }
  }

  dynamic "online_store_config" {
    for_each = each.value.online[*]
    content {
      enable_online_store = true
      storage_type        = online_store_config.value.storage
      dynamic "ttl_duration" {
        for_each = online_store_config.value.ttl[*]
        content {
          unit  = ttl_duration.value.unit
          value = ttl_duration.value.value
        }
      }
    }
  }

  dynamic "offline_store_config" {
    for_each = each.value.offline[*]
    content {
      table_format = offline_store_config.value.format
      s3_storage_config {
        s3_uri = "s3://${aws_s3_bucket.offline.bucket}/${offline_store_config.value.prefix}/"
      }
    }
  }

  tags = { "owner" = "ml-platform", "store:name" = each.key }

  depends_on = [aws_iam_role_policy_attachment.groups]
}

output "tables" {
  value = {
    for name in local.offline_groups :
    name => one(aws_sagemaker_feature_group.this[name].offline_store_config[0].data_catalog_config[*].table_name)
  }
}

output "uris" {
  value = {
    for name in local.offline_groups :
    name => aws_sagemaker_feature_group.this[name].offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri
  }
}
