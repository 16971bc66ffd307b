# Collections, in memory, provisioned throughput.
resource "aws_iam_role" "this" {
  name               = "vector-group"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } } })
}
resource "aws_sagemaker_feature_group" "memory" {
  feature_group_name             = "others-vector"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  feature_definition {
    feature_name    = "embedding"
    feature_type    = "Fractional"
    collection_type = "Vector"
    collection_config {
      vector_config { dimension = 64 }
    }
  }
  feature_definition {
    feature_name    = "labels"
    feature_type    = "String"
    collection_type = "Set"
  }
  online_store_config {
    enable_online_store = true
    storage_type        = "InMemory"
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_sagemaker_feature_group" "provisioned" {
  feature_group_name             = "others-provisioned"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  online_store_config { enable_online_store = true }
  throughput_config {
    throughput_mode                  = "Provisioned"
    provisioned_read_capacity_units  = 100 * var.revision
    provisioned_write_capacity_units = 50
  }
}
