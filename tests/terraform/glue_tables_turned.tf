# Tables and databases that are described less the second time: what goes must go, what a service adds must not show.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_s3_bucket" "tables" {
  bucket        = "glue-tables-turned"
  force_destroy = true
}
resource "aws_glue_catalog_database" "full" {
  name         = "tables_turned"
  description  = local.later ? null : "Described"
  location_uri = local.later ? null : "s3://${aws_s3_bucket.tables.bucket}/db"
  parameters   = local.later ? null : { a = "1" }
  tags         = local.later ? { b = "2" } : { a = "1" }
  dynamic "create_table_default_permission" {
    for_each = local.later ? ["ALL"] : ["SELECT"]
    content {
      permissions = [create_table_default_permission.value]
      principal {
        data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
      }
    }
  }
}
resource "aws_glue_catalog_database" "closed" {
  name = "tables_turned_closed"
  create_table_default_permission {
    permissions = []
    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }
}
resource "aws_glue_catalog_database" "there" {
  name = "tables_turned_there"
  target_database {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.full.name
    region        = "eu-central-1"
  }
}
resource "aws_glue_catalog_table" "less" {
  name          = "less"
  database_name = aws_glue_catalog_database.full.name
  description   = local.later ? null : "Described"
  owner         = local.later ? null : "data"
  retention     = local.later ? null : 30
  table_type    = local.later ? "VIRTUAL_VIEW" : "EXTERNAL_TABLE"
  parameters    = local.later ? {} : { "skip.header.line.count" = "1", classification = "csv" }
  dynamic "partition_keys" {
    for_each = local.later ? ["day"] : ["year", "month"]
    content {
      name    = partition_keys.value
      type    = local.later ? "date" : "int"
      comment = local.later ? null : "part"
    }
  }
  view_original_text = local.later ? "view_original_text_2" : "view_original_text_1"
  view_expanded_text = local.later ? null : "view_expanded_text_1"
  storage_descriptor {
    location                  = "s3://${aws_s3_bucket.tables.bucket}/less/${var.revision}"
    input_format              = local.later ? null : "SequenceFileInputFormat"
    output_format             = local.later ? null : "SequenceFileInputFormat"
    compressed                = false
    stored_as_sub_directories = !local.later
    number_of_buckets         = local.later ? 12 : 1
    bucket_columns            = local.later ? ["one"] : ["one", "two"]
    parameters                = local.later ? null : { a = "1" }
    dynamic "columns" {
      for_each = local.later ? ["two", "one"] : ["one", "two", "three"]
      content {
        name       = columns.value
        type       = columns.value == "one" ? "int" : "string"
        comment    = local.later ? null : columns.value
        parameters = local.later ? {} : { key = columns.value }
      }
    }
    ser_de_info {
      name                  = "ser_de_name"
      parameters            = local.later ? {} : { "param1" = "param_val_1" }
      serialization_library = local.later ? "org.openx.data.jsonserde.JsonSerDe" : "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe"
    }
    dynamic "sort_columns" {
      for_each = local.later ? [] : [1]
      content {
        column     = "one"
        sort_order = sort_columns.value
      }
    }
    dynamic "skewed_info" {
      for_each = local.later ? [] : [1]
      content {
        skewed_column_names               = ["one"]
        skewed_column_value_location_maps = { one = "one_val" }
        skewed_column_values              = ["skewed_val_1"]
      }
    }
  }
}
resource "aws_glue_catalog_table" "bare" {
  name          = "bare"
  database_name = aws_glue_catalog_database.full.name
  dynamic "storage_descriptor" {
    for_each = local.later ? [1] : []
    content {
      location = "s3://${aws_s3_bucket.tables.bucket}/bare"
    }
  }
}
resource "aws_glue_catalog_table" "indexed" {
  name          = "indexed"
  database_name = aws_glue_catalog_database.full.name
  parameters    = { "partition_filtering.enabled" = "true" }
  storage_descriptor {
    location = "s3://${aws_s3_bucket.tables.bucket}/indexed"
    columns {
      name = "v"
      type = "array<struct<a:int,b:map<string,double>>>"
    }
  }
  partition_keys {
    name = "year"
    type = "int"
  }
  partition_keys {
    name = "zone"
    type = "string"
  }
  partition_index {
    index_name = "by_year"
    keys       = ["year"]
  }
  partition_index {
    index_name = "by_both"
    keys       = ["year", "zone"]
  }
}
resource "aws_glue_partition" "one" {
  database_name    = aws_glue_catalog_database.full.name
  table_name       = aws_glue_catalog_table.indexed.name
  partition_values = ["2024", "a b/c"]
  parameters       = local.later ? null : { a = "1" }
}
resource "aws_glue_catalog_table" "elsewhere" {
  name          = "elsewhere"
  database_name = aws_glue_catalog_database.full.name
  target_table {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.closed.name
    name          = "not_there_yet"
    region        = "eu-west-1"
  }
}
resource "aws_glue_registry" "tables" {
  registry_name = "tables-turned"
  description   = local.later ? "Later" : "Described"
  tags          = local.later ? {} : { a = "1" }
}
resource "aws_glue_schema" "avro" {
  schema_name   = "turned"
  registry_arn  = aws_glue_registry.tables.arn
  data_format   = "AVRO"
  compatibility = local.later ? "FULL_ALL" : "NONE"
  description   = local.later ? "Later" : "First"
  schema_definition = jsonencode({
    type = "record"
    name = "r1"
    fields = concat(
      [{ name = "f1", type = "int" }, { name = "f2", type = "string" }],
      local.later ? [{ name = "f3", type = "string", default = "x" }] : []
    )
  })
}
resource "aws_glue_schema" "default_registry" {
  schema_name       = "turned-in-default"
  data_format       = "PROTOBUF"
  compatibility     = "NONE"
  schema_definition = "syntax = \"proto2\";package tutorial;option java_multiple_files = true;message Person {optional string name = 1;optional int32 id = 2;}"
}
resource "aws_glue_catalog_table" "of_schema" {
  name          = "of_schema"
  database_name = aws_glue_catalog_database.full.name
  storage_descriptor {
    schema_reference {
      schema_version_number = 1
      schema_id {
        schema_arn = aws_glue_schema.avro.arn
      }
    }
  }
}
data "aws_glue_catalog_table" "less" {
  name          = aws_glue_catalog_table.less.name
  database_name = aws_glue_catalog_table.less.database_name
  catalog_id    = data.aws_caller_identity.me.account_id
}
output "read" {
  value = [data.aws_glue_catalog_table.less.partition_keys, data.aws_glue_catalog_table.less.storage_descriptor]
}
