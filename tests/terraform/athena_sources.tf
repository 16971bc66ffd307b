# Catalogues of each type beside the account's own: a function, a metastore, another account's Glue; and reserved capacity.

resource "aws_s3_bucket" "code" {
  bucket_prefix = "athena-sources-"
  force_destroy = true
}

resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "connector.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVgheWRwVQAAAFUAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6CiAgICByZXR1cm4geyJzZWVuIjogbGVuKGV2ZW50LmdldCgiUmVjb3JkcyIsIFtldmVudF0pKX0KUEsBAhQDFAAAAAAAAAAhWCF5ZHBVAAAAVQAAAAgAAAAAAAAAAAAAAKQBAAAAAGluZGV4LnB5UEsFBgAAAAABAAEANgAAAHsAAAAAAA=="
}

resource "aws_iam_role" "connector" {
  name = "athena-sources-connector"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "athena.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy" "connector" {
  name = "spill"
  role = aws_iam_role.connector.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:PutObject", "s3:GetObject"], Resource = "${aws_s3_bucket.code.arn}/spill/*" }]
  })
}

resource "aws_lambda_function" "connector" {
  for_each      = toset(["metadata", "record", "hive"])
  function_name = "athena-sources-${each.key}"
  role          = aws_iam_role.connector.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
  environment {
    variables = { spill_prefix = "spill/${var.revision}" }
  }
}

resource "aws_athena_data_catalog" "composite" {
  name        = "sources-composite"
  description = "One function, revision ${var.revision}"
  type        = "LAMBDA"
  parameters  = { "function" = aws_lambda_function.connector["metadata"].arn }
}

resource "aws_athena_data_catalog" "separate" {
  name        = "sources-separate"
  description = "Two functions"
  type        = "LAMBDA"
  parameters = {
    "metadata-function" = aws_lambda_function.connector["metadata"].arn
    "record-function"   = aws_lambda_function.connector[var.revision > 1 ? "metadata" : "record"].arn
  }
}

resource "aws_athena_data_catalog" "hive" {
  name        = "sources-hive"
  description = "A metastore"
  type        = "HIVE"
  parameters  = { "metadata-function" = aws_lambda_function.connector["hive"].arn }
}

resource "aws_athena_data_catalog" "neighbour" {
  name        = "sources-neighbour"
  description = "Glue of the neighbour"
  type        = "GLUE"
  parameters  = { "catalog-id" = var.revision > 1 ? "210987654321" : "123456789012" }
}

resource "aws_athena_capacity_reservation" "nightly" {
  name        = "sources-nightly"
  target_dpus = 24 * var.revision
}

resource "aws_athena_workgroup" "spark" {
  name          = "sources-spark"
  force_destroy = true
  configuration {
    execution_role                     = aws_iam_role.connector.arn
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = var.revision > 1
    engine_version {
      selected_engine_version = "PySpark engine version 3"
    }
    result_configuration {
      output_location = "s3://${aws_s3_bucket.code.bucket}/spark/"
    }
  }
}
