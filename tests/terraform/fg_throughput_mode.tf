# Starts on demand, is moved to provisioned capacity once the traffic is known.

data "aws_iam_policy_document" "assume" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "fraud" {
  name               = "r4-throughput-mode-fraud"
  description        = "Feature store role of the fraud scoring group"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "fraud" {
  role       = aws_iam_role.fraud.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_sagemaker_feature_group" "card" {
  feature_group_name             = "r4-throughput-mode-card"
  record_identifier_feature_name = "card_fingerprint"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fraud.arn

  feature_definition {
    feature_name = "card_fingerprint"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "declines_24h"
    feature_type = "Integral"
  }

  feature_definition {
    feature_name = "distinct-merchants-24h"
    feature_type = "Integral"
  }

  online_store_config {
    enable_online_store = true
    storage_type        = "Standard"
  }

  dynamic "throughput_config" {
    for_each = var.revision >= 2 ? [] : ["OnDemand"]

    content {
      throughput_mode = throughput_config.value
    }
  }

  dynamic "throughput_config" {
    for_each = var.revision >= 2 ? [{ read = 25, write = 8 }] : []

    content {
      throughput_mode                  = "Provisioned"
      provisioned_read_capacity_units  = throughput_config.value.read
      provisioned_write_capacity_units = throughput_config.value.write
    }
  }

  depends_on = [aws_iam_role_policy_attachment.fraud]
}

resource "aws_sagemaker_feature_group" "merchant" {
  feature_group_name             = "r4-throughput-mode-merchant"
  record_identifier_feature_name = "merchant_id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fraud.arn

  feature_definition {
    feature_name = "merchant_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "risk_score"
    feature_type = "Fractional"
  }

  online_store_config {
    enable_online_store = true
  }

  throughput_config {
    throughput_mode = "OnDemand"
  }

  tags = {
    Tier = var.revision >= 2 ? "gold" : "silver"
  }

  depends_on = [aws_iam_role_policy_attachment.fraud]
}

resource "aws_ssm_parameter" "groups" {
  for_each = {
    card     = aws_sagemaker_feature_group.card.feature_group_name
    merchant = aws_sagemaker_feature_group.merchant.feature_group_name
  }

  name  = "/r4/throughput-mode/${each.key}"
  type  = "String"
  value = each.value
}
