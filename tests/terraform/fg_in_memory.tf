# In-memory online store with lists, sets and an embedding, the item catalogue of a recommender.
resource "aws_iam_role" "recommender" {
  name_prefix = "recommender-"
  description = "recommender feature store"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "SageMaker"
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "sagemaker.amazonaws.com" }
      },
    ]
  })
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_policy" "boundary" {
  name = "recommender-boundary"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sagemaker:*", "s3:*", "glue:*", "logs:*"], Resource = "*" }]
  })
}

resource "aws_sagemaker_feature_group" "items" {
  feature_group_name             = "recommender_items"
  record_identifier_feature_name = "item_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.recommender.arn

  feature_definition {
    feature_name = "item_id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "event_time"
    feature_type = "String"
  }
  feature_definition {
    feature_name    = "tags"
    feature_type    = "String"
    collection_type = "Set"
  }
  feature_definition {
    feature_name    = "recent_prices"
    feature_type    = "Fractional"
    collection_type = "List"
  }
  feature_definition {
    feature_name    = "embedding"
    feature_type    = "Fractional"
    collection_type = "Vector"
    collection_config {
      vector_config {
        dimension = 384
      }
    }
  }

  online_store_config {
    enable_online_store = true
    storage_type        = "InMemory"
    ttl_duration {
      unit  = "Hours"
      value = 6 * var.revision
    }
  }

  tags = {
    "cost:centre" = "4711"
    "team/owner"  = "recs@example.com"
  }
}

data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "ReadItems"
    actions   = ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"]
    resources = [aws_sagemaker_feature_group.items.arn]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["recs"]
    }
  }
  dynamic "statement" {
    for_each = var.revision > 1 ? ["describe"] : []
    content {
      actions   = ["sagemaker:DescribeFeatureGroup", "sagemaker:ListTags"]
      resources = [aws_sagemaker_feature_group.items.arn]
    }
  }
}

resource "aws_iam_policy" "reader" {
  name   = "recommender-items-reader"
  path   = "/feature-store/"
  policy = data.aws_iam_policy_document.reader.json
}
