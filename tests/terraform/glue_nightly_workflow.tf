# Crawl, clean, publish: a workflow with a scheduled start, conditional steps and a manual rerun.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  prefix = "r4-nightly"

  jobs = {
    clean = {
      script  = "clean.py"
      workers = var.revision >= 2 ? 5 : 2
      flex    = true
    }
    publish = {
      script  = "publish.py"
      workers = 2
      flex    = false
    }
  }
}

resource "aws_s3_bucket" "etl" {
  bucket        = "${local.prefix}-etl-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_object" "script" {
  for_each = local.jobs

  bucket  = aws_s3_bucket.etl.id
  key     = "scripts/${each.value.script}"
  content = "import sys\nprint('${each.key}', sys.argv)\n"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["glue.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "etl" {
  name               = "${local.prefix}-etl"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "etl" {
  role       = aws_iam_role.etl.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSGlueServiceRole"
}

data "aws_iam_policy_document" "etl" {
  statement {
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.etl.arn}/*"]
  }

  statement {
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.etl.arn]
  }
}

resource "aws_iam_role_policy" "etl" {
  name   = "bucket"
  role   = aws_iam_role.etl.id
  policy = data.aws_iam_policy_document.etl.json
}

resource "aws_glue_catalog_database" "nightly" {
  name = "r4_nightly"
}

resource "aws_glue_crawler" "raw" {
  name          = "${local.prefix}-raw"
  role          = aws_iam_role.etl.arn
  database_name = aws_glue_catalog_database.nightly.name
  description   = "Registers what the partners dropped"

  s3_target {
    path        = "s3://${aws_s3_bucket.etl.bucket}/raw/"
    sample_size = 20
  }

  recrawl_policy {
    recrawl_behavior = "CRAWL_EVERYTHING"
  }

  lineage_configuration {
    crawler_lineage_settings = "DISABLE"
  }

  schema_change_policy {
    delete_behavior = var.revision >= 2 ? "DEPRECATE_IN_DATABASE" : "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }

  configuration = jsonencode({
    Version  = 1.0
    Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas" }
    CrawlerOutput = {
      Partitions = { AddOrUpdateBehavior = "InheritFromTable" }
    }
  })

  depends_on = [
    aws_iam_role_policy.etl,
    aws_iam_role_policy_attachment.etl,
  ]
}

resource "aws_glue_job" "step" {
  for_each = local.jobs

  name              = "${local.prefix}-${each.key}"
  role_arn          = aws_iam_role.etl.arn
  glue_version      = "4.0"
  worker_type       = "G.1X"
  number_of_workers = each.value.workers
  execution_class   = each.value.flex ? "FLEX" : "STANDARD"
  max_retries       = 1
  timeout           = 60

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "s3://${aws_s3_bucket.etl.bucket}/${aws_s3_object.script[each.key].key}"
  }

  default_arguments = {
    "--job-language"                     = "python"
    "--job-bookmark-option"              = "job-bookmark-enable"
    "--enable-metrics"                   = "true"
    "--enable-continuous-cloudwatch-log" = "true"
    "--TempDir"                          = "s3://${aws_s3_bucket.etl.bucket}/tmp/"
    "--database"                         = aws_glue_catalog_database.nightly.name
  }

  execution_property {
    max_concurrent_runs = 1
  }

  tags = {
    Step = each.key
  }
}

resource "aws_glue_job" "notify" {
  name         = "${local.prefix}-notify"
  role_arn     = aws_iam_role.etl.arn
  max_capacity = 0.0625
  timeout      = 10

  command {
    name            = "pythonshell"
    python_version  = "3.9"
    script_location = "s3://${aws_s3_bucket.etl.bucket}/scripts/notify.py"
  }

  notification_property {
    notify_delay_after = 5
  }
}

resource "aws_glue_workflow" "nightly" {
  name                = local.prefix
  description         = "Nightly load"
  max_concurrent_runs = 1

  default_run_properties = {
    mode     = var.revision >= 2 ? "incremental" : "full"
    database = aws_glue_catalog_database.nightly.name
  }
}

resource "aws_glue_trigger" "start" {
  name          = "${local.prefix}-start"
  type          = "SCHEDULED"
  schedule      = var.revision >= 2 ? "cron(30 1 * * ? *)" : "cron(0 2 * * ? *)"
  workflow_name = aws_glue_workflow.nightly.name

  actions {
    crawler_name = aws_glue_crawler.raw.name
  }
}

resource "aws_glue_trigger" "clean" {
  name          = "${local.prefix}-clean"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.nightly.name

  predicate {
    conditions {
      crawler_name = aws_glue_crawler.raw.name
      crawl_state  = "SUCCEEDED"
    }
  }

  actions {
    job_name = aws_glue_job.step["clean"].name
    timeout  = 45
  }
}

resource "aws_glue_trigger" "publish" {
  name          = "${local.prefix}-publish"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.nightly.name

  predicate {
    logical = "ANY"

    conditions {
      job_name = aws_glue_job.step["clean"].name
      state    = "SUCCEEDED"
    }
  }

  actions {
    job_name = aws_glue_job.step["publish"].name

    arguments = {
      "--target" = "s3://${aws_s3_bucket.etl.bucket}/published/"
    }
  }

  dynamic "actions" {
    for_each = var.revision >= 2 ? [aws_glue_job.notify.name] : []

    content {
      job_name = actions.value
    }
  }
}

resource "aws_glue_trigger" "rerun" {
  name    = "${local.prefix}-rerun"
  type    = "ON_DEMAND"
  enabled = false

  actions {
    job_name = aws_glue_job.step["publish"].name
  }

  tags = {
    Manual = "yes"
  }
}
