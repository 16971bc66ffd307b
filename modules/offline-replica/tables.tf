# Replication keeps keys, so an object lies under the group, then the SOURCE account and Region, then the group with the second
# it was created in: <group>/<account>/sagemaker/<Region>/offline-store/<group>-<created>/data/year=/month=/day=/hour=/.
# Where that second is known, partitions are projected from their keys; where it is not yet, the table reads all that lies
# under the group, which gives the same rows without the partition columns, and prunes nothing.

locals {
  # What Feature Store makes of feature types, and the columns that it adds itself.
  glue_types = { Fractional = "double", Integral = "bigint", String = "string" }
  system_columns = [
    { name = "write_time", type = "timestamp" },
    { name = "api_invocation_time", type = "timestamp" },
    { name = "is_deleted", type = "boolean" },
  ]
  partition_keys = ["year", "month", "day", "hour"]

  tables = {
    for name, group in var.replica.groups : name => {
      name     = group.table
      columns  = concat([for feature in group.features : { name = lower(feature.name), type = local.glue_types[feature.type] }], local.system_columns)
      location = "s3://${var.replica.bucket.name}/${can(var.created[name]) ? "${group.source_folder}-${var.created[name]}/data/" : group.prefix}"
      keys     = can(var.created[name]) ? local.partition_keys : []
      projection = can(var.created[name]) ? {
        "projection.enabled"        = "true"
        "projection.year.type"      = "integer"
        "projection.year.range"     = "2000,2100"
        "projection.year.digits"    = "4"
        "projection.month.type"     = "integer"
        "projection.month.range"    = "1,12"
        "projection.month.digits"   = "2"
        "projection.day.type"       = "integer"
        "projection.day.range"      = "1,31"
        "projection.day.digits"     = "2"
        "projection.hour.type"      = "integer"
        "projection.hour.range"     = "0,23"
        "projection.hour.digits"    = "2"
        "storage.location.template" = "s3://${var.replica.bucket.name}/${group.source_folder}-${var.created[name]}/data/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}"
      } : {}
    }
  }
}

resource "aws_glue_catalog_database" "this" {
  name        = var.replica.database
  description = "Replicas of offline stores."

  # Tables are governed by IAM alone; Lake Formation's default would hand them to IAM_ALLOWED_PRINCIPALS implicitly.
  create_table_default_permission {
    permissions = ["ALL"]

    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }
}

resource "aws_glue_catalog_table" "this" {
  for_each = local.tables

  name          = each.value.name
  database_name = aws_glue_catalog_database.this.name
  description   = "Replica of the offline store of feature group ${each.key}."
  table_type    = "EXTERNAL_TABLE"
  parameters    = merge({ EXTERNAL = "TRUE", classification = "parquet" }, each.value.projection)

  dynamic "partition_keys" {
    for_each = each.value.keys

    content {
      name = partition_keys.value
      type = "string"
    }
  }

  storage_descriptor {
    location      = each.value.location
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters            = { "serialization.format" = "1" }
    }
  }
}
