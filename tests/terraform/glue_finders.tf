# Crawlers over buckets, the catalogue, a table of DynamoDB and a database, with a classifier of each kind.

resource "aws_s3_bucket" "found" {
  bucket_prefix = "glue-finders-"
  force_destroy = true
}

resource "aws_iam_role" "crawler" {
  name = "AWSGlueServiceRole-finders"
  path = "/service-role/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "crawler" {
  role       = aws_iam_role.crawler.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
}

resource "aws_glue_catalog_database" "found" {
  name = "glue_finders"
}

resource "aws_glue_classifier" "csv" {
  name = "finders-csv"
  csv_classifier {
    allow_single_column        = var.revision > 1
    contains_header            = "PRESENT"
    custom_datatype_configured = true
    custom_datatypes           = ["INT", "STRING", "DATE"]
    delimiter                  = "|"
    disable_value_trimming     = false
    header                     = ["id", "name", "day"]
    quote_symbol               = "'"
    serde                      = "OpenCSVSerDe"
  }
}

resource "aws_glue_classifier" "grok" {
  name = "finders-grok"
  grok_classifier {
    classification  = "app-log"
    grok_pattern    = "%%{TIMESTAMP_ISO8601:at} %%{LOGLEVEL:level} %%{MYWORD:word} r${var.revision}"
    custom_patterns = "MYWORD [a-z]+"
  }
}

resource "aws_glue_classifier" "json" {
  name = "finders-json"
  json_classifier {
    json_path = "$.records[${var.revision}]"
  }
}

resource "aws_glue_classifier" "xml" {
  name = "finders-xml"
  xml_classifier {
    classification = "orders"
    row_tag        = "order${var.revision}"
  }
}

resource "aws_glue_security_configuration" "sealed" {
  name = "finders-sealed"
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

resource "aws_sqs_queue" "events" {
  for_each = toset(["events", "dead"])
  name     = "glue-finders-${each.key}"
}

resource "aws_glue_crawler" "bucket" {
  name                   = "finders-bucket"
  database_name          = aws_glue_catalog_database.found.name
  role                   = aws_iam_role.crawler.arn
  description            = "Revision ${var.revision}"
  schedule               = "cron(15 ${1 + var.revision} * * ? *)"
  table_prefix           = "raw_"
  classifiers            = [aws_glue_classifier.csv.name, aws_glue_classifier.grok.name, aws_glue_classifier.json.name]
  security_configuration = aws_glue_security_configuration.sealed.name

  s3_target {
    path        = "s3://${aws_s3_bucket.found.bucket}/raw"
    exclusions  = ["**/_tmp/**", "*.bak"]
    sample_size = 10
  }

  recrawl_policy {
    recrawl_behavior = "CRAWL_EVERYTHING"
  }
  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }
  lineage_configuration {
    crawler_lineage_settings = "DISABLE"
  }
  lake_formation_configuration {
    use_lake_formation_credentials = false
  }
  configuration = jsonencode({
    Version  = 1.0
    Grouping = { TableGroupingPolicy = "CombineCompatibleSchemas", TableLevelConfiguration = 3 }
    CrawlerOutput = {
      Partitions = { AddOrUpdateBehavior = "InheritFromTable" }
      Tables     = { AddOrUpdateBehavior = "MergeNewColumns" }
    }
    CreatePartitionIndex = true
  })
}

resource "aws_glue_crawler" "new_folders" {
  name          = "finders-new-folders"
  database_name = aws_glue_catalog_database.found.name
  role          = "service-role/${aws_iam_role.crawler.name}"
  s3_target {
    path = "s3://${aws_s3_bucket.found.bucket}/append-${var.revision}"
  }
  recrawl_policy {
    recrawl_behavior = "CRAWL_NEW_FOLDERS_ONLY"
  }
  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "LOG"
  }
}

resource "aws_glue_crawler" "evented" {
  name          = "finders-evented"
  database_name = aws_glue_catalog_database.found.name
  role          = aws_iam_role.crawler.arn
  s3_target {
    path                = "s3://${aws_s3_bucket.found.bucket}/events"
    event_queue_arn     = aws_sqs_queue.events["events"].arn
    dlq_event_queue_arn = aws_sqs_queue.events["dead"].arn
  }
  recrawl_policy {
    recrawl_behavior = "CRAWL_EVENT_MODE"
  }
}

resource "aws_dynamodb_table" "orders" {
  name         = "glue-finders-orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_glue_crawler" "dynamo" {
  name          = "finders-dynamo"
  database_name = aws_glue_catalog_database.found.name
  role          = aws_iam_role.crawler.arn
  dynamodb_target {
    path      = aws_dynamodb_table.orders.name
    scan_all  = var.revision == 1
    scan_rate = 0.5
  }
}

resource "aws_glue_catalog_table" "known" {
  name          = "known"
  database_name = aws_glue_catalog_database.found.name
  table_type    = "EXTERNAL_TABLE"
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.found.bucket}/known/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
      parameters            = { "field.delim" = "\t" }
    }
    columns {
      name = "id"
      type = "string"
    }
  }
}

resource "aws_glue_crawler" "catalogue" {
  name          = "finders-catalogue"
  database_name = aws_glue_catalog_database.found.name
  role          = aws_iam_role.crawler.arn
  catalog_target {
    database_name = aws_glue_catalog_database.found.name
    tables        = [aws_glue_catalog_table.known.name]
  }
  schema_change_policy {
    delete_behavior = "LOG"
  }
  configuration = "{\"Version\":1.0,\"Grouping\":{\"TableGroupingPolicy\":\"CombineCompatibleSchemas\"}}"
}

resource "aws_glue_connection" "orders" {
  name            = "finders-orders"
  connection_type = "JDBC"
  description     = "Orders"
  match_criteria  = ["orders", "rds"]
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:postgresql://orders.internal:5432/orders"
    JDBC_ENFORCE_SSL    = var.revision > 1 ? "true" : "false"
    USERNAME            = "reader"
    PASSWORD            = "not-a-secret-${var.revision}"
  }
}

resource "aws_glue_crawler" "jdbc" {
  name          = "finders-jdbc"
  database_name = aws_glue_catalog_database.found.name
  role          = aws_iam_role.crawler.arn
  jdbc_target {
    connection_name            = aws_glue_connection.orders.name
    path                       = "orders/public/%"
    exclusions                 = ["orders/public/tmp_%"]
    enable_additional_metadata = ["COMMENTS", "RAWTYPES"]
  }
}

resource "aws_glue_crawler" "iceberg" {
  name          = "finders-iceberg"
  database_name = aws_glue_catalog_database.found.name
  role          = aws_iam_role.crawler.arn
  iceberg_target {
    paths                   = ["s3://${aws_s3_bucket.found.bucket}/iceberg/"]
    exclusions              = ["**/tmp/**"]
    maximum_traversal_depth = 2 * var.revision
  }
}

resource "aws_glue_crawler" "delta" {
  name          = "finders-delta"
  database_name = aws_glue_catalog_database.found.name
  role          = aws_iam_role.crawler.arn
  delta_target {
    delta_tables              = ["s3://${aws_s3_bucket.found.bucket}/delta/orders/"]
    write_manifest            = false
    create_native_delta_table = var.revision > 1
  }
}
