# Groups from a table of text: provisioned throughput that grows, collections in memory, a stale group that goes.

locals {
  rows = csvdecode(<<-CSV
    group,feature,type,collection,dimension
    clicks,user_id,String,,
    clicks,at,String,,
    clicks,count,Integral,,
    embeddings,item_id,String,,
    embeddings,at,Fractional,,
    embeddings,vector,Fractional,Vector,128
    embeddings,labels,String,Set,
    embeddings,last_prices,Fractional,List,
    stale,key,String,,
    stale,at,String,,
  CSV
  )
  settings = {
    clicks     = { key = "user_id", storage = "Standard", reads = 10 * var.revision, writes = 5 }
    embeddings = { key = "item_id", storage = "InMemory", reads = null, writes = null }
    stale      = { key = "key", storage = "Standard", reads = null, writes = null }
  }
  wanted = { for name, setting in local.settings : name => setting if name != "stale" || var.revision == 1 }
}

data "aws_iam_policy" "store" {
  name = "AmazonSageMakerFeatureStoreAccess"
}

resource "aws_iam_role" "provisioned" {
  name                 = "groups-provisioned"
  permissions_boundary = data.aws_iam_policy.store.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_sagemaker_feature_group" "this" {
  for_each                       = local.wanted
  feature_group_name             = "provisioned-${each.key}"
  record_identifier_feature_name = each.value.key
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.provisioned.arn

  dynamic "feature_definition" {
    for_each = [for row in local.rows : row if row.group == each.key]
    content {
      feature_name    = feature_definition.value.feature
      feature_type    = feature_definition.value.type
      collection_type = feature_definition.value.collection == "" ? null : feature_definition.value.collection
      dynamic "collection_config" {
        for_each = feature_definition.value.dimension == "" ? [] : [feature_definition.value.dimension]
        content {
          vector_config {
            dimension = tonumber(collection_config.value)
          }
        }
      }
    }
  }

  online_store_config {
    enable_online_store = true
    storage_type        = each.value.storage
  }

  dynamic "throughput_config" {
    for_each = each.value.reads == null ? [] : [each.value]
    content {
      throughput_mode                  = "Provisioned"
      provisioned_read_capacity_units  = throughput_config.value.reads
      provisioned_write_capacity_units = throughput_config.value.writes
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "throttled" {
  for_each            = aws_sagemaker_feature_group.this
  alarm_name          = "throttled-${each.value.feature_group_name}"
  namespace           = "AWS/SageMaker/FeatureStore"
  metric_name         = "Invocation4XXErrors"
  dimensions          = { FeatureGroupName = each.value.feature_group_name, OperationName = "PutRecord" }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 10 * var.revision
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
}
