# An endpoint to develop on, with keys, libraries and a place in a network, and scripts that Glue writes from a graph.
resource "aws_iam_role" "bench" {
  name               = "AWSGlueServiceRole-bench"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "bench" {
  role       = aws_iam_role.bench.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
}
locals {
  key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJnGbDYHPqvJJ7pFyHnYcFp3aE0V0mfyG5mDWkZHqQHL one@example.com"
}
resource "aws_glue_dev_endpoint" "plain" {
  name     = "bench-plain"
  role_arn = aws_iam_role.bench.arn
}
resource "aws_glue_dev_endpoint" "full" {
  name                      = "bench-full"
  role_arn                  = aws_iam_role.bench.arn
  glue_version              = "1.0"
  worker_type               = "Standard"
  number_of_workers         = 2
  arguments                 = { "--enable-glue-datacatalog" = var.revision == 1 ? "" : "true", GLUE_PYTHON_VERSION = "3" }
  extra_jars_s3_path        = "s3://bench/r${var.revision}.jar"
  extra_python_libs_s3_path = "s3://bench/r${var.revision}.whl"
  public_key                = local.key
  tags                      = var.revision == 1 ? { a = "1" } : { b = "2" }
}
data "aws_glue_script" "python" {
  language = "PYTHON"
  dag_edge {
    source = "datasource0"
    target = "applymapping1"
  }
  dag_edge {
    source = "applymapping1"
    target = "datasink2"
  }
  dag_node {
    id        = "datasource0"
    node_type = "DataSource"
    args {
      name  = "database"
      value = "\"source\""
    }
    args {
      name  = "table_name"
      value = "\"rides\""
    }
  }
  dag_node {
    id        = "applymapping1"
    node_type = "ApplyMapping"
    args {
      name  = "mapping"
      value = "[(\"column1\", \"string\", \"column1\", \"string\")]"
    }
  }
  dag_node {
    id        = "datasink2"
    node_type = "DataSink"
    args {
      name  = "database"
      value = "\"target\""
    }
    args {
      name  = "table_name"
      value = "\"rides\""
    }
  }
}
resource "aws_s3_bucket" "bench" {
  bucket        = "glue-workbench"
  force_destroy = true
}
resource "aws_s3_object" "script" {
  bucket  = aws_s3_bucket.bench.id
  key     = "r${var.revision}.py"
  content = data.aws_glue_script.python.python_script
}
