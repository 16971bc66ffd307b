# Catalogue of a web log lake: one table with projected partitions, one with registered ones.

data "aws_caller_identity" "current" {}

locals {
  database = "r4_projected_catalog"

  log_columns = concat(
    [
      { name = "request_id", type = "string", comment = "Unique per request" },
      { name = "path", type = "string", comment = null },
      { name = "status", type = "int", comment = null },
      { name = "duration_ms", type = "double", comment = "Time to last byte" },
      { name = "headers", type = "map<string,string>", comment = null },
    ],
    var.revision >= 2 ? [{ name = "edge_location", type = "string", comment = "Added with the CDN" }] : []
  )

  regions = ["emea", "amer"]
}

resource "aws_s3_bucket" "logs" {
  bucket        = "r4-projected-catalog-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_glue_catalog_database" "logs" {
  name         = local.database
  description  = "Web logs"
  location_uri = "s3://${aws_s3_bucket.logs.bucket}/"

  create_table_default_permission {
    permissions = ["ALL"]

    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }

  tags = {
    Domain = "web"
  }
}

resource "aws_glue_catalog_table" "requests" {
  name          = "requests"
  database_name = aws_glue_catalog_database.logs.name
  description   = "Requests, partitions projected from the path"
  table_type    = "EXTERNAL_TABLE"
  owner         = "web-platform"

  parameters = {
    EXTERNAL                        = "TRUE"
    classification                  = "json"
    "projection.enabled"            = "true"
    "projection.day.type"           = "date"
    "projection.day.format"         = "yyyy/MM/dd"
    "projection.day.range"          = var.revision >= 2 ? "2023/01/01,NOW" : "2024/01/01,NOW"
    "projection.day.interval"       = "1"
    "projection.day.interval.unit"  = "DAYS"
    "projection.environment.type"   = "enum"
    "projection.environment.values" = "prod,staging"
    "storage.location.template"     = "s3://${aws_s3_bucket.logs.bucket}/requests/$${environment}/$${day}"
  }

  partition_keys {
    name    = "environment"
    type    = "string"
    comment = "Deployment stage"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.logs.bucket}/requests"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      name                  = "json"
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"

      parameters = {
        "ignore.malformed.json" = "true"
        "case.insensitive"      = "true"
      }
    }

    dynamic "columns" {
      for_each = local.log_columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}

resource "aws_glue_catalog_table" "daily" {
  name          = "daily_totals"
  database_name = aws_glue_catalog_database.logs.name
  table_type    = "EXTERNAL_TABLE"
  retention     = 0

  parameters = {
    classification        = "parquet"
    "parquet.compression" = var.revision >= 2 ? "ZSTD" : "SNAPPY"
  }

  partition_keys {
    name = "region"
    type = "string"
  }

  partition_keys {
    name = "year"
    type = "int"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.logs.bucket}/daily/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"

      parameters = {
        "serialization.format" = "1"
      }
    }

    columns {
      name = "path"
      type = "string"
    }

    columns {
      name = "hits"
      type = "bigint"
    }

    sort_columns {
      column     = "path"
      sort_order = 1
    }
  }
}

resource "aws_glue_partition" "daily" {
  for_each = toset(local.regions)

  database_name    = aws_glue_catalog_database.logs.name
  table_name       = aws_glue_catalog_table.daily.name
  partition_values = [each.value, "2025"]

  parameters = {
    loaded_by = "backfill-${var.revision}"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.logs.bucket}/daily/region=${each.value}/year=2025/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"

      parameters = {
        "serialization.format" = "1"
      }
    }

    columns {
      name = "path"
      type = "string"
    }

    columns {
      name = "hits"
      type = "bigint"
    }
  }
}

resource "aws_glue_partition_index" "region" {
  database_name = aws_glue_catalog_database.logs.name
  table_name    = aws_glue_catalog_table.daily.name

  partition_index {
    index_name = "by_region"
    keys       = ["region"]
  }

  timeouts {
    create = "20m"
    delete = "20m"
  }

  depends_on = [aws_glue_partition.daily]
}

resource "aws_glue_user_defined_function" "mask" {
  name          = "mask_ip"
  catalog_id    = aws_glue_catalog_database.logs.catalog_id
  database_name = aws_glue_catalog_database.logs.name
  class_name    = var.revision >= 2 ? "com.example.hive.MaskIpV2" : "com.example.hive.MaskIp"
  owner_name    = "web-platform"
  owner_type    = "GROUP"

  resource_uris {
    resource_type = "JAR"
    uri           = "s3://${aws_s3_bucket.logs.bucket}/jars/udf.jar"
  }
}
