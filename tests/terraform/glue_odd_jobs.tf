# Less common pieces of Glue: a job from a repository, crawlers of Hudi and MongoDB, a transform, connections of new kinds.

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "odd" {
  bucket_prefix = "glue-odd-"
  force_destroy = true
}

resource "aws_iam_role" "odd" {
  name = "glue-odd-jobs"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "odd" {
  role       = aws_iam_role.odd.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
}

resource "aws_glue_job" "of_repository" {
  name              = "odd-of-repository"
  role_arn          = aws_iam_role.odd.arn
  glue_version      = "4.0"
  worker_type       = "G.2X"
  number_of_workers = 2
  command {
    script_location = "s3://${aws_s3_bucket.odd.bucket}/jobs/main.py"
  }
  source_control_details {
    provider       = "GITHUB"
    repository     = "features"
    owner          = "example"
    branch         = var.revision > 1 ? "release" : "main"
    folder         = "jobs"
    last_commit_id = "0123456789abcdef0123456789abcdef01234567"
  }
  tags = { kind = "repository" }
}

resource "aws_secretsmanager_secret" "mongo" {
  name_prefix             = "glue-odd-mongo-"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "mongo" {
  secret_id     = aws_secretsmanager_secret.mongo.id
  secret_string = jsonencode({ username = "reader", password = "not-a-secret" })
}

resource "aws_vpc" "odd" {
  cidr_block = "10.64.0.0/16"
}

resource "aws_subnet" "odd" {
  vpc_id            = aws_vpc.odd.id
  cidr_block        = "10.64.${var.revision}.0/24"
  availability_zone = "eu-west-1a"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "odd" {
  name   = "glue-odd"
  vpc_id = aws_vpc.odd.id
  ingress {
    from_port = 0
    to_port   = 65535
    protocol  = "tcp"
    self      = true
  }
}

resource "aws_glue_connection" "mongo" {
  name            = "odd-mongo"
  catalog_id      = data.aws_caller_identity.me.account_id
  connection_type = "MONGODB"
  connection_properties = {
    CONNECTION_URL = "mongodb://mongo.internal:27017/orders"
    SECRET_ID      = aws_secretsmanager_secret.mongo.name
  }
  physical_connection_requirements {
    availability_zone      = aws_subnet.odd.availability_zone
    security_group_id_list = [aws_security_group.odd.id]
    subnet_id              = aws_subnet.odd.id
  }
  tags = { kind = "mongo" }
}

resource "aws_glue_connection" "network" {
  name            = "odd-network"
  connection_type = "NETWORK"
  physical_connection_requirements {
    availability_zone      = aws_subnet.odd.availability_zone
    security_group_id_list = [aws_security_group.odd.id]
    subnet_id              = aws_subnet.odd.id
  }
}

resource "aws_glue_connection" "dynamodb" {
  name            = "odd-dynamodb"
  connection_type = "DYNAMODB"
  athena_properties = {
    lambda_function_arn      = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.me.account_id}:function:athenafederatedcatalog_odd"
    disable_spill_encryption = "false"
    spill_bucket             = aws_s3_bucket.odd.bucket
    spill_prefix             = "spill/${var.revision}"
  }
}

resource "aws_glue_catalog_database" "odd" {
  name = "glue_odd_jobs"
  tags = { kind = "odd" }
}

resource "aws_glue_crawler" "hudi" {
  name          = "odd-hudi"
  database_name = aws_glue_catalog_database.odd.name
  role          = aws_iam_role.odd.arn
  hudi_target {
    paths                   = ["s3://${aws_s3_bucket.odd.bucket}/hudi/"]
    exclusions              = ["tmp/**"]
    maximum_traversal_depth = 5 * var.revision
  }
}

resource "aws_glue_crawler" "mongo" {
  name          = "odd-mongo"
  database_name = aws_glue_catalog_database.odd.name
  role          = aws_iam_role.odd.arn
  mongodb_target {
    connection_name = aws_glue_connection.mongo.name
    path            = "orders/%"
    scan_all        = var.revision > 1
  }
}

resource "aws_glue_catalog_table" "people" {
  name          = "people"
  database_name = aws_glue_catalog_database.odd.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = { classification = "csv" }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.odd.bucket}/people/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
    }
    columns {
      name = "id"
      type = "string"
    }
    columns {
      name = "name"
      type = "string"
    }
  }
}

resource "aws_glue_ml_transform" "same_people" {
  name              = "odd-same-people"
  description       = "Revision ${var.revision}"
  role_arn          = aws_iam_role.odd.arn
  glue_version      = "2.0"
  worker_type       = "G.1X"
  number_of_workers = 5 * var.revision
  max_retries       = 1
  timeout           = 120
  input_record_tables {
    database_name = aws_glue_catalog_database.odd.name
    table_name    = aws_glue_catalog_table.people.name
  }
  parameters {
    transform_type = "FIND_MATCHES"
    find_matches_parameters {
      primary_key_column_name    = "id"
      precision_recall_trade_off = 0.5
      accuracy_cost_trade_off    = 0.5
      enforce_provided_labels    = var.revision > 1
    }
  }
  depends_on = [aws_iam_role_policy_attachment.odd]
}

resource "aws_glue_registry" "tagged" {
  registry_name = "odd-registry"
  tags          = { revision = tostring(var.revision) }
}

resource "aws_glue_schema" "tagged" {
  schema_name       = "odd-schema"
  registry_arn      = aws_glue_registry.tagged.arn
  data_format       = "JSON"
  compatibility     = "FULL"
  schema_definition = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}"
  tags              = { revision = tostring(var.revision) }
}

resource "aws_glue_trigger" "tagged" {
  name = "odd-trigger"
  type = "ON_DEMAND"
  actions {
    crawler_name = aws_glue_crawler.hudi.name
  }
  tags = { revision = tostring(var.revision) }
}
