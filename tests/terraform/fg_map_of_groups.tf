# A small catalogue of groups driven by one map. Revision 2 adds a group, gives another a TTL
# and retags the lot.

data "aws_caller_identity" "current" {}

variable "environment" {
  description = "Stage the groups belong to"
  type        = string
  default     = "staging"
}

locals {
  base_groups = {
    customer = {
      record_id  = "customer_id"
      event_time = "event_time"
      online     = true
      offline    = true
      ttl        = null
      features = {
        age_band    = "String"
        lifetime    = "Fractional"
        order_count = "Integral"
      }
    }
    product = {
      record_id  = "sku"
      event_time = "event_time"
      online     = true
      offline    = false
      ttl        = var.revision >= 2 ? { unit = "Minutes", value = 90 } : null
      features = {
        stock  = "Integral"
        rating = "Fractional"
      }
    }
    supplier = {
      record_id  = "supplier_id"
      event_time = "event_time"
      online     = false
      offline    = true
      ttl        = null
      features = {
        lead_time_days = "Integral"
        country        = "String"
      }
    }
  }

  extra_groups = {
    store = {
      record_id  = "store_id"
      event_time = "event_time"
      online     = true
      offline    = false
      ttl        = { unit = "Days", value = 1 }
      features = {
        footfall = "Integral"
      }
    }
  }

  groups = merge(local.base_groups, var.revision >= 2 ? local.extra_groups : {})

  tags = {
    Environment = var.environment
    Release     = "v${var.revision}"
  }
}

resource "aws_s3_bucket" "groups" {
  bucket        = "r4-map-of-groups-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
  tags          = local.tags
}

resource "aws_s3_bucket_public_access_block" "groups" {
  bucket = aws_s3_bucket.groups.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

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
  name               = "r4-map-of-groups-${var.environment}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = local.tags
}

resource "aws_iam_role_policy_attachment" "groups" {
  role       = aws_iam_role.groups.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

data "aws_iam_policy_document" "groups" {
  statement {
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.groups.arn]
  }

  statement {
    actions = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]

    resources = [
      for key, group in local.groups : "${aws_s3_bucket.groups.arn}/${key}/*" if group.offline
    ]
  }
}

resource "aws_iam_role_policy" "groups" {
  name   = "offline"
  role   = aws_iam_role.groups.id
  policy = data.aws_iam_policy_document.groups.json
}

resource "aws_sagemaker_feature_group" "this" {
  for_each = local.groups

  feature_group_name             = "r4-map-${each.key}-${var.environment}"
  record_identifier_feature_name = each.value.record_id
  event_time_feature_name        = each.value.event_time
  role_arn                       = aws_iam_role.groups.arn

  feature_definition {
    feature_name = each.value.record_id
    feature_type = "String"
  }

  feature_definition {
    feature_name = each.value.event_time
    feature_type = "Fractional"
  }

  dynamic "feature_definition" {
    for_each = each.value.features

    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }

  dynamic "online_store_config" {
    for_each = each.value.online ? [each.value.ttl] : []

    content {
      enable_online_store = true

      dynamic "ttl_duration" {
        for_each = online_store_config.value == null ? [] : [online_store_config.value]

        content {
          unit  = ttl_duration.value.unit
          value = ttl_duration.value.value
        }
      }
    }
  }

  dynamic "offline_store_config" {
    for_each = each.value.offline ? [1] : []

    content {
      s3_storage_config {
        s3_uri = "s3://${aws_s3_bucket.groups.bucket}/${each.key}/"
      }
    }
  }

  tags = merge(local.tags, { Group = each.key })

  depends_on = [
    aws_iam_role_policy.groups,
    aws_iam_role_policy_attachment.groups,
  ]
}

resource "aws_ssm_parameter" "arn" {
  for_each = aws_sagemaker_feature_group.this

  name  = "/r4/map-of-groups/${var.environment}/${each.key}"
  type  = "String"
  value = each.value.arn
  tags  = local.tags
}

output "groups" {
  value = { for key, group in aws_sagemaker_feature_group.this : key => group.arn }
}
