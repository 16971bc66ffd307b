# Spark on Glue builds features in a VPC: connection, encrypted jobs, a workflow with a conditional trigger, crawler at its end.
data "aws_caller_identity" "x" {}
data "aws_availability_zones" "x" {
  state = "available"
}

resource "aws_vpc" "etl" {
  cidr_block           = "10.77.0.0/20"
  enable_dns_hostnames = true
}
resource "aws_subnet" "etl" {
  vpc_id            = aws_vpc.etl.id
  cidr_block        = cidrsubnet(aws_vpc.etl.cidr_block, 4, 1)
  availability_zone = data.aws_availability_zones.x.names[0]
}
resource "aws_security_group" "etl" {
  name_prefix = "glue-etl-"
  vpc_id      = aws_vpc.etl.id
}
resource "aws_vpc_security_group_ingress_rule" "self" {
  security_group_id            = aws_security_group.etl.id
  referenced_security_group_id = aws_security_group.etl.id
  ip_protocol                  = "-1"
  description                  = "glue workers among themselves, r${var.revision}"
}
resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.etl.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_kms_key" "etl" {
  description             = "glue etl"
  deletion_window_in_days = 10
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.x.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { Service = "logs.eu-west-1.amazonaws.com" }, Action = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], Resource = "*" },
    ]
  })
}

resource "aws_glue_security_configuration" "etl" {
  name = "fg-etl"
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = aws_kms_key.etl.arn
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = aws_kms_key.etl.arn
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = aws_kms_key.etl.arn
    }
  }
}

resource "aws_secretsmanager_secret" "warehouse" {
  name                    = "fg-etl/warehouse"
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "warehouse" {
  secret_id     = aws_secretsmanager_secret.warehouse.id
  secret_string = jsonencode({ username = "etl", password = "change-me-${var.revision}" })
}

resource "aws_glue_connection" "vpc" {
  name            = "fg-etl-network"
  connection_type = "NETWORK"
  physical_connection_requirements {
    availability_zone      = aws_subnet.etl.availability_zone
    security_group_id_list = [aws_security_group.etl.id]
    subnet_id              = aws_subnet.etl.id
  }
}

resource "aws_glue_connection" "warehouse" {
  name        = "fg-etl-warehouse"
  description = "warehouse r${var.revision}"
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:postgresql://warehouse.internal:5432/sales"
    SECRET_ID           = aws_secretsmanager_secret.warehouse.name
    JDBC_ENFORCE_SSL    = "true"
  }
  physical_connection_requirements {
    availability_zone      = aws_subnet.etl.availability_zone
    security_group_id_list = [aws_security_group.etl.id]
    subnet_id              = aws_subnet.etl.id
  }
}

resource "aws_s3_bucket" "etl" {
  bucket        = "fg-etl-${data.aws_caller_identity.x.account_id}"
  force_destroy = true
}
resource "aws_s3_object" "script" {
  for_each = toset(["extract", "build"])
  bucket   = aws_s3_bucket.etl.id
  key      = "scripts/${each.key}.py"
  content  = "# ${each.key} ${var.revision}\n"
  etag     = md5("# ${each.key} ${var.revision}\n")
}

resource "aws_iam_role" "glue" {
  name               = "fg-etl-glue"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "glue" {
  role       = aws_iam_role.glue.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
}

resource "aws_glue_job" "this" {
  for_each = aws_s3_object.script

  name                    = "fg-etl-${each.key}"
  role_arn                = aws_iam_role.glue.arn
  glue_version            = "4.0"
  worker_type             = "G.1X"
  number_of_workers       = 2 * var.revision
  timeout                 = 60
  max_retries             = 1
  execution_class         = each.key == "extract" ? "STANDARD" : "FLEX"
  security_configuration  = aws_glue_security_configuration.etl.name
  connections             = [aws_glue_connection.vpc.name, aws_glue_connection.warehouse.name]
  job_run_queuing_enabled = false
  maintenance_window      = null
  command {
    name            = "glueetl"
    script_location = "s3://${each.value.bucket}/${each.value.key}"
    python_version  = "3"
  }
  execution_property {
    max_concurrent_runs = 3
  }
  notification_property {
    notify_delay_after = 10
  }
  default_arguments = {
    "--job-language"                     = "python"
    "--job-bookmark-option"              = "job-bookmark-enable"
    "--enable-metrics"                   = "true"
    "--enable-continuous-cloudwatch-log" = "true"
    "--datalake-formats"                 = "iceberg"
    "--TempDir"                          = "s3://${aws_s3_bucket.etl.id}/temp/"
    "--revision"                         = tostring(var.revision)
  }
  non_overridable_arguments = { "--env" = "test" }
}

resource "aws_glue_catalog_database" "etl" {
  name = "fg_etl"
}
resource "aws_glue_crawler" "built" {
  name                   = "fg-etl-built"
  database_name          = aws_glue_catalog_database.etl.name
  role                   = aws_iam_role.glue.arn
  security_configuration = aws_glue_security_configuration.etl.name
  table_prefix           = "built_"
  s3_target {
    path            = "s3://${aws_s3_bucket.etl.id}/built/"
    exclusions      = ["**/_temporary/**"]
    connection_name = aws_glue_connection.vpc.name
    sample_size     = 5
  }
  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }
  recrawl_policy {
    recrawl_behavior = "CRAWL_EVERYTHING"
  }
  lineage_configuration {
    crawler_lineage_settings = "DISABLE"
  }
  configuration = jsonencode({
    Version       = 1
    CrawlerOutput = { Partitions = { AddOrUpdateBehavior = "InheritFromTable" } }
    Grouping      = { TableGroupingPolicy = "CombineCompatibleSchemas" }
  })
}

resource "aws_glue_workflow" "etl" {
  name                   = "fg-etl"
  max_concurrent_runs    = 1
  description            = "nightly features"
  default_run_properties = { revision = tostring(var.revision) }
}
resource "aws_glue_trigger" "start" {
  name          = "fg-etl-start"
  type          = "SCHEDULED"
  schedule      = "cron(15 ${var.revision} * * ? *)"
  workflow_name = aws_glue_workflow.etl.name
  actions {
    job_name  = aws_glue_job.this["extract"].name
    arguments = { "--full" = "false" }
    timeout   = 30
  }
}
resource "aws_glue_trigger" "then" {
  name          = "fg-etl-then"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.etl.name
  predicate {
    logical = "AND"
    conditions {
      job_name = aws_glue_job.this["extract"].name
      state    = "SUCCEEDED"
    }
  }
  actions {
    job_name = aws_glue_job.this["build"].name
  }
}
resource "aws_glue_trigger" "crawl" {
  name          = "fg-etl-crawl"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.etl.name
  enabled       = var.revision > 1
  predicate {
    conditions {
      job_name = aws_glue_job.this["build"].name
      state    = "SUCCEEDED"
    }
  }
  actions {
    crawler_name = aws_glue_crawler.built.name
  }
}
