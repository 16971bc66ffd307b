# A database made through Athena, tables and Presto views made through Glue, and a foreign catalogue.

data "aws_caller_identity" "current" {}

locals {
  view_columns = concat(
    [
      { name = "station", hive = "string", presto = "varchar" },
      { name = "trips", hive = "bigint", presto = "bigint" },
    ],
    var.revision >= 2 ? [{ name = "avg_minutes", hive = "double", presto = "double" }] : []
  )

  view_sql = var.revision >= 2 ? "SELECT station, count(*) trips, avg(minutes) avg_minutes FROM trips GROUP BY station" : "SELECT station, count(*) trips FROM trips GROUP BY station"
}

resource "aws_s3_bucket" "athena" {
  bucket        = "r4-reporting-views-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_athena_database" "bikes" {
  name          = "r4_reporting_bikes"
  bucket        = aws_s3_bucket.athena.bucket
  comment       = "Bike sharing reports"
  force_destroy = true

  encryption_configuration {
    encryption_option = "SSE_S3"
  }
}

resource "aws_glue_catalog_table" "trips" {
  name          = "trips"
  database_name = aws_athena_database.bikes.name
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL       = "TRUE"
    classification = "orc"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.athena.bucket}/trips/"
    input_format  = "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
    }

    columns {
      name = "station"
      type = "string"
    }

    columns {
      name = "minutes"
      type = "double"
    }
  }
}

resource "aws_glue_catalog_table" "per_station" {
  name          = "trips_per_station"
  database_name = aws_athena_database.bikes.name
  table_type    = "VIRTUAL_VIEW"

  parameters = {
    presto_view = "true"
    comment     = "Presto View"
  }

  view_original_text = "/* Presto View: ${base64encode(jsonencode({
    catalog     = "awsdatacatalog"
    schema      = aws_athena_database.bikes.name
    originalSql = local.view_sql
    columns     = [for column in local.view_columns : { name = column.name, type = column.presto }]
  }))} */"

  view_expanded_text = "/* Presto View */"

  storage_descriptor {
    ser_de_info {
      name                  = "-"
      serialization_library = "-"
    }

    dynamic "columns" {
      for_each = local.view_columns

      content {
        name = columns.value.name
        type = columns.value.hive
      }
    }
  }

  depends_on = [aws_glue_catalog_table.trips]
}

resource "aws_athena_workgroup" "reports" {
  name          = "r4-reporting-views"
  force_destroy = true

  configuration {
    enforce_workgroup_configuration    = false
    publish_cloudwatch_metrics_enabled = false
    requester_pays_enabled             = var.revision >= 2

    result_configuration {
      output_location = "s3://${aws_s3_bucket.athena.bucket}/results/"

      acl_configuration {
        s3_acl_option = "BUCKET_OWNER_FULL_CONTROL"
      }
    }
  }
}

resource "aws_athena_data_catalog" "partner" {
  name        = "r4-reporting-partner"
  description = var.revision >= 2 ? "Partner catalogue, read only" : "Partner catalogue"
  type        = "GLUE"

  parameters = {
    "catalog-id" = "123456789012"
  }

  tags = {
    Partner = "citybikes"
  }
}

resource "aws_athena_named_query" "busiest" {
  name      = "r4-reporting-busiest"
  workgroup = aws_athena_workgroup.reports.id
  database  = aws_athena_database.bikes.name
  query     = "SELECT * FROM ${aws_glue_catalog_table.per_station.name} ORDER BY trips DESC LIMIT 10"
}

data "aws_athena_named_query" "busiest" {
  name      = aws_athena_named_query.busiest.name
  workgroup = aws_athena_workgroup.reports.name

  depends_on = [aws_athena_named_query.busiest]
}

output "busiest_sql" {
  value = data.aws_athena_named_query.busiest.querystring
}
