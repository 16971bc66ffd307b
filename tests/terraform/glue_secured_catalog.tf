# Catalogue encryption, a security configuration, private connections and a catalogue policy.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  prefix  = "r4-secured"
  account = data.aws_caller_identity.current.account_id
  catalog = "arn:${data.aws_partition.current.partition}:glue:${data.aws_region.current.name}:${local.account}"
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "GlueJobLogs"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:Describe*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.current.name}.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "glue" {
  description             = "Glue metadata, bookmarks and logs"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_glue_data_catalog_encryption_settings" "this" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = aws_kms_key.glue.arn
      return_connection_password_encrypted = true
    }

    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
      sse_aws_kms_key_id      = aws_kms_key.glue.arn
    }
  }
}

resource "aws_glue_security_configuration" "jobs" {
  name = "${local.prefix}-jobs"

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = aws_kms_key.glue.arn
    }

    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = aws_kms_key.glue.arn
    }

    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = aws_kms_key.glue.arn
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block           = "10.61.0.0/20"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = local.prefix
  }
}

resource "aws_subnet" "data" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, 1)
  availability_zone = "${data.aws_region.current.name}a"

  tags = {
    Name = "${local.prefix}-data"
  }
}

resource "aws_security_group" "glue" {
  name        = "${local.prefix}-glue"
  description = "Glue workers talk to each other and to the database"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "Between workers"
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    self        = true
  }

  egress {
    description = "Anywhere"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_secretsmanager_secret" "warehouse" {
  name                    = "${local.prefix}/warehouse"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "warehouse" {
  secret_id = aws_secretsmanager_secret.warehouse.id

  secret_string = jsonencode({
    username = "loader"
    password = "not-a-real-one"
  })
}

resource "aws_glue_connection" "network" {
  name            = "${local.prefix}-network"
  connection_type = "NETWORK"

  physical_connection_requirements {
    availability_zone      = aws_subnet.data.availability_zone
    security_group_id_list = [aws_security_group.glue.id]
    subnet_id              = aws_subnet.data.id
  }

  depends_on = [aws_glue_data_catalog_encryption_settings.this]
}

resource "aws_glue_connection" "warehouse" {
  name            = "${local.prefix}-warehouse"
  description     = var.revision >= 2 ? "Warehouse, reader endpoint" : "Warehouse, writer endpoint"
  connection_type = "JDBC"
  match_criteria  = ["warehouse"]

  connection_properties = {
    JDBC_CONNECTION_URL = var.revision >= 2 ? "jdbc:postgresql://reader.warehouse.internal:5432/dw" : "jdbc:postgresql://warehouse.internal:5432/dw"
    JDBC_ENFORCE_SSL    = "true"
    SECRET_ID           = aws_secretsmanager_secret.warehouse.name
  }

  physical_connection_requirements {
    availability_zone      = aws_subnet.data.availability_zone
    security_group_id_list = [aws_security_group.glue.id]
    subnet_id              = aws_subnet.data.id
  }

  depends_on = [
    aws_glue_data_catalog_encryption_settings.this,
    aws_secretsmanager_secret_version.warehouse,
  ]
}

resource "aws_iam_role" "job" {
  name = "${local.prefix}-job"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "glue.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "job" {
  role       = aws_iam_role.job.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSGlueServiceRole"
}

resource "aws_s3_bucket" "scripts" {
  bucket        = "${local.prefix}-scripts-${local.account}"
  force_destroy = true
}

resource "aws_glue_job" "extract" {
  name                   = "${local.prefix}-extract"
  role_arn               = aws_iam_role.job.arn
  glue_version           = "4.0"
  worker_type            = "G.1X"
  number_of_workers      = 2
  connections            = [aws_glue_connection.warehouse.name]
  security_configuration = aws_glue_security_configuration.jobs.name

  command {
    script_location = "s3://${aws_s3_bucket.scripts.bucket}/extract.py"
  }

  depends_on = [aws_iam_role_policy_attachment.job]
}

resource "aws_glue_catalog_database" "secured" {
  name = "r4_secured"

  depends_on = [aws_glue_data_catalog_encryption_settings.this]
}

data "aws_iam_policy_document" "catalog" {
  statement {
    sid     = "ReadOneDatabase"
    actions = var.revision >= 2 ? ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"] : ["glue:GetDatabase", "glue:GetTable", "glue:GetTables"]

    resources = [
      "${local.catalog}:catalog",
      "${local.catalog}:database/${aws_glue_catalog_database.secured.name}",
      "${local.catalog}:table/${aws_glue_catalog_database.secured.name}/*",
    ]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:root"]
    }
  }
}

resource "aws_glue_resource_policy" "catalog" {
  policy = data.aws_iam_policy_document.catalog.json
}
