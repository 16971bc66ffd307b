# Online and offline store together; records expire from the online store.

data "aws_caller_identity" "this" {}

locals {
  name   = "r4-both-ttl"
  bucket = "${local.name}-${data.aws_caller_identity.this.account_id}"

  features = [
    { name = "customer_id", type = "String" },
    { name = "event_time", type = "Fractional" },
    { name = "orders_30d", type = "Integral" },
    { name = "avg_basket_30d", type = "Fractional" },
    { name = "preferred_channel", type = "String" },
    { name = "is_subscribed", type = "Integral" },
  ]

  ttl = var.revision >= 2 ? { unit = "Days", value = 14 } : { unit = "Hours", value = 36 }
}

resource "aws_s3_bucket" "this" {
  bucket        = local.bucket
  force_destroy = true

  tags = {
    Name = local.bucket
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "cold-features"
    status = "Enabled"

    filter {
      prefix = "offline/"
    }

    transition {
      days          = var.revision >= 2 ? 60 : 90
      storage_class = "STANDARD_IA"
    }
  }
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

data "aws_iam_policy_document" "access" {
  statement {
    sid       = "BucketLevel"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn]
  }

  statement {
    sid       = "ObjectLevel"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"]
    resources = ["${aws_s3_bucket.this.arn}/offline/*"]
  }

  statement {
    sid = "Catalogue"
    actions = [
      "glue:CreateDatabase",
      "glue:CreateTable",
      "glue:GetDatabase",
      "glue:GetTable",
      "glue:UpdateTable",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "access" {
  name   = "${local.name}-access"
  policy = data.aws_iam_policy_document.access.json
}

resource "aws_iam_role" "this" {
  name                 = "${local.name}-role"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 7200
}

resource "aws_iam_role_policy_attachment" "access" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.access.arn
}

resource "aws_sagemaker_feature_group" "this" {
  feature_group_name             = local.name
  description                    = "Customer behaviour over the last 30 days"
  record_identifier_feature_name = local.features[0].name
  event_time_feature_name        = local.features[1].name
  role_arn                       = aws_iam_role.this.arn

  dynamic "feature_definition" {
    for_each = local.features

    content {
      feature_name = feature_definition.value.name
      feature_type = feature_definition.value.type
    }
  }

  online_store_config {
    enable_online_store = true

    ttl_duration {
      unit  = local.ttl.unit
      value = local.ttl.value
    }
  }

  offline_store_config {
    disable_glue_table_creation = false

    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.this.id}/offline"
    }
  }

  depends_on = [
    aws_iam_role_policy_attachment.access,
    aws_s3_bucket_ownership_controls.this,
  ]
}

output "offline_location" {
  value = aws_sagemaker_feature_group.this.offline_store_config[0].s3_storage_config[0].resolved_output_s3_uri
}
