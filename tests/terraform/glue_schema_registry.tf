# Registered event schemas; revision 2 evolves one compatibly. Classifiers and a crawler for the dumps.

data "aws_caller_identity" "current" {}

locals {
  prefix = "r4-schemas"

  order_fields = [
    { name = "order_id", type = "string" },
    { name = "placed_at", type = { type = "long", logicalType = "timestamp-millis" } },
    { name = "total", type = "double" },
  ]

  order_fields_v2 = [
    { name = "currency", type = "string", default = "EUR" },
  ]

  order_json = jsonencode({
    type      = "record"
    name      = "Order"
    namespace = "com.example.shop"
    fields    = local.order_fields
  })

  order_json_v2 = jsonencode({
    type      = "record"
    name      = "Order"
    namespace = "com.example.shop"
    fields    = concat(local.order_fields, local.order_fields_v2)
  })
}

resource "aws_glue_registry" "events" {
  registry_name = "${local.prefix}-events"
  description   = var.revision >= 2 ? "Events of the shop, owned by checkout" : "Events of the shop"

  tags = {
    Domain = "shop"
  }
}

resource "aws_glue_schema" "order" {
  registry_arn      = aws_glue_registry.events.arn
  schema_name       = "order"
  data_format       = "AVRO"
  compatibility     = "BACKWARD"
  schema_definition = var.revision >= 2 ? local.order_json_v2 : local.order_json
}

resource "aws_glue_schema" "click" {
  registry_arn  = aws_glue_registry.events.arn
  schema_name   = "click"
  description   = "Clicks, not checked for compatibility"
  data_format   = "JSON"
  compatibility = "NONE"

  schema_definition = jsonencode({
    "$schema" = "http://json-schema.org/draft-07/schema#"
    type      = "object"
    properties = {
      element = { type = "string" }
      at      = { type = "integer" }
    }
    required = ["element"]
  })

  tags = {
    Volume = var.revision >= 2 ? "high" : "medium"
  }
}

resource "aws_glue_schema" "heartbeat" {
  registry_arn      = aws_glue_registry.events.arn
  schema_name       = "heartbeat"
  data_format       = "PROTOBUF"
  compatibility     = "DISABLED"
  schema_definition = "syntax = \"proto3\";\npackage shop;\nmessage Heartbeat {\n  string host = 1;\n  int64 at = 2;\n}\n"
}

resource "aws_glue_classifier" "dump" {
  name = "${local.prefix}-dump"

  csv_classifier {
    allow_single_column    = false
    contains_header        = "PRESENT"
    delimiter              = var.revision >= 2 ? ";" : ","
    disable_value_trimming = false
    header                 = ["order_id", "placed_at", "total"]
    quote_symbol           = "'"
  }
}

resource "aws_glue_classifier" "events" {
  name = "${local.prefix}-events"

  json_classifier {
    json_path = "$.records[*]"
  }
}

resource "aws_glue_classifier" "access" {
  name = "${local.prefix}-access"

  grok_classifier {
    classification  = "access-log"
    grok_pattern    = "%%{IPORHOST:client} %%{SHOPWORD:action} %%{NUMBER:status}"
    custom_patterns = "SHOPWORD [A-Z]+"
  }
}

resource "aws_s3_bucket" "dumps" {
  bucket        = "${local.prefix}-dumps-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_iam_role" "crawler" {
  name = "${local.prefix}-crawler"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "glue.amazonaws.com" }
    }]
  })

  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"]
}

resource "aws_iam_role_policy" "crawler" {
  name = "dumps"
  role = aws_iam_role.crawler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = "${aws_s3_bucket.dumps.arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = aws_s3_bucket.dumps.arn
      },
    ]
  })
}

resource "aws_glue_catalog_database" "dumps" {
  name = "r4_schemas_dumps"
}

resource "aws_glue_crawler" "dumps" {
  name          = "${local.prefix}-dumps"
  role          = aws_iam_role.crawler.name
  database_name = aws_glue_catalog_database.dumps.name
  classifiers   = [aws_glue_classifier.dump.id, aws_glue_classifier.events.id]

  s3_target {
    path = "s3://${aws_s3_bucket.dumps.bucket}/orders/"
  }

  s3_target {
    path = "s3://${aws_s3_bucket.dumps.bucket}/events/"
  }

  recrawl_policy {
    recrawl_behavior = "CRAWL_NEW_FOLDERS_ONLY"
  }

  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "LOG"
  }

  tags = {
    Registry = aws_glue_registry.events.registry_name
  }

  depends_on = [aws_iam_role_policy.crawler]
}
