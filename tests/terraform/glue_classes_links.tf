# Classifiers that become others, connections of all kinds, settings of the catalog, rules about quality.
locals {
  later = var.revision > 1
}
resource "aws_kms_key" "catalog" {
  deletion_window_in_days = 7
}
resource "aws_glue_classifier" "csv" {
  name = "links-csv"
  csv_classifier {
    allow_single_column    = local.later
    contains_header        = local.later ? "ABSENT" : "UNKNOWN"
    delimiter              = local.later ? "|" : "\t"
    disable_value_trimming = local.later
    header                 = local.later ? ["c"] : ["a", "b"]
    quote_symbol           = local.later ? "\"" : "'"
    serde                  = local.later ? "LazySimpleSerDe" : "OpenCSVSerDe"
  }
}
resource "aws_glue_classifier" "types" {
  name = "links-types"
  csv_classifier {
    contains_header            = "PRESENT"
    custom_datatype_configured = true
    custom_datatypes           = local.later ? ["BINARY", "SHORT", "DATE"] : ["BINARY", "SHORT"]
    delimiter                  = ","
  }
}
resource "aws_glue_classifier" "becomes" {
  name = "links-becomes"
  dynamic "json_classifier" {
    for_each = local.later ? [] : ["$.a[*]"]
    content {
      json_path = json_classifier.value
    }
  }
  dynamic "xml_classifier" {
    for_each = local.later ? ["record"] : []
    content {
      classification = "orders"
      row_tag        = xml_classifier.value
    }
  }
}
resource "aws_glue_classifier" "grok" {
  name = "links-grok"
  grok_classifier {
    classification  = "logs"
    custom_patterns = "MINE [a-z]+${var.revision}"
    grok_pattern    = local.later ? "%%{WORD:w}" : "%%{MINE:w}"
  }
}
resource "aws_glue_connection" "kafka" {
  name            = "links-kafka"
  connection_type = "KAFKA"
  connection_properties = {
    KAFKA_BOOTSTRAP_SERVERS           = local.later ? "b-1.internal:9094,b-2.internal:9094" : "b-1.internal:9094"
    KAFKA_SSL_ENABLED                 = "true"
    KAFKA_CUSTOM_CERT                 = "s3://certs/ca.pem"
    KAFKA_SKIP_CUSTOM_CERT_VALIDATION = "false"
  }
}
resource "aws_glue_connection" "custom" {
  name            = "links-custom"
  connection_type = "CUSTOM"
  connection_properties = {
    CONNECTOR_CLASS_NAME = "net.snowflake.client.jdbc.SnowflakeDriver"
    CONNECTOR_TYPE       = "Jdbc"
    CONNECTOR_URL        = "s3://connectors/snowflake-jdbc.jar"
    JDBC_CONNECTION_URL  = "[[\"default=jdbc:snowflake://example.com/?user=$${Username}&password=$${Password}\"],\",\"]"
  }
  match_criteria = ["template-connection"]
}
resource "aws_glue_connection" "custom_child" {
  name            = "links-custom-child"
  connection_type = "CUSTOM"
  connection_properties = {
    CONNECTOR_CLASS_NAME = "net.snowflake.client.jdbc.SnowflakeDriver"
    CONNECTOR_TYPE       = "Jdbc"
    CONNECTOR_URL        = "s3://connectors/snowflake-jdbc.jar"
    JDBC_CONNECTION_URL  = "jdbc:snowflake://example.com/?user=$${Username}&password=$${Password}"
    SECRET_ID            = "links"
  }
  match_criteria = ["Connection", aws_glue_connection.custom.name]
}
resource "aws_glue_connection" "bigquery" {
  name            = "links-bigquery"
  connection_type = "BIGQUERY"
  description     = local.later ? "" : "Described"
  connection_properties = {
    SparkProperties = jsonencode({ secretId = "links", n = var.revision })
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_glue_connection" "opensearch" {
  name            = "links-opensearch"
  connection_type = "OPENSEARCH"
  connection_properties = {
    SparkProperties = jsonencode({ secretId = "links", "opensearch.nodes" = "https://search.internal", "opensearch.port" = "443", "opensearch.aws.sigv4.region" = "eu-west-1", "opensearch.nodes.wan.only" = "true", "opensearch.aws.sigv4.enabled" = "true" })
  }
}
resource "aws_glue_connection" "cosmos" {
  name            = "links-cosmos"
  connection_type = local.later ? "AZURECOSMOS" : "AZURESQL"
  connection_properties = {
    SparkProperties = jsonencode({ secretId = "links", url = "jdbc:sqlserver://example.com:1433;databaseName=orders" })
  }
}
data "aws_glue_connection" "kafka" {
  id = aws_glue_connection.kafka.id
}
resource "aws_glue_data_catalog_encryption_settings" "all" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      return_connection_password_encrypted = local.later
      aws_kms_key_id                       = local.later ? aws_kms_key.catalog.arn : null
    }
    encryption_at_rest {
      catalog_encryption_mode = local.later ? "DISABLED" : "SSE-KMS"
      sse_aws_kms_key_id      = local.later ? null : aws_kms_key.catalog.arn
    }
  }
}
resource "aws_glue_catalog_database" "links" {
  name = "classes_links"
}
resource "aws_glue_catalog_table" "links" {
  name          = "links"
  database_name = aws_glue_catalog_database.links.name
}
resource "aws_glue_data_quality_ruleset" "links" {
  name        = "links"
  description = local.later ? "Later" : "First"
  ruleset     = local.later ? "Rules = [RowCount > 1]" : "Rules = [Completeness \"colA\" between 0.4 and 0.8]"
  target_table {
    catalog_id    = aws_glue_catalog_table.links.catalog_id
    database_name = aws_glue_catalog_table.links.database_name
    table_name    = aws_glue_catalog_table.links.name
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
output "kafka" {
  value     = data.aws_glue_connection.kafka.connection_properties
  sensitive = true
}
