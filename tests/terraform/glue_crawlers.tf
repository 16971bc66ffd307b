resource "aws_s3_bucket" "b" {
  bucket        = "glue-more"
  force_destroy = true
}
resource "aws_iam_role" "g" {
  name               = "glue-more"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_glue_catalog_database" "db" { name = "glue_more" }
resource "aws_glue_crawler" "catalog" {
  name          = "glue-more-catalog"
  role          = aws_iam_role.g.arn
  database_name = aws_glue_catalog_database.db.name
  catalog_target {
    database_name = aws_glue_catalog_database.db.name
    tables        = [aws_glue_catalog_table.t.name]
  }
  schema_change_policy { delete_behavior = "LOG" }
  configuration = jsonencode({ Version = 1.0, Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas" } })
}
resource "aws_glue_crawler" "dynamo" {
  name          = "glue-more-dynamo"
  role          = aws_iam_role.g.arn
  database_name = aws_glue_catalog_database.db.name
  schedule      = var.revision == 1 ? "cron(15 12 * * ? *)" : null
  dynamodb_target { path = "table-name" }
}
resource "aws_glue_crawler" "jdbc" {
  name          = "glue-more-jdbc"
  role          = aws_iam_role.g.arn
  database_name = aws_glue_catalog_database.db.name
  jdbc_target {
    connection_name = aws_glue_connection.c.name
    path            = "database-name/%"
  }
  lake_formation_configuration {
    use_lake_formation_credentials = false
  }
}
resource "aws_glue_connection" "c" {
  name            = "glue-more-jdbc"
  connection_type = "JDBC"
  match_criteria  = ["template"]
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:postgresql://x:5432/db"
    SECRET_ID           = "s"
    JDBC_ENFORCE_SSL    = "false"
  }
  physical_connection_requirements {
    availability_zone      = "eu-west-1a"
    security_group_id_list = ["sg-12345678"]
    subnet_id              = "subnet-12345678"
  }
}
resource "aws_glue_catalog_table" "t" {
  name          = "t"
  database_name = aws_glue_catalog_database.db.name
  owner         = "hadoop"
  table_type    = "EXTERNAL_TABLE"
  parameters    = { classification = "json", "useGlueParquetWriter" = "true" }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.b.bucket}/t"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    parameters    = { a = "b" }
    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters            = { paths = "a,b" }
    }
    dynamic "columns" {
      for_each = var.revision == 1 ? ["a"] : ["a", "b"]
      content {
        name    = columns.value
        type    = "string"
        comment = ""
      }
    }
  }
  partition_keys {
    name = "p"
    type = "string"
  }
  partition_index {
    index_name = "idx"
    keys       = ["p"]
  }
}
resource "aws_glue_catalog_table" "registry" {
  name          = "from_schema"
  database_name = aws_glue_catalog_database.db.name
  storage_descriptor {
    schema_reference {
      schema_version_number = 1
      schema_id { schema_arn = aws_glue_schema.s.arn }
    }
  }
}
resource "aws_glue_schema" "s" {
  schema_name       = "glue-more"
  data_format       = "JSON"
  compatibility     = "DISABLED"
  schema_definition = jsonencode({ "$schema" = "http://json-schema.org/draft-07/schema#", type = "object" })
}
resource "aws_glue_data_quality_ruleset" "t" {
  name    = "glue-more"
  ruleset = "Rules = [RowCount > ${var.revision}]"
  target_table {
    database_name = aws_glue_catalog_database.db.name
    table_name    = aws_glue_catalog_table.t.name
  }
}
resource "aws_glue_job" "ray" {
  name              = "glue-more-ray"
  role_arn          = aws_iam_role.g.arn
  glue_version      = "4.0"
  worker_type       = "Z.2X"
  number_of_workers = 2
  command {
    name            = "glueray"
    python_version  = "3.9"
    runtime         = "Ray2.4"
    script_location = "s3://${aws_s3_bucket.b.bucket}/x.py"
  }
}
resource "aws_glue_job" "stream" {
  name         = "glue-more-stream"
  role_arn     = aws_iam_role.g.arn
  glue_version = "4.0"
  max_capacity = var.revision == 1 ? 2 : 3
  command {
    name            = "gluestreaming"
    script_location = "s3://${aws_s3_bucket.b.bucket}/x.py"
  }
}
resource "aws_glue_trigger" "event" {
  name          = "glue-more-event"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.w.name
  event_batching_condition {
    batch_size   = 10
    batch_window = 300
  }
  actions { job_name = aws_glue_job.ray.name }
}
resource "aws_glue_workflow" "w" { name = "glue-more" }
resource "aws_glue_trigger" "cond" {
  name = "glue-more-cond"
  type = "CONDITIONAL"
  actions { job_name = aws_glue_job.stream.name }
  predicate {
    conditions {
      job_name = aws_glue_job.ray.name
      state    = "SUCCEEDED"
    }
  }
}
data "aws_glue_connection" "c" { id = "${data.aws_caller_identity.me.account_id}:${aws_glue_connection.c.name}" }
data "aws_caller_identity" "me" {}
