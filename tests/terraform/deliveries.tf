# Delivery streams to what is not a bucket, and to buckets in columns: web endpoints, warehouses, search, Iceberg.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_s3_bucket" "to" {
  bucket        = "deliveries-turned"
  force_destroy = true
}
resource "aws_iam_role" "to" {
  name               = "deliveries-turned"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "firehose.amazonaws.com" } }] })
}
resource "aws_glue_catalog_database" "to" {
  name = "deliveries_turned"
}
resource "aws_glue_catalog_table" "to" {
  name          = "events"
  database_name = aws_glue_catalog_database.to.name
  storage_descriptor {
    columns {
      name = "id"
      type = "string"
    }
  }
}
resource "aws_glue_catalog_table" "iceberg" {
  name          = "iceberg"
  database_name = aws_glue_catalog_database.to.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { format = "parquet" }
  open_table_format_input {
    iceberg_input {
      metadata_operation = "CREATE"
      version            = 2
    }
  }
  storage_descriptor {
    location = "s3://${aws_s3_bucket.to.bucket}/iceberg"
    columns {
      name = "id"
      type = "int"
    }
  }
}
resource "aws_kinesis_firehose_delivery_stream" "columns" {
  name        = "deliveries-columns"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn            = aws_iam_role.to.arn
    bucket_arn          = aws_s3_bucket.to.arn
    buffering_size      = local.later ? 128 : 64
    buffering_interval  = local.later ? 300 : 60
    prefix              = local.later ? "p/!{timestamp:yyyy}/" : null
    error_output_prefix = local.later ? "e/!{firehose:error-output-type}/" : null
    custom_time_zone    = "Europe/Berlin"
    file_extension      = local.later ? ".parquet" : null
    s3_backup_mode      = "Enabled"
    s3_backup_configuration {
      role_arn   = aws_iam_role.to.arn
      bucket_arn = aws_s3_bucket.to.arn
      prefix     = "backup/${var.revision}/"
    }
    data_format_conversion_configuration {
      enabled = true
      input_format_configuration {
        deserializer {
          open_x_json_ser_de {
            case_insensitive = true
          }
        }
      }
      output_format_configuration {
        serializer {
          parquet_ser_de {
            compression = local.later ? "GZIP" : "SNAPPY"
          }
        }
      }
      schema_configuration {
        database_name = aws_glue_catalog_database.to.name
        table_name    = aws_glue_catalog_table.to.name
        role_arn      = aws_iam_role.to.arn
      }
    }
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_kinesis_firehose_delivery_stream" "web" {
  name        = "deliveries-web"
  destination = "http_endpoint"
  http_endpoint_configuration {
    url                = "https://input.example.com/${var.revision}"
    name               = "Example"
    access_key         = "not-a-secret"
    buffering_size     = 15
    buffering_interval = 600
    retry_duration     = local.later ? 60 : 300
    role_arn           = aws_iam_role.to.arn
    s3_backup_mode     = "FailedDataOnly"
    s3_configuration {
      role_arn           = aws_iam_role.to.arn
      bucket_arn         = aws_s3_bucket.to.arn
      compression_format = "GZIP"
    }
    request_configuration {
      content_encoding = local.later ? "NONE" : "GZIP"
      common_attributes {
        name  = "stage"
        value = "r${var.revision}"
      }
    }
  }
}
resource "aws_kinesis_firehose_delivery_stream" "iceberg" {
  name        = "deliveries-iceberg"
  destination = "iceberg"
  iceberg_configuration {
    role_arn           = aws_iam_role.to.arn
    catalog_arn        = "arn:aws:glue:eu-west-1:${data.aws_caller_identity.me.account_id}:catalog"
    buffering_size     = 10 * var.revision
    buffering_interval = 400
    s3_configuration {
      role_arn   = aws_iam_role.to.arn
      bucket_arn = aws_s3_bucket.to.arn
    }
    destination_table_configuration {
      database_name          = aws_glue_catalog_database.to.name
      table_name             = aws_glue_catalog_table.iceberg.name
      unique_keys            = local.later ? ["id"] : null
      s3_error_output_prefix = "errors/"
    }
  }
}
resource "aws_kinesis_firehose_delivery_stream" "warehouse" {
  name        = "deliveries-warehouse"
  destination = "redshift"
  redshift_configuration {
    role_arn           = aws_iam_role.to.arn
    cluster_jdbcurl    = "jdbc:redshift://warehouse.example.com:5439/features"
    username           = "writer"
    password           = "not-a-Secret-1"
    data_table_name    = "events"
    copy_options       = local.later ? "delimiter '|'" : "GZIP"
    data_table_columns = "id"
    s3_configuration {
      role_arn           = aws_iam_role.to.arn
      bucket_arn         = aws_s3_bucket.to.arn
      buffering_size     = 10
      compression_format = "GZIP"
    }
  }
}
