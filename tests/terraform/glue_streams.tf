# Streaming and shell jobs, tables that take their columns from a schema registry, resource links, crawlers of the catalog.
data "aws_caller_identity" "me" {}

resource "aws_glue_registry" "events" {
  registry_name = "glue-streams"
  description   = "r${var.revision}"
}
resource "aws_glue_schema" "click" {
  schema_name   = "click"
  registry_arn  = aws_glue_registry.events.arn
  data_format   = "AVRO"
  compatibility = var.revision == 1 ? "BACKWARD" : "FULL"
  schema_definition = jsonencode({
    type = "record", name = "click", fields = concat(
      [{ name = "user", type = "string" }, { name = "at", type = "double" }],
      var.revision > 1 ? [{ name = "page", type = ["null", "string"], default = null }] : [],
    )
  })
}
resource "aws_glue_catalog_database" "streams" {
  name = "glue_streams"
}
resource "aws_glue_catalog_database" "link" {
  name = "glue_streams_link"
  target_database {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.streams.name
  }
}
resource "aws_glue_catalog_table" "clicks" {
  name          = "clicks"
  database_name = aws_glue_catalog_database.streams.name
  parameters    = { classification = "avro", streamARN = aws_kinesis_stream.clicks.arn, typeOfData = "kinesis" }
  storage_descriptor {
    location      = aws_kinesis_stream.clicks.name
    input_format  = "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat"
    parameters    = { endpointUrl = "https://kinesis.eu-west-1.amazonaws.com", typeOfData = "kinesis" }
    schema_reference {
      schema_version_number = var.revision
      schema_id {
        schema_arn = aws_glue_schema.click.arn
      }
    }
  }
}
resource "aws_kinesis_stream" "clicks" {
  name             = "glue-streams"
  shard_count      = 1
  retention_period = 24 * var.revision
}
resource "aws_s3_bucket" "code" {
  bucket_prefix = "glue-streams-"
  force_destroy = true
}
resource "aws_iam_role" "glue" {
  name               = "glue-streams"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_glue_job" "stream" {
  name              = "glue-streams"
  role_arn          = aws_iam_role.glue.arn
  glue_version      = "5.0"
  worker_type       = "G.025X"
  number_of_workers = 2
  command {
    name            = "gluestreaming"
    script_location = "s3://${aws_s3_bucket.code.id}/stream.py"
    python_version  = "3"
  }
  default_arguments = { "--r" = tostring(var.revision) }
}
resource "aws_glue_job" "shell" {
  name         = "glue-streams-shell"
  role_arn     = aws_iam_role.glue.arn
  max_capacity = var.revision == 1 ? 0.0625 : 1
  timeout      = 30
  command {
    name            = "pythonshell"
    script_location = "s3://${aws_s3_bucket.code.id}/shell.py"
    python_version  = "3.9"
  }
}
resource "aws_glue_crawler" "catalog" {
  name          = "glue-streams-catalog"
  role          = aws_iam_role.glue.arn
  database_name = aws_glue_catalog_database.streams.name
  schedule      = "cron(0 ${var.revision} * * ? *)"
  catalog_target {
    database_name = aws_glue_catalog_database.streams.name
    tables        = [aws_glue_catalog_table.clicks.name]
  }
  schema_change_policy {
    delete_behavior = "LOG"
  }
  configuration = jsonencode({ Version = 1.0, Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas" } })
}
resource "aws_glue_workflow" "events" {
  name = "glue-streams"
}
resource "aws_glue_trigger" "event" {
  name          = "glue-streams-event"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.events.name
  event_batching_condition {
    batch_size   = 10 * var.revision
    batch_window = 900
  }
  actions {
    job_name = aws_glue_job.shell.name
  }
}
resource "aws_glue_trigger" "manual" {
  name = "glue-streams-manual"
  type = "ON_DEMAND"
  actions {
    job_name               = aws_glue_job.shell.name
    security_configuration = null
    notification_property {
      notify_delay_after = 3 * var.revision
    }
  }
}
resource "aws_glue_connection" "kafka" {
  name            = "glue-streams-kafka"
  connection_type = "KAFKA"
  connection_properties = {
    KAFKA_BOOTSTRAP_SERVERS = "b-1.example.com:909${var.revision}"
    KAFKA_SSL_ENABLED       = "true"
  }
}
