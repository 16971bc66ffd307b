# One map of groups, written by data scientists as YAML; the second revision adds one and retags the others.
locals {
  raw = yamldecode(<<-YAML
    merchants:
      id: merchant_id
      time: updated_at
      online: true
      ttl: { unit: Days, value: 30 }
      features: { merchant_id: String, updated_at: String, category: String, risk: Fractional }
    cards:
      id: card_id
      time: updated_at
      online: true
      features: { card_id: String, updated_at: String, spend_7d: Fractional, declines: Integral }
    history:
      id: card_id
      time: updated_at
      online: false
      features: { card_id: String, updated_at: String, first_seen: String }
    regions:
      id: region
      time: updated_at
      online: true
      since: 2
      features: { region: String, updated_at: String, gdp: Fractional }
  YAML
  )
  groups = { for name, group in local.raw : name => group if try(group.since, 1) <= var.revision }
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

data "aws_iam_policy_document" "store" {
  statement {
    sid       = "Objects"
    actions   = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload"]
    resources = [for name in keys(local.raw) : "${aws_s3_bucket.store.arn}/${name}/*"]
  }
  statement {
    sid       = "Bucket"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.store.arn]
  }
  statement {
    sid       = "Catalog"
    actions   = ["glue:CreateTable", "glue:GetTable", "glue:UpdateTable", "glue:GetDatabase", "glue:CreateDatabase"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "store" {
  name_prefix        = "fg-yaml-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "store" {
  name_prefix = "fg-yaml-"
  policy      = data.aws_iam_policy_document.store.json
}

resource "aws_iam_role_policy_attachment" "store" {
  role       = aws_iam_role.store.name
  policy_arn = aws_iam_policy.store.arn
}

resource "aws_s3_bucket" "store" {
  bucket_prefix = "fg-yaml-"
  force_destroy = true
}

resource "aws_sagemaker_feature_group" "this" {
  for_each = local.groups

  feature_group_name             = "yaml-${each.key}"
  record_identifier_feature_name = each.value.id
  event_time_feature_name        = each.value.time
  role_arn                       = aws_iam_role.store.arn

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
      dynamic "ttl_duration" {
        for_each = try([each.value.ttl], [])
        content {
          unit  = ttl_duration.value.unit
          value = ttl_duration.value.value
        }
      }
    }
  }

  offline_store_config {
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.store.id}/${each.key}/"
    }
  }

  tags       = { group = each.key, generation = "g${var.revision}" }
  depends_on = [aws_iam_role_policy_attachment.store]
}

output "groups" {
  value = { for name, group in aws_sagemaker_feature_group.this : name => group.arn }
}

output "tables" {
  value = [for group in aws_sagemaker_feature_group.this : group.offline_store_config[0].data_catalog_config[0].table_name]
}
