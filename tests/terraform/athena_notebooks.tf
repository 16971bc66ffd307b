# Athena for Spark notebooks beside SQL: a Spark workgroup, catalogs of each kind, reserved capacity, a federated function.
data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "results" {
  bucket        = "athena-notebooks-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_iam_role" "spark" {
  name = "athena-notebooks"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "athena.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:athena:eu-west-1:${data.aws_caller_identity.current.account_id}:workgroup/notebooks" }
      }
    }]
  })
}

data "aws_iam_policy_document" "spark" {
  statement {
    actions   = ["s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "s3:GetObject"]
    resources = [aws_s3_bucket.results.arn, "${aws_s3_bucket.results.arn}/*"]
  }
  statement {
    actions   = ["athena:GetWorkGroup", "athena:CreatePresignedNotebookUrl", "athena:TerminateSession", "athena:GetSession", "athena:GetSessionStatus", "athena:ListSessions", "athena:StartCalculationExecution", "athena:GetCalculationExecutionCode", "athena:StopCalculationExecution"]
    resources = ["arn:aws:athena:eu-west-1:${data.aws_caller_identity.current.account_id}:workgroup/notebooks"]
  }
  statement {
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:CreateLogGroup", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:eu-west-1:${data.aws_caller_identity.current.account_id}:log-group:/aws-athena:*"]
  }
}

resource "aws_iam_role_policy" "spark" {
  role   = aws_iam_role.spark.id
  policy = data.aws_iam_policy_document.spark.json
}

resource "aws_athena_workgroup" "notebooks" {
  name          = "notebooks"
  description   = "PySpark"
  force_destroy = true
  state         = var.revision == 1 ? "ENABLED" : "DISABLED"
  configuration {
    execution_role                  = aws_iam_role.spark.arn
    enforce_workgroup_configuration = true
    engine_version {
      selected_engine_version = "PySpark engine version 3"
    }
    result_configuration {
      output_location = "s3://${aws_s3_bucket.results.bucket}/notebooks/"
    }
  }
}

resource "aws_athena_workgroup" "shared" {
  name = "shared-requester-pays"
  configuration {
    requester_pays_enabled             = true
    enforce_workgroup_configuration    = false
    publish_cloudwatch_metrics_enabled = true
    result_configuration {
      output_location = "s3://${aws_s3_bucket.results.bucket}/shared/r${var.revision}/"
      acl_configuration {
        s3_acl_option = "BUCKET_OWNER_FULL_CONTROL"
      }
      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}

resource "aws_athena_workgroup" "bare" {
  name = "bare"
  tags = { revision = var.revision }
}

resource "aws_iam_role" "connector" {
  name               = "athena-connector"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_s3_object" "connector" {
  bucket         = aws_s3_bucket.results.id
  key            = "code/connector.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVi0CHBpLgAAAC4AAAAGAAAAYXBwLnB5ZGVmIGhhbmRsZXIoZXZlbnQsIGNvbnRleHQpOgogICAgcmV0dXJuIGV2ZW50ClBLAQIUAxQAAAAAAAAAIVi0CHBpLgAAAC4AAAAGAAAAAAAAAAAAAACAAQAAAABhcHAucHlQSwUGAAAAAAEAAQA0AAAAUgAAAAAA"
}

resource "aws_lambda_function" "connector" {
  function_name = "athena-connector"
  role          = aws_iam_role.connector.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = aws_s3_object.connector.bucket
  s3_key        = aws_s3_object.connector.key
}

resource "aws_lambda_permission" "athena" {
  statement_id   = "athena"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.connector.function_name
  principal      = "athena.amazonaws.com"
  source_account = data.aws_caller_identity.current.account_id
}

resource "aws_athena_data_catalog" "lambda" {
  name        = "online_store"
  description = "federated reads, r${var.revision}"
  type        = "LAMBDA"
  parameters  = { "function" = aws_lambda_function.connector.arn }
}

resource "aws_athena_data_catalog" "two_functions" {
  name        = "two_functions"
  description = "metadata and records apart"
  type        = "LAMBDA"
  parameters = {
    "metadata-function" = aws_lambda_function.connector.arn
    "record-function"   = aws_lambda_function.connector.arn
  }
}

resource "aws_athena_data_catalog" "other_account" {
  name        = "central_catalog"
  description = "the central account's catalog"
  type        = "GLUE"
  parameters  = { "catalog-id" = "222222222222" }
  tags        = { revision = var.revision }
}

resource "aws_athena_data_catalog" "hive" {
  name        = "metastore"
  description = "an external Hive metastore"
  type        = "HIVE"
  parameters  = { "metadata-function" = aws_lambda_function.connector.arn }
}

resource "aws_athena_capacity_reservation" "month_end" {
  name        = "month-end"
  target_dpus = 24 * var.revision
}

resource "aws_athena_database" "scratch" {
  name          = "athena_notebooks_scratch"
  bucket        = aws_s3_bucket.results.id
  comment       = "scratch"
  force_destroy = true
  properties    = { owner = "science" }
}

resource "aws_athena_named_query" "all" {
  for_each  = { count = "SELECT count(*) FROM t", peek = "SELECT * FROM t LIMIT ${10 * var.revision}" }
  name      = each.key
  database  = aws_athena_database.scratch.name
  workgroup = aws_athena_workgroup.shared.id
  query     = each.value
}

data "aws_athena_named_query" "count" {
  name       = "count"
  workgroup  = aws_athena_workgroup.shared.name
  depends_on = [aws_athena_named_query.all]
}

output "query" { value = data.aws_athena_named_query.count.querystring }
