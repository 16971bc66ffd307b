# Two groups over one shared database: one writes its own table, the other takes one that stands already.

data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

resource "aws_s3_bucket" "lake" {
  bucket        = "two-tables-${data.aws_caller_identity.me.account_id}-${data.aws_region.here.name}"
  force_destroy = true
}

resource "aws_glue_catalog_database" "shared" {
  name         = "two_tables_features"
  description  = "Shared by all groups, revision ${var.revision}"
  location_uri = "s3://${aws_s3_bucket.lake.bucket}/"
  parameters   = { classification = "features" }
}

resource "aws_glue_catalog_table" "stands" {
  name          = "drivers_kept"
  database_name = aws_glue_catalog_database.shared.name
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    EXTERNAL                    = "TRUE"
    "parquet.compression"       = "SNAPPY"
    "projection.enabled"        = "true"
    "projection.year.type"      = "integer"
    "projection.year.range"     = "2020,2030"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "s3://${aws_s3_bucket.lake.bucket}/kept/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}"
  }

  dynamic "partition_keys" {
    for_each = ["year", "month", "day", "hour"]
    content {
      name = partition_keys.value
      type = "string"
    }
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.lake.bucket}/kept"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      parameters            = { "serialization.format" = "1" }
    }
    dynamic "columns" {
      for_each = {
        driver_id  = "string", event_time = "string", trips = "bigint",
        write_time = "timestamp", api_invocation_time = "timestamp", is_deleted = "boolean"
      }
      content {
        name = columns.key
        type = columns.value
      }
    }
  }
}

resource "aws_iam_role" "writer" {
  name = "two-tables-writer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.${data.aws_partition.here.dns_suffix}" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "writer" {
  name = "offline-store"
  role = aws_iam_role.writer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetBucketAcl", "s3:PutObjectAcl", "s3:GetBucketLocation", "s3:ListBucket"]
        Resource = [aws_s3_bucket.lake.arn, "${aws_s3_bucket.lake.arn}/*"]
      },
      {
        Effect = "Allow"
        Action = ["glue:GetDatabase", "glue:GetTable", "glue:CreateTable", "glue:UpdateTable", "glue:GetTables"]
        Resource = [
          "arn:${data.aws_partition.here.partition}:glue:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:catalog",
          aws_glue_catalog_database.shared.arn,
          "arn:${data.aws_partition.here.partition}:glue:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:table/${aws_glue_catalog_database.shared.name}/*",
        ]
      },
    ]
  })
}

resource "aws_sagemaker_feature_group" "own" {
  feature_group_name             = "two-tables-own"
  record_identifier_feature_name = "rider_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.writer.arn

  feature_definition {
    feature_name = "rider_id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "event_time"
    feature_type = "String"
  }

  offline_store_config {
    disable_glue_table_creation = false
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.lake.bucket}/own"
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.shared.name
      table_name = "riders_own"
    }
  }

  depends_on = [aws_iam_role_policy.writer]
}

resource "aws_sagemaker_feature_group" "kept" {
  feature_group_name             = "two-tables-kept"
  record_identifier_feature_name = "driver_id"
  event_time_feature_name        = "event_time"
  role_arn                       = aws_iam_role.writer.arn

  dynamic "feature_definition" {
    for_each = { driver_id = "String", event_time = "String", trips = "Integral" }
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }

  online_store_config {
    enable_online_store = true
  }

  offline_store_config {
    disable_glue_table_creation = true
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.lake.bucket}/kept"
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.shared.name
      table_name = aws_glue_catalog_table.stands.name
    }
  }

  depends_on = [aws_iam_role_policy.writer]
}

data "aws_glue_catalog_table" "own" {
  name          = aws_sagemaker_feature_group.own.offline_store_config[0].data_catalog_config[0].table_name
  database_name = aws_glue_catalog_database.shared.name
}

output "columns" {
  value = data.aws_glue_catalog_table.own.storage_descriptor[0].columns[*].name
}
