# Jobs of all commands in a workflow: schedules, conditions, events; a security configuration with keys.

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "scripts" {
  bucket_prefix = "glue-works-"
  force_destroy = true
}

resource "aws_s3_object" "script" {
  for_each = toset(["etl", "shell", "stream", "ray"])
  bucket   = aws_s3_bucket.scripts.id
  key      = "scripts/${each.key}.py"
  content  = "# ${each.key}, revision ${var.revision}\nprint('ok')\n"
}

resource "aws_kms_key" "works" {
  description             = "Glue works"
  deletion_window_in_days = 7
}

resource "aws_glue_security_configuration" "works" {
  name = "works-${var.revision}"
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = aws_kms_key.works.arn
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = aws_kms_key.works.arn
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = aws_kms_key.works.arn
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "works" {
  name                = "glue-works"
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"]
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }]
  })
}

resource "aws_glue_connection" "network" {
  name            = "works-kafka"
  connection_type = "KAFKA"
  connection_properties = {
    KAFKA_BOOTSTRAP_SERVERS           = "b-1.internal:9094,b-2.internal:9094"
    KAFKA_SSL_ENABLED                 = "true"
    KAFKA_SKIP_CUSTOM_CERT_VALIDATION = "false"
  }
}

resource "aws_glue_job" "etl" {
  name                    = "works-etl"
  description             = "Revision ${var.revision}"
  role_arn                = aws_iam_role.works.arn
  glue_version            = var.revision > 1 ? "5.0" : "4.0"
  worker_type             = "G.1X"
  number_of_workers       = 2 * var.revision
  execution_class         = "FLEX"
  max_retries             = var.revision > 1 ? 0 : 1
  timeout                 = 120
  job_run_queuing_enabled = var.revision > 1
  security_configuration  = aws_glue_security_configuration.works.name
  command {
    script_location = "s3://${aws_s3_bucket.scripts.bucket}/${aws_s3_object.script["etl"].key}"
    python_version  = "3"
  }
  execution_property {
    max_concurrent_runs = 3
  }
  notification_property {
    notify_delay_after = 5 * var.revision
  }
  default_arguments = {
    "--job-language"                     = "python"
    "--enable-metrics"                   = "true"
    "--enable-continuous-cloudwatch-log" = "true"
    "--job-bookmark-option"              = "job-bookmark-enable"
    "--datalake-formats"                 = "iceberg"
    "--conf"                             = "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
    "--TempDir"                          = "s3://${aws_s3_bucket.scripts.bucket}/tmp/"
  }
  non_overridable_arguments = {
    "--environment" = "prod"
  }
}

resource "aws_glue_job" "shell" {
  name         = "works-shell"
  role_arn     = aws_iam_role.works.arn
  max_capacity = var.revision > 1 ? 1.0 : 0.0625
  glue_version = "3.0"
  command {
    name            = "pythonshell"
    script_location = "s3://${aws_s3_bucket.scripts.bucket}/${aws_s3_object.script["shell"].key}"
    python_version  = "3.9"
  }
  default_arguments = { "library-set" = "analytics" }
}

resource "aws_glue_job" "stream" {
  name               = "works-stream"
  role_arn           = aws_iam_role.works.arn
  glue_version       = "4.0"
  worker_type        = "G.025X"
  number_of_workers  = 2
  connections        = [aws_glue_connection.network.name]
  maintenance_window = "Sun:0${var.revision}"
  command {
    name            = "gluestreaming"
    script_location = "s3://${aws_s3_bucket.scripts.bucket}/${aws_s3_object.script["stream"].key}"
  }
}

resource "aws_glue_job" "ray" {
  name              = "works-ray"
  role_arn          = aws_iam_role.works.arn
  glue_version      = "4.0"
  worker_type       = "Z.2X"
  number_of_workers = 5
  command {
    name            = "glueray"
    python_version  = "3.9"
    runtime         = "Ray2.4"
    script_location = "s3://${aws_s3_bucket.scripts.bucket}/${aws_s3_object.script["ray"].key}"
  }
}

resource "aws_glue_catalog_database" "works" {
  name = "glue_works"
}

resource "aws_glue_crawler" "works" {
  name          = "works-crawler"
  database_name = aws_glue_catalog_database.works.name
  role          = aws_iam_role.works.arn
  s3_target {
    path = "s3://${aws_s3_bucket.scripts.bucket}/out/"
  }
}

resource "aws_glue_workflow" "works" {
  name                   = "works"
  description            = "Nightly"
  max_concurrent_runs    = var.revision
  default_run_properties = { day = "today", revision = tostring(var.revision) }
}

resource "aws_glue_trigger" "start" {
  name              = "works-start"
  type              = "SCHEDULED"
  schedule          = "cron(0 ${var.revision} * * ? *)"
  workflow_name     = aws_glue_workflow.works.name
  start_on_creation = true
  actions {
    job_name  = aws_glue_job.etl.name
    timeout   = 60
    arguments = { "--day" = "yesterday", "--revision" = tostring(var.revision) }
    notification_property {
      notify_delay_after = 10
    }
  }
  actions {
    job_name = aws_glue_job.shell.name
  }
}

resource "aws_glue_trigger" "then" {
  name          = "works-then"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.works.name
  predicate {
    logical = var.revision > 1 ? "ANY" : "AND"
    conditions {
      job_name = aws_glue_job.etl.name
      state    = "SUCCEEDED"
    }
    conditions {
      job_name         = aws_glue_job.shell.name
      state            = "SUCCEEDED"
      logical_operator = "EQUALS"
    }
  }
  actions {
    crawler_name = aws_glue_crawler.works.name
  }
}

resource "aws_glue_trigger" "after_crawl" {
  name          = "works-after-crawl"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.works.name
  enabled       = var.revision == 1
  predicate {
    conditions {
      crawler_name = aws_glue_crawler.works.name
      crawl_state  = "SUCCEEDED"
    }
  }
  actions {
    job_name               = aws_glue_job.ray.name
    security_configuration = aws_glue_security_configuration.works.name
  }
}

resource "aws_glue_workflow" "evented" {
  name = "works-evented"
}

resource "aws_glue_trigger" "evented" {
  name          = "works-evented"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.evented.name
  actions {
    job_name = aws_glue_job.shell.name
  }
  event_batching_condition {
    batch_size   = 10 * var.revision
    batch_window = 300
  }
}

resource "aws_glue_trigger" "asked" {
  name        = "works-asked"
  type        = "ON_DEMAND"
  description = "By hand, revision ${var.revision}"
  actions {
    job_name = aws_glue_job.stream.name
  }
}
