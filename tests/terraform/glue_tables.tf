resource "aws_s3_bucket" "this" {
  bucket        = "others-glue-tables"
  force_destroy = true
}
resource "aws_glue_catalog_database" "this" {
  name         = "others_tables"
  description  = "revision ${var.revision}"
  location_uri = "s3://${aws_s3_bucket.this.bucket}/"
  tags         = { revision = tostring(var.revision) }
}
resource "aws_glue_catalog_table" "this" {
  name          = "visits"
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { EXTERNAL = "TRUE", classification = "parquet", revision = tostring(var.revision) }
  partition_keys {
    name = "day"
    type = "date"
  }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.this.bucket}/visits/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }
    columns {
      name = "visitor"
      type = "string"
    }
    columns {
      name    = "clicks"
      type    = "bigint"
      comment = "revision ${var.revision}"
    }
  }
}
resource "aws_glue_partition_index" "this" {
  database_name = aws_glue_catalog_database.this.name
  table_name    = aws_glue_catalog_table.this.name
  partition_index {
    index_name = "by_day"
    keys       = ["day"]
  }
}
