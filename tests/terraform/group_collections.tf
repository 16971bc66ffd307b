# Every kind of collection, in memory with all, Standard with lists.
resource "aws_iam_role" "this" {
  name               = "collections-fg"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_feature_group" "inmemory" {
  feature_group_name             = "collections-memory"
  record_identifier_feature_name = "item_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.this.arn
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
    collection_type = "List"
  }
  feature_definition {
    feature_name    = "unique"
    feature_type    = "Integral"
    collection_type = "Set"
  }
  feature_definition {
    feature_name    = "embedding"
    feature_type    = "Fractional"
    collection_type = "Vector"
    collection_config {
      vector_config { dimension = 128 }
    }
  }
  online_store_config {
    enable_online_store = true
    storage_type        = "InMemory"
    ttl_duration {
      unit  = "Seconds"
      value = 3600 * var.revision
    }
  }
}
