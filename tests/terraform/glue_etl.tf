# ETL: jobs of several kinds, workflow of triggers, crawlers, connections, classifiers, schemas, quality.
resource "aws_s3_bucket" "etl" {
  bucket        = "glue-etl-all"
  force_destroy = true
}
resource "aws_iam_role" "glue" {
  name                = "glue-etl-all"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"]
}
resource "aws_glue_catalog_database" "etl" { name = "glue_etl_all" }
resource "aws_glue_classifier" "csv" {
  name = "glue-etl-csv"
  csv_classifier {
    allow_single_column    = false
    contains_header        = "PRESENT"
    delimiter              = ","
    disable_value_trimming = false
    header                 = ["a", "b"]
    quote_symbol           = "'"
  }
}
resource "aws_glue_classifier" "json" {
  name = "glue-etl-json"
  json_classifier { json_path = "$.records${var.revision}[*]" }
}
resource "aws_glue_classifier" "grok" {
  name = "glue-etl-grok"
  grok_classifier {
    classification = "example"
    grok_pattern   = "example"
  }
}
resource "aws_glue_crawler" "raw" {
  name          = "glue-etl-raw"
  database_name = aws_glue_catalog_database.etl.name
  role          = aws_iam_role.glue.name
  classifiers   = [aws_glue_classifier.csv.name]
  table_prefix  = "raw_"
  s3_target {
    path       = "s3://${aws_s3_bucket.etl.bucket}/raw"
    exclusions = ["**.tmp"]
  }
  configuration = jsonencode({ Version = 1.0, Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas" }, CrawlerOutput = { Partitions = { AddOrUpdateBehavior = "InheritFromTable" } } })
  recrawl_policy { recrawl_behavior = "CRAWL_EVERYTHING" }
  lineage_configuration { crawler_lineage_settings = "DISABLE" }
  tags = { rev = tostring(var.revision) }
}
resource "aws_glue_connection" "network" {
  name            = "glue-etl-network"
  connection_type = "NETWORK"
  description     = "r${var.revision}"
}
resource "aws_glue_connection" "jdbc" {
  name = "glue-etl-jdbc"
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:mysql://example.com/db${var.revision}"
    USERNAME            = "u"
    PASSWORD            = "p"
  }
}
resource "aws_glue_job" "spark" {
  name                   = "glue-etl-spark"
  role_arn               = aws_iam_role.glue.arn
  description            = "revision ${var.revision}"
  glue_version           = "5.0"
  worker_type            = "G.1X"
  number_of_workers      = 2
  max_retries            = 1
  timeout                = 60 * var.revision
  execution_class        = "STANDARD"
  connections            = [aws_glue_connection.network.name]
  security_configuration = aws_glue_security_configuration.kms.name
  command {
    script_location = "s3://${aws_s3_bucket.etl.bucket}/job.py"
    python_version  = "3"
  }
  default_arguments = {
    "--job-language"        = "python"
    "--TempDir"             = "s3://${aws_s3_bucket.etl.bucket}/tmp/"
    "--enable-metrics"      = ""
    "--job-bookmark-option" = "job-bookmark-enable"
  }
  non_overridable_arguments = { "--env" = "dev" }
  execution_property { max_concurrent_runs = 3 }
  notification_property { notify_delay_after = 3 }
  tags = { rev = tostring(var.revision) }
}
resource "aws_glue_job" "shell" {
  name         = "glue-etl-shell"
  role_arn     = aws_iam_role.glue.arn
  max_capacity = 0.0625
  command {
    name            = "pythonshell"
    script_location = "s3://${aws_s3_bucket.etl.bucket}/shell.py"
    python_version  = "3.9"
  }
}
resource "aws_glue_job" "flex" {
  name              = "glue-etl-flex"
  role_arn          = aws_iam_role.glue.arn
  glue_version      = "4.0"
  worker_type       = "G.2X"
  number_of_workers = 4
  execution_class   = "FLEX"
  command { script_location = "s3://${aws_s3_bucket.etl.bucket}/flex.py" }
}
resource "aws_kms_key" "glue" {}
resource "aws_glue_security_configuration" "kms" {
  name = "glue-etl-kms"
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = aws_kms_key.glue.arn
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = aws_kms_key.glue.arn
    }
    s3_encryption {
      kms_key_arn        = aws_kms_key.glue.arn
      s3_encryption_mode = "SSE-KMS"
    }
  }
}
resource "aws_glue_workflow" "nightly" {
  name                   = "glue-etl-nightly"
  description            = "r${var.revision}"
  default_run_properties = { stage = "dev" }
  max_concurrent_runs    = 1
  tags                   = { rev = tostring(var.revision) }
}
resource "aws_glue_trigger" "start" {
  name          = "glue-etl-start"
  type          = "ON_DEMAND"
  workflow_name = aws_glue_workflow.nightly.name
  actions { crawler_name = aws_glue_crawler.raw.name }
}
resource "aws_glue_trigger" "after" {
  name          = "glue-etl-after"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.nightly.name
  predicate {
    logical = "AND"
    conditions {
      crawler_name = aws_glue_crawler.raw.name
      crawl_state  = "SUCCEEDED"
    }
  }
  actions {
    job_name  = aws_glue_job.spark.name
    arguments = { "--rev" = tostring(var.revision) }
    timeout   = 10
  }
}
resource "aws_glue_trigger" "scheduled" {
  name     = "glue-etl-scheduled"
  type     = "SCHEDULED"
  schedule = "cron(15 12 * * ? *)"
  enabled  = false
  actions { job_name = aws_glue_job.shell.name }
  description = "r${var.revision}"
}
resource "aws_glue_registry" "events" {
  registry_name = "glue-etl-events"
  description   = "r${var.revision}"
}
resource "aws_glue_schema" "event" {
  schema_name       = "event"
  registry_arn      = aws_glue_registry.events.arn
  data_format       = "AVRO"
  compatibility     = var.revision == 1 ? "NONE" : "BACKWARD"
  schema_definition = jsonencode({ type = "record", name = "r1", fields = [{ name = "f1", type = "int" }, { name = "f2", type = "string" }] })
}
resource "aws_glue_data_quality_ruleset" "events" {
  name        = "glue-etl-quality"
  description = "r${var.revision}"
  ruleset     = "Rules = [Completeness \"colA\" between 0.4 and 0.8]"
}
