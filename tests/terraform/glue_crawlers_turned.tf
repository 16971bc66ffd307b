# Crawlers whose sources, schedule, policies and seals come and go.
locals {
  later = var.revision > 1
}
resource "aws_s3_bucket" "found" {
  bucket        = "glue-crawlers-turned"
  force_destroy = true
}
resource "aws_iam_role" "crawler" {
  name               = "crawlers-turned"
  path               = "/crawlers/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_glue_catalog_database" "found" {
  for_each = toset(["one", "two"])
  name     = "crawlers_turned_${each.key}"
}
resource "aws_glue_connection" "found" {
  name            = "crawlers-turned"
  connection_type = "NETWORK"
}
resource "aws_glue_connection" "warehouse" {
  name = "crawlers-turned-jdbc"
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:redshift://warehouse.internal:5439/dev"
    USERNAME            = "reader"
    PASSWORD            = "not-a-secret"
  }
}
resource "aws_glue_classifier" "found" {
  count = 2
  name  = "crawlers-turned-${count.index}"
  grok_classifier {
    classification = "class${count.index}"
    grok_pattern   = "%%{TIMESTAMP_ISO8601:at} %%{WORD:what}"
  }
}
resource "aws_glue_security_configuration" "found" {
  name = "crawlers-turned"
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "DISABLED"
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "DISABLED"
    }
    s3_encryption {
      s3_encryption_mode = "SSE-S3"
    }
  }
}
resource "aws_glue_crawler" "turned" {
  name                   = "turned"
  database_name          = aws_glue_catalog_database.found[local.later ? "two" : "one"].name
  role                   = local.later ? aws_iam_role.crawler.arn : "crawlers/${aws_iam_role.crawler.name}"
  description            = "Revision ${var.revision}"
  schedule               = local.later ? null : "cron(0 1 * * ? *)"
  table_prefix           = local.later ? "two_" : null
  classifiers            = local.later ? reverse(aws_glue_classifier.found[*].name) : [aws_glue_classifier.found[0].name]
  security_configuration = local.later ? aws_glue_security_configuration.found.name : null
  configuration          = local.later ? null : jsonencode({ Version = 1.0, CrawlerOutput = { Tables = { AddOrUpdateBehavior = "MergeNewColumns" } } })
  s3_target {
    path            = "s3://${aws_s3_bucket.found.bucket}/raw"
    connection_name = aws_glue_connection.found.name
    exclusions      = local.later ? [] : ["*.tmp", "_*"]
    sample_size     = local.later ? 10 : 1
  }
  dynamic "s3_target" {
    for_each = local.later ? ["more"] : []
    content {
      path = "s3://${aws_s3_bucket.found.bucket}/${s3_target.value}"
    }
  }
  schema_change_policy {
    delete_behavior = local.later ? "DELETE_FROM_DATABASE" : "DEPRECATE_IN_DATABASE"
    update_behavior = local.later ? "UPDATE_IN_DATABASE" : "LOG"
  }
  lineage_configuration {
    crawler_lineage_settings = local.later ? "DISABLE" : "ENABLE"
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_glue_crawler" "new_folders" {
  name          = "turned-new-folders"
  database_name = aws_glue_catalog_database.found["one"].name
  role          = aws_iam_role.crawler.arn
  s3_target {
    path = "s3://${aws_s3_bucket.found.bucket}/folders"
  }
  recrawl_policy {
    recrawl_behavior = local.later ? "CRAWL_NEW_FOLDERS_ONLY" : "CRAWL_EVERYTHING"
  }
  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "LOG"
  }
}
resource "aws_glue_crawler" "kinds" {
  name          = "turned-kinds"
  database_name = aws_glue_catalog_database.found["one"].name
  role          = aws_iam_role.crawler.arn
  dynamic "dynamodb_target" {
    for_each = local.later ? [] : ["one", "two"]
    content {
      path      = "table-${dynamodb_target.value}"
      scan_all  = false
      scan_rate = 0.5
    }
  }
  dynamic "jdbc_target" {
    for_each = local.later ? ["dev/public/a%", "dev/public/b%"] : []
    content {
      connection_name = aws_glue_connection.warehouse.name
      path            = jdbc_target.value
      exclusions      = ["x"]
    }
  }
}
resource "aws_glue_crawler" "lakes" {
  name          = "turned-lakes"
  database_name = aws_glue_catalog_database.found["two"].name
  role          = aws_iam_role.crawler.arn
  delta_target {
    connection_name = aws_glue_connection.found.name
    delta_tables    = ["s3://${aws_s3_bucket.found.bucket}/delta/${var.revision}/"]
    write_manifest  = !local.later
  }
  iceberg_target {
    connection_name         = aws_glue_connection.found.name
    paths                   = ["s3://${aws_s3_bucket.found.bucket}/iceberg/"]
    maximum_traversal_depth = var.revision
  }
  hudi_target {
    connection_name         = aws_glue_connection.found.name
    paths                   = ["s3://${aws_s3_bucket.found.bucket}/hudi/"]
    maximum_traversal_depth = var.revision
  }
  lake_formation_configuration {
    account_id                     = aws_glue_catalog_database.found["two"].catalog_id
    use_lake_formation_credentials = local.later
  }
}
resource "aws_glue_catalog_table" "known" {
  for_each      = toset(["a", "b"])
  name          = "known_${each.key}"
  database_name = aws_glue_catalog_database.found["two"].name
  table_type    = "EXTERNAL_TABLE"
  storage_descriptor {
    location = "s3://${aws_s3_bucket.found.bucket}/known/${each.key}"
  }
}
resource "aws_glue_crawler" "known" {
  name          = "turned-known"
  database_name = aws_glue_catalog_database.found["two"].name
  role          = aws_iam_role.crawler.arn
  catalog_target {
    database_name = aws_glue_catalog_database.found["two"].name
    tables        = local.later ? [for table in aws_glue_catalog_table.known : table.name] : [aws_glue_catalog_table.known["a"].name]
  }
  schema_change_policy {
    delete_behavior = "LOG"
  }
  configuration = <<-JSON
    {
      "Version": 1.0,
      "Grouping": {
        "TableGroupingPolicy": "CombineCompatibleSchemas",
        "TableLevelConfiguration": ${1 + var.revision}
      }
    }
  JSON
}
