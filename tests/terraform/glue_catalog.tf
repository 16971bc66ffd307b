# The catalog: databases, tables of several formats, partitions, views, functions, settings, links.
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "lake" {
  bucket        = "glue-catalog-all"
  force_destroy = true
}
resource "aws_glue_catalog_database" "raw" {
  name         = "glue_all_raw"
  location_uri = "s3://${aws_s3_bucket.lake.bucket}/raw"
  parameters   = { owner = "growth", revision = tostring(var.revision) }
  create_table_default_permission {
    permissions = ["SELECT"]
    principal { data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS" }
  }
}
resource "aws_glue_catalog_database" "link" {
  name = "glue_all_link"
  target_database {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.raw.name
  }
}
resource "aws_glue_catalog_table" "csv" {
  name          = "events"
  database_name = aws_glue_catalog_database.raw.name
  description   = "Raw events ${var.revision}"
  owner         = "growth"
  retention     = 0
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    EXTERNAL                    = "TRUE"
    "skip.header.line.count"    = "1"
    "projection.enabled"        = "true"
    "projection.day.type"       = "date"
    "projection.day.range"      = "2020-01-01,NOW"
    "projection.day.format"     = "yyyy-MM-dd"
    "storage.location.template" = "s3://${aws_s3_bucket.lake.bucket}/raw/events/day=$${day}"
  }
  partition_keys {
    name    = "day"
    type    = "string"
    comment = "Day of the event"
  }
  storage_descriptor {
    location                  = "s3://${aws_s3_bucket.lake.bucket}/raw/events"
    input_format              = "org.apache.hadoop.mapred.TextInputFormat"
    output_format             = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    compressed                = false
    number_of_buckets         = -1
    stored_as_sub_directories = false
    bucket_columns            = ["user"]
    ser_de_info {
      name                  = "csv"
      serialization_library = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
      parameters            = { separatorChar = ",", quoteChar = "\"" }
    }
    sort_columns {
      column     = "user"
      sort_order = 1
    }
    skewed_info {
      skewed_column_names               = ["user"]
      skewed_column_value_location_maps = { user = "user" }
      skewed_column_values              = ["x"]
    }
    columns {
      name       = "user"
      type       = "string"
      parameters = { classification = "pii" }
    }
    columns {
      name = "payload"
      type = "struct<a:int,b:array<string>>"
    }
  }
}
resource "aws_glue_partition" "day" {
  database_name    = aws_glue_catalog_database.raw.name
  table_name       = aws_glue_catalog_table.csv.name
  partition_values = ["2024-01-01"]
  parameters       = { revision = tostring(var.revision) }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.lake.bucket}/raw/events/day=2024-01-01"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    columns {
      name = "user"
      type = "string"
    }
    ser_de_info { serialization_library = "org.apache.hadoop.hive.serde2.OpenCSVSerde" }
  }
}
resource "aws_glue_catalog_table" "iceberg" {
  name          = "trips"
  database_name = aws_glue_catalog_database.raw.name
  table_type    = "EXTERNAL_TABLE"
  open_table_format_input {
    iceberg_input {
      metadata_operation = "CREATE"
      version            = 2
    }
  }
  storage_descriptor {
    location = "s3://${aws_s3_bucket.lake.bucket}/iceberg/trips"
    columns {
      name = "id"
      type = "int"
    }
  }
}
resource "aws_glue_catalog_table" "view" {
  name               = "recent"
  database_name      = aws_glue_catalog_database.raw.name
  table_type         = "VIRTUAL_VIEW"
  view_original_text = "/* Presto View: ${base64encode(jsonencode({ originalSql = "select 1", catalog = "awsdatacatalog", schema = "x", columns = [] }))} */"
  view_expanded_text = "/* Presto View */"
  parameters         = { presto_view = "true", comment = "Presto View" }
  storage_descriptor {
    columns {
      name = "user"
      type = "string"
    }
  }
}
resource "aws_glue_catalog_table" "link" {
  name          = "events_link"
  database_name = aws_glue_catalog_database.raw.name
  target_table {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.raw.name
    name          = aws_glue_catalog_table.csv.name
  }
}
resource "aws_glue_user_defined_function" "fn" {
  catalog_id    = data.aws_caller_identity.me.account_id
  name          = "my_func"
  database_name = aws_glue_catalog_database.raw.name
  class_name    = "class${var.revision}"
  owner_name    = "owner"
  owner_type    = "GROUP"
  resource_uris {
    resource_type = "ARCHIVE"
    uri           = "s3://${aws_s3_bucket.lake.bucket}/fn.jar"
  }
}
resource "aws_kms_key" "catalog" {}
resource "aws_glue_data_catalog_encryption_settings" "this" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = aws_kms_key.catalog.arn
      return_connection_password_encrypted = var.revision == 2
    }
    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
      sse_aws_kms_key_id      = aws_kms_key.catalog.arn
    }
  }
}
data "aws_glue_catalog_table" "events" {
  database_name = aws_glue_catalog_database.raw.name
  name          = aws_glue_catalog_table.csv.name
}
data "aws_glue_data_catalog_encryption_settings" "this" {
  catalog_id = data.aws_caller_identity.me.account_id
  depends_on = [aws_glue_data_catalog_encryption_settings.this]
}
resource "aws_glue_catalog_table_optimizer" "compaction" {
  catalog_id    = data.aws_caller_identity.me.account_id
  database_name = aws_glue_catalog_database.raw.name
  table_name    = aws_glue_catalog_table.iceberg.name
  type          = "compaction"
  configuration {
    role_arn = aws_iam_role.optimizer.arn
    enabled  = var.revision == 1
  }
}
resource "aws_iam_role" "optimizer" {
  name               = "glue-all-optimizer"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
