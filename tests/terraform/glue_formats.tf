# Tables in every format over one database, partitions, indexes, a view, functions of users.

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "formats" {
  bucket_prefix = "glue-formats-"
  force_destroy = true
}

resource "aws_glue_catalog_database" "formats" {
  name         = "glue_formats"
  description  = "Formats, revision ${var.revision}"
  location_uri = "s3://${aws_s3_bucket.formats.bucket}/db"
  parameters   = { owner = "data", tier = "silver" }
  create_table_default_permission {
    permissions = ["SELECT"]
    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }
}

locals {
  formats = {
    parquet = {
      input  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
      output = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
      serde  = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      with   = { "serialization.format" = "1" }
    }
    csv = {
      input  = "org.apache.hadoop.mapred.TextInputFormat"
      output = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
      serde  = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
      with   = { separatorChar = ";", quoteChar = "\"", escapeChar = "\\" }
    }
    json = {
      input  = "org.apache.hadoop.mapred.TextInputFormat"
      output = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
      serde  = "org.openx.data.jsonserde.JsonSerDe"
      with   = { "ignore.malformed.json" = "true", paths = "id,seen_at,payload" }
    }
    orc = {
      input  = "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat"
      output = "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat"
      serde  = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
      with   = {}
    }
  }
}

resource "aws_glue_catalog_table" "format" {
  for_each      = local.formats
  name          = "events_${each.key}"
  database_name = aws_glue_catalog_database.formats.name
  description   = "Events as ${each.key}"
  owner         = "data"
  retention     = 30 * var.revision
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    classification = each.key
    typeOfData     = "file"
  }

  partition_keys {
    name = "day"
    type = "date"
  }
  partition_keys {
    name    = "zone"
    type    = "string"
    comment = "Where"
  }

  storage_descriptor {
    location                  = "s3://${aws_s3_bucket.formats.bucket}/db/${each.key}/"
    additional_locations      = []
    input_format              = each.value.input
    output_format             = each.value.output
    compressed                = each.key == "parquet"
    number_of_buckets         = -1
    stored_as_sub_directories = false
    parameters                = { compressionType = "none" }
    columns {
      name    = "id"
      type    = "bigint"
      comment = "Key"
    }
    columns {
      name = "seen_at"
      type = "timestamp"
    }
    columns {
      name       = "payload"
      type       = "struct<a:int,b:array<string>,c:map<string,double>>"
      parameters = { origin = "stream" }
    }
    dynamic "columns" {
      for_each = var.revision > 1 ? [1] : []
      content {
        name = "added"
        type = "decimal(18,4)"
      }
    }
    ser_de_info {
      name                  = each.key
      serialization_library = each.value.serde
      parameters            = each.value.with
    }
    sort_columns {
      column     = "seen_at"
      sort_order = 1
    }
    skewed_info {
      skewed_column_names               = ["id"]
      skewed_column_values              = ["1"]
      skewed_column_value_location_maps = { "1" = "one" }
    }
  }
}

resource "aws_glue_partition_index" "by" {
  for_each      = { both = ["day", "zone"] }
  database_name = aws_glue_catalog_database.formats.name
  table_name    = aws_glue_catalog_table.format["parquet"].name
  partition_index {
    index_name = "by_${each.key}"
    keys       = each.value
  }
}

resource "aws_glue_partition" "day" {
  for_each         = toset(["2024-01-01", "2024-01-02"])
  database_name    = aws_glue_catalog_database.formats.name
  table_name       = aws_glue_catalog_table.format["json"].name
  partition_values = [each.key, "eu"]
  parameters       = { rows = tostring(100 * var.revision) }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.formats.bucket}/db/json/day=${each.key}/zone=eu/"
    input_format  = local.formats.json.input
    output_format = local.formats.json.output
    columns {
      name = "id"
      type = "bigint"
    }
    ser_de_info {
      serialization_library = local.formats.json.serde
    }
  }
}

resource "aws_glue_catalog_table" "view" {
  name          = "events_view"
  database_name = aws_glue_catalog_database.formats.name
  table_type    = "VIRTUAL_VIEW"
  parameters    = { presto_view = "true", comment = "Presto View" }
  view_original_text = format("/* Presto View: %s */", base64encode(jsonencode({
    originalSql = "SELECT id FROM glue_formats.events_parquet WHERE ${var.revision} > 0"
    catalog     = "awsdatacatalog"
    schema      = "glue_formats"
    columns     = [{ name = "id", type = "bigint" }]
  })))
  view_expanded_text = "/* Presto View */"
  storage_descriptor {
    ser_de_info {
      name                  = "-"
      serialization_library = "-"
    }
    columns {
      name = "id"
      type = "bigint"
    }
  }
}

resource "aws_glue_user_defined_function" "hash" {
  name          = "stable_hash"
  catalog_id    = aws_glue_catalog_database.formats.catalog_id
  database_name = aws_glue_catalog_database.formats.name
  class_name    = "com.example.Hash${var.revision}"
  owner_name    = "data"
  owner_type    = "GROUP"
  resource_uris {
    resource_type = "JAR"
    uri           = "s3://${aws_s3_bucket.formats.bucket}/jars/hash.jar"
  }
  resource_uris {
    resource_type = "FILE"
    uri           = "s3://${aws_s3_bucket.formats.bucket}/jars/salt.txt"
  }
}

resource "aws_glue_catalog_database" "linked" {
  name = "glue_formats_link"
  target_database {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.formats.name
  }
}

resource "aws_glue_catalog_table" "linked" {
  name          = "events_link"
  database_name = aws_glue_catalog_database.formats.name
  target_table {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.formats.name
    name          = aws_glue_catalog_table.format["orc"].name
  }
}

resource "aws_glue_data_quality_ruleset" "events" {
  name        = "events-quality"
  description = "Revision ${var.revision}"
  ruleset     = "Rules = [ IsComplete \"id\", RowCount > ${var.revision}, ColumnValues \"id\" > 0 ]"
  target_table {
    database_name = aws_glue_catalog_database.formats.name
    table_name    = aws_glue_catalog_table.format["parquet"].name
  }
}
