# In-memory online store holding collections: a list, a set and one embedding vector.
# Revision 2 retrains the encoder with a wider embedding, which replaces the group.

locals {
  embedding_dimension = var.revision >= 2 ? 384 : 256
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

resource "aws_iam_role" "embeddings" {
  name               = "r4-inmemory-embeddings"
  assume_role_policy = data.aws_iam_policy_document.trust.json

  tags = {
    Component = "recommender"
  }
}

resource "aws_iam_role_policy_attachment" "embeddings" {
  role       = aws_iam_role.embeddings.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_sagemaker_feature_group" "embeddings" {
  feature_group_name             = "r4-inmemory-embeddings"
  description                    = "Article embeddings and reading history"
  record_identifier_feature_name = "article_id"
  event_time_feature_name        = "encoded_at"
  role_arn                       = aws_iam_role.embeddings.arn

  feature_definition {
    feature_name = "article_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "encoded_at"
    feature_type = "String"
  }

  feature_definition {
    feature_name    = "recent_reader_ages"
    feature_type    = "Integral"
    collection_type = "List"
  }

  feature_definition {
    feature_name    = "topics"
    feature_type    = "String"
    collection_type = "Set"
  }

  feature_definition {
    feature_name    = "embedding"
    feature_type    = "Fractional"
    collection_type = "Vector"

    collection_config {
      vector_config {
        dimension = local.embedding_dimension
      }
    }
  }

  online_store_config {
    enable_online_store = true
    storage_type        = "InMemory"
  }

  tags = {
    Component = "recommender"
    Encoder   = "minilm-${local.embedding_dimension}"
  }

  depends_on = [aws_iam_role_policy_attachment.embeddings]
}

resource "aws_ssm_parameter" "schema" {
  name = "/r4/inmemory-embeddings/schema"
  type = "String"
  tier = "Standard"

  value = jsonencode({
    group     = aws_sagemaker_feature_group.embeddings.feature_group_name
    dimension = local.embedding_dimension
    features  = [for f in aws_sagemaker_feature_group.embeddings.feature_definition : f.feature_name]
  })
}

resource "aws_cloudwatch_log_group" "encoder" {
  name              = "/r4/inmemory-embeddings/encoder"
  retention_in_days = 14
}
