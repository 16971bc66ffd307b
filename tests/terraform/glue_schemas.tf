# Schemas that evolve, a table that takes its columns from one, who may read the catalogue, and how it is sealed.

data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

resource "aws_glue_registry" "features" {
  registry_name = "features-schemas"
  description   = "Revision ${var.revision}"
}

resource "aws_glue_schema" "avro" {
  schema_name   = "rides"
  registry_arn  = aws_glue_registry.features.arn
  data_format   = "AVRO"
  compatibility = var.revision > 1 ? "BACKWARD_ALL" : "BACKWARD"
  description   = "Rides"
  schema_definition = jsonencode({
    type = "record"
    name = "Ride"
    fields = concat(
      [{ name = "ride_id", type = "string" }, { name = "fare", type = "double" }],
      var.revision > 1 ? [{ name = "tip", type = ["null", "double"], default = null }] : [],
    )
  })
}

resource "aws_glue_schema" "json" {
  schema_name   = "drivers"
  registry_arn  = aws_glue_registry.features.arn
  data_format   = "JSON"
  compatibility = "NONE"
  schema_definition = jsonencode({
    "$schema"  = "http://json-schema.org/draft-07/schema#"
    "$id"      = "https://example.com/driver.schema.json"
    type       = "object"
    required   = ["id"]
    properties = merge({ id = { type = "string" } }, var.revision > 1 ? { age = { type = "integer", minimum = 18 } } : {})
  })
}

resource "aws_glue_schema" "protobuf" {
  schema_name       = "pings"
  registry_arn      = aws_glue_registry.features.arn
  data_format       = "PROTOBUF"
  compatibility     = "DISABLED"
  schema_definition = <<-PROTO
    syntax = "proto3";
    message Ping {
      string id = 1;
      int64 at = 2;
    }
  PROTO
}

resource "aws_glue_schema" "default" {
  schema_name       = "loose"
  data_format       = "AVRO"
  compatibility     = "FORWARD"
  schema_definition = "{\"type\": \"record\", \"name\": \"r1\", \"fields\": [ {\"name\": \"f1\", \"type\": \"int\"}, {\"name\": \"f2\", \"type\": \"string\"} ]}"
}

resource "aws_glue_catalog_database" "streams" {
  name = "glue_schemas_streams"
}

resource "aws_kinesis_stream" "rides" {
  name             = "glue-schemas-rides"
  shard_count      = 1
  retention_period = 24 * var.revision
}

resource "aws_glue_catalog_table" "rides" {
  name          = "rides"
  database_name = aws_glue_catalog_database.streams.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { classification = "avro" }
  storage_descriptor {
    location      = aws_kinesis_stream.rides.name
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    parameters = {
      streamARN   = aws_kinesis_stream.rides.arn
      typeOfData  = "kinesis"
      endpointUrl = "https://kinesis.${data.aws_region.here.name}.amazonaws.com"
    }
    schema_reference {
      schema_version_number = var.revision
      schema_id {
        schema_name   = aws_glue_schema.avro.schema_name
        registry_name = aws_glue_registry.features.registry_name
      }
    }
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.avro.AvroSerDe"
    }
  }
}

data "aws_iam_policy_document" "catalogue" {
  statement {
    actions   = var.revision > 1 ? ["glue:GetDatabase", "glue:GetTable*", "glue:GetPartitions"] : ["glue:GetDatabase", "glue:GetTable"]
    resources = ["arn:${data.aws_partition.here.partition}:glue:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id]
    }
  }
}

resource "aws_glue_resource_policy" "catalogue" {
  policy        = data.aws_iam_policy_document.catalogue.json
  enable_hybrid = "TRUE"
}

resource "aws_kms_key" "catalogue" {
  description             = "Catalogue"
  deletion_window_in_days = 7
}

resource "aws_glue_data_catalog_encryption_settings" "catalogue" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = aws_kms_key.catalogue.arn
      return_connection_password_encrypted = var.revision > 1
    }
    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
      sse_aws_kms_key_id      = aws_kms_key.catalogue.arn
    }
  }
}

data "aws_glue_registry" "features" {
  name = aws_glue_registry.features.registry_name
}

output "registry" {
  value = data.aws_glue_registry.features.arn
}
