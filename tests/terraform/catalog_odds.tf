# The corners of a Glue catalog: partitions, indexes, functions, classifiers, quality rules, a resource policy, encryption of the catalog.
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

resource "aws_kms_key" "catalog" {
  description             = "catalog"
  deletion_window_in_days = 7
}

resource "aws_glue_data_catalog_encryption_settings" "this" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = aws_kms_key.catalog.arn
      return_connection_password_encrypted = true
    }
    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
      sse_aws_kms_key_id      = aws_kms_key.catalog.arn
    }
  }
}

resource "aws_glue_catalog_database" "odds" {
  name         = "catalog_odds"
  description  = "revision ${var.revision}"
  location_uri = "s3://catalog-odds/db"
  parameters   = { retention = "90" }
}

resource "aws_glue_catalog_table" "events" {
  name          = "events"
  database_name = aws_glue_catalog_database.odds.name
  owner         = "hadoop"
  retention     = 90 * var.revision
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    "projection.enabled"        = "true"
    "projection.day.type"       = "date"
    "projection.day.range"      = "2024-01-01,NOW"
    "projection.day.format"     = "yyyy-MM-dd"
    "storage.location.template" = "s3://catalog-odds/events/$${day}/$${hour}"
    classification              = "json"
  }
  partition_keys {
    name    = "day"
    type    = "string"
    comment = "UTC"
  }
  partition_keys {
    name = "hour"
    type = "int"
  }
  lifecycle {
    ignore_changes = [partition_index]
  }
  storage_descriptor {
    location          = "s3://catalog-odds/events"
    input_format      = "org.apache.hadoop.mapred.TextInputFormat"
    output_format     = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    compressed        = true
    number_of_buckets = 4
    bucket_columns    = ["id"]
    sort_columns {
      column     = "id"
      sort_order = 1
    }
    ser_de_info {
      name                  = "json"
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters            = { "ignore.malformed.json" = "TRUE" }
    }
    columns {
      name       = "id"
      type       = "string"
      comment    = "key"
      parameters = { pii = "no" }
    }
    columns {
      name = "payload"
      type = "struct<a:int,b:array<string>>"
    }
    skewed_info {
      skewed_column_names  = ["id"]
      skewed_column_values = ["x"]
      skewed_column_value_location_maps = {
        x = "s3://catalog-odds/skewed"
      }
    }
  }
}

resource "aws_glue_partition" "day" {
  for_each         = toset(var.revision == 1 ? ["0", "1"] : ["0", "1", "2"])
  database_name    = aws_glue_catalog_database.odds.name
  table_name       = aws_glue_catalog_table.events.name
  partition_values = ["2024-01-01", each.key]
  parameters       = { loaded = "r${var.revision}" }
  storage_descriptor {
    location      = "s3://catalog-odds/events/2024-01-01/${each.key}"
    input_format  = aws_glue_catalog_table.events.storage_descriptor[0].input_format
    output_format = aws_glue_catalog_table.events.storage_descriptor[0].output_format
    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
    }
    columns {
      name = "id"
      type = "string"
    }
  }
}

resource "aws_glue_partition_index" "hour" {
  database_name = aws_glue_catalog_database.odds.name
  table_name    = aws_glue_catalog_table.events.name
  partition_index {
    index_name = "by_hour"
    keys       = ["hour", "day"]
  }
}

resource "aws_glue_catalog_table" "view" {
  name               = "recent"
  database_name      = aws_glue_catalog_database.odds.name
  table_type         = "VIRTUAL_VIEW"
  view_expanded_text = "/* Presto View */"
  view_original_text = "/* Presto View: ${base64encode(jsonencode({ originalSql = "SELECT id FROM events", catalog = "awsdatacatalog", schema = "catalog_odds", columns = [{ name = "id", type = "varchar" }] }))} */"
  parameters         = { presto_view = "true", comment = "Presto View" }
  storage_descriptor {
    columns {
      name = "id"
      type = "string"
    }
    ser_de_info {
      name                  = "-"
      serialization_library = "-"
    }
  }
}

resource "aws_glue_user_defined_function" "hash" {
  name          = "hash_id"
  database_name = aws_glue_catalog_database.odds.name
  catalog_id    = aws_glue_catalog_database.odds.catalog_id
  class_name    = "com.example.Hash${var.revision}"
  owner_name    = "platform"
  owner_type    = "GROUP"
  resource_uris {
    resource_type = "JAR"
    uri           = "s3://catalog-odds/hash.jar"
  }
}

resource "aws_glue_classifier" "csv" {
  name = "odds-csv"
  csv_classifier {
    allow_single_column    = false
    contains_header        = "PRESENT"
    delimiter              = var.revision == 1 ? "," : ";"
    disable_value_trimming = false
    header                 = ["a", "b"]
    quote_symbol           = "'"
  }
}

resource "aws_glue_classifier" "grok" {
  name = "odds-grok"
  grok_classifier {
    classification = "log"
    grok_pattern   = "%%{COMMONAPACHELOG}"
  }
}

resource "aws_glue_classifier" "json" {
  name = "odds-json"
  json_classifier {
    json_path = "$.records[*]"
  }
}

resource "aws_glue_data_quality_ruleset" "events" {
  name        = "odds-events"
  description = "revision ${var.revision}"
  ruleset     = "Rules = [ IsComplete \"id\", RowCount > ${var.revision} ]"
  target_table {
    database_name = aws_glue_catalog_database.odds.name
    table_name    = aws_glue_catalog_table.events.name
  }
}

data "aws_iam_policy_document" "catalog" {
  statement {
    actions   = ["glue:GetTable", "glue:GetTables", "glue:GetDatabase", "glue:GetPartitions"]
    resources = ["arn:${data.aws_partition.current.partition}:glue:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_glue_resource_policy" "catalog" {
  policy        = data.aws_iam_policy_document.catalog.json
  enable_hybrid = var.revision == 1 ? "FALSE" : "TRUE"
}

data "aws_glue_catalog_table" "events" {
  name          = aws_glue_catalog_table.events.name
  database_name = aws_glue_catalog_database.odds.name
}

output "columns" { value = [for column in data.aws_glue_catalog_table.events.storage_descriptor[0].columns : column.name] }
