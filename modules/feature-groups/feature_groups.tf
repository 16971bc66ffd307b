resource "aws_sagemaker_feature_group" "this" {
  for_each = var.feature_groups

  feature_group_name             = each.key
  description                    = each.value.description
  record_identifier_feature_name = each.value.record_identifier
  event_time_feature_name        = each.value.event_time
  role_arn                       = each.value.offline_role_arn
  tags                           = each.value.tags

  dynamic "feature_definition" {
    for_each = each.value.features

    content {
      feature_name = feature_definition.value.name
      feature_type = feature_definition.value.type
      collection_type = (
        feature_definition.value.collection == null ? null : title(feature_definition.value.collection)
      )

      dynamic "collection_config" {
        for_each = feature_definition.value.dimension == null ? [] : [feature_definition.value.dimension]

        content {
          vector_config {
            dimension = collection_config.value
          }
        }
      }
    }
  }

  # Said even where it is the default: taking the block away would leave the capacity that was paid for.
  dynamic "throughput_config" {
    for_each = each.value.online_store.storage == "in-memory" ? [] : [each.value.throughput]

    content {
      throughput_mode                  = throughput_config.value == null ? "OnDemand" : "Provisioned"
      provisioned_read_capacity_units  = try(throughput_config.value.read, null)
      provisioned_write_capacity_units = try(throughput_config.value.write, null)
    }
  }

  dynamic "online_store_config" {
    for_each = each.value.online_store.enabled ? [each.value.online_store] : []

    content {
      enable_online_store = true
      storage_type        = online_store_config.value.storage == "in-memory" ? "InMemory" : null

      dynamic "security_config" {
        for_each = each.value.with_key ? [var.keys.online] : []

        content {
          kms_key_id = security_config.value
        }
      }

      dynamic "ttl_duration" {
        for_each = online_store_config.value.ttl == null ? [] : [online_store_config.value.ttl]

        content {
          unit  = ttl_duration.value.unit
          value = ttl_duration.value.value
        }
      }
    }
  }

  dynamic "offline_store_config" {
    for_each = each.value.offline_store.enabled ? [each.value.offline_store] : []

    content {
      disable_glue_table_creation = false
      table_format                = offline_store_config.value.format == "iceberg" ? "Iceberg" : "Glue"

      data_catalog_config {
        catalog    = "AwsDataCatalog"
        database   = each.value.database
        table_name = each.value.table
      }

      s3_storage_config {
        kms_key_id = var.keys.offline
        s3_uri     = each.value.s3_uri
      }
    }
  }

  lifecycle {
    # Each would replace the group and lose its online data. The runner adds features and changes standard to standard-v2,
    # which the provider cannot name; it refuses every other change of the schema or the storage.
    ignore_changes = [description, feature_definition, online_store_config[0].storage_type]
  }
}
