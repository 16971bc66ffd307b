# Edges: long names, many features, an alias as key, a role with a path, tags taken away, names with capitals.
data "aws_caller_identity" "me" {}
locals { names = [for i in range(120) : format("feature_%03d", i)] }
resource "aws_iam_role" "fs" {
  name               = "AmazonSageMaker-ExecutionRole-20240101T000000"
  path               = "/service-role/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "fs" {
  for_each   = toset(["AmazonSageMakerFullAccess", "AmazonSageMakerFeatureStoreAccess", "AmazonS3FullAccess"])
  role       = aws_iam_role.fs.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}
resource "aws_s3_bucket" "sagemaker" {
  bucket        = "sagemaker-eu-west-1-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}
resource "aws_sagemaker_feature_group" "wide" {
  feature_group_name             = "Wide-Feature-Group-With-A-Long-Name"
  record_identifier_feature_name = "ID"
  event_time_feature_name        = "EventTime"
  role_arn                       = aws_iam_role.fs.arn
  description                    = "Wide"
  feature_definition {
    feature_name = "ID"
    feature_type = "Integral"
  }
  feature_definition {
    feature_name = "EventTime"
    feature_type = "Fractional"
  }
  dynamic "feature_definition" {
    for_each = local.names
    content {
      feature_name = feature_definition.value
      feature_type = "Fractional"
    }
  }
  online_store_config {
    enable_online_store = true
    ttl_duration {
      unit  = var.revision == 1 ? "Days" : "Hours"
      value = 7
    }
  }
  offline_store_config {
    table_format = "Glue"
    s3_storage_config { s3_uri = "s3://${aws_s3_bucket.sagemaker.bucket}/feature-store" }
  }
  tags       = var.revision == 1 ? { a = "b" } : {}
  depends_on = [aws_iam_role_policy_attachment.fs]
}
resource "aws_sagemaker_feature_group" "offline_false" {
  feature_group_name             = "online-disabled"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fs.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config { enable_online_store = false }
  offline_store_config {
    s3_storage_config { s3_uri = "s3://${aws_s3_bucket.sagemaker.bucket}/off" }
  }
  depends_on = [aws_iam_role_policy_attachment.fs]
}
resource "aws_sagemaker_feature_group" "provisioned_offline" {
  feature_group_name             = "provisioned-both"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fs.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  online_store_config {
    enable_online_store = true
    storage_type        = "Standard"
  }
  offline_store_config {
    s3_storage_config { s3_uri = "s3://${aws_s3_bucket.sagemaker.bucket}/prov" }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = "sagemaker_featurestore"
      table_name = "provisioned_both"
    }
  }
  throughput_config {
    throughput_mode                  = var.revision == 1 ? "Provisioned" : "OnDemand"
    provisioned_read_capacity_units  = var.revision == 1 ? 50 : null
    provisioned_write_capacity_units = var.revision == 1 ? 50 : null
  }
  depends_on = [aws_iam_role_policy_attachment.fs]
}
