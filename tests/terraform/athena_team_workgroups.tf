# A workgroup per team with cost guards, shared saved queries and prepared statements.

data "aws_caller_identity" "current" {}

locals {
  prefix = "r4-team"

  teams = {
    finance = {
      cutoff_gb = var.revision >= 2 ? 200 : 50
      metrics   = true
      state     = "ENABLED"
    }
    marketing = {
      cutoff_gb = 10
      metrics   = var.revision >= 2
      state     = "ENABLED"
    }
    legacy = {
      cutoff_gb = 1
      metrics   = false
      state     = var.revision >= 2 ? "DISABLED" : "ENABLED"
    }
  }
}

resource "aws_s3_bucket" "results" {
  bucket        = "${local.prefix}-results-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  bucket = aws_s3_bucket.results.id

  dynamic "rule" {
    for_each = local.teams

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = "${rule.key}/"
      }

      expiration {
        days = 14
      }
    }
  }
}

resource "aws_athena_workgroup" "team" {
  for_each = local.teams

  name          = "${local.prefix}-${each.key}"
  description   = "Queries of ${each.key}"
  state         = each.value.state
  force_destroy = true

  configuration {
    bytes_scanned_cutoff_per_query     = each.value.cutoff_gb * 1073741824
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = each.value.metrics

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${aws_s3_bucket.results.bucket}/${each.key}/"
      expected_bucket_owner = data.aws_caller_identity.current.account_id

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }

  tags = {
    Team = each.key
  }
}

resource "aws_glue_catalog_database" "sales" {
  name = "r4_team_sales"
}

resource "aws_glue_catalog_table" "invoice" {
  name          = "invoice"
  database_name = aws_glue_catalog_database.sales.name
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    classification           = "csv"
    "skip.header.line.count" = "1"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.results.bucket}/source/invoice/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"

      parameters = {
        "field.delim" = ","
      }
    }

    columns {
      name = "invoice_id"
      type = "string"
    }

    columns {
      name = "customer"
      type = "string"
    }

    columns {
      name = "amount"
      type = "decimal(12,2)"
    }
  }
}

resource "aws_athena_named_query" "top_customers" {
  name        = "${local.prefix}-top-customers"
  description = "Largest customers by invoiced amount"
  workgroup   = aws_athena_workgroup.team["finance"].name
  database    = aws_glue_catalog_database.sales.name

  query = <<-SQL
    SELECT customer, sum(amount) AS total
    FROM ${aws_glue_catalog_table.invoice.name}
    GROUP BY customer
    ORDER BY total DESC
    LIMIT ${var.revision >= 2 ? 50 : 20}
  SQL
}

resource "aws_athena_prepared_statement" "by_customer" {
  name            = "invoices_by_customer"
  description     = "One customer's invoices"
  workgroup       = aws_athena_workgroup.team["finance"].name
  query_statement = var.revision >= 2 ? "SELECT invoice_id, amount FROM ${aws_glue_catalog_database.sales.name}.invoice WHERE customer = ? AND amount > ?" : "SELECT invoice_id, amount FROM ${aws_glue_catalog_database.sales.name}.invoice WHERE customer = ?"
}

resource "aws_athena_prepared_statement" "count_above" {
  name            = "count_above"
  workgroup       = aws_athena_workgroup.team["marketing"].name
  query_statement = "SELECT count(*) FROM ${aws_glue_catalog_database.sales.name}.invoice WHERE amount > ?"
}

output "workgroups" {
  value = { for team, wg in aws_athena_workgroup.team : team => wg.arn }
}
