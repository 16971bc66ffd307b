# A serving function with everything around it: layer, versions, weighted alias, URL, destinations, runtime and recursion settings.
data "aws_caller_identity" "me" {}

locals {
  serve_zip = {
    "1" = "UEsDBBQAAAAAAAAAIVg3INZ6SgAAAEoAAAAIAAAAc2VydmUucHlSRVZJU0lPTiA9IDEKCmRlZiBoYW5kbGVyKGV2ZW50LCBjb250ZXh0KToKICAgIHJldHVybiB7J3N0YXR1c0NvZGUnOiAyMDB9ClBLAQIUAxQAAAAAAAAAIVg3INZ6SgAAAEoAAAAIAAAAAAAAAAAAAACAAQAAAABzZXJ2ZS5weVBLBQYAAAAAAQABADYAAABwAAAAAAA="
    "2" = "UEsDBBQAAAAAAAAAIVhTnwOLSgAAAEoAAAAIAAAAc2VydmUucHlSRVZJU0lPTiA9IDIKCmRlZiBoYW5kbGVyKGV2ZW50LCBjb250ZXh0KToKICAgIHJldHVybiB7J3N0YXR1c0NvZGUnOiAyMDB9ClBLAQIUAxQAAAAAAAAAIVhTnwOLSgAAAEoAAAAIAAAAAAAAAAAAAACAAQAAAABzZXJ2ZS5weVBLBQYAAAAAAQABADYAAABwAAAAAAA="
  }
  layer_zip = "UEsDBBQAAAAAAAAAIVgNjFqMBgAAAAYAAAAQAAAAcHl0aG9uL3NoYXJlZC5weVggPSAxClBLAQIUAxQAAAAAAAAAIVgNjFqMBgAAAAYAAAAQAAAAAAAAAAAAAACAAQAAAABweXRob24vc2hhcmVkLnB5UEsFBgAAAAABAAEAPgAAADQAAAAAAA=="
}

resource "aws_s3_bucket" "code" {
  bucket_prefix = "functions-edge-"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "code" {
  bucket = aws_s3_bucket.code.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.code.id
  key            = "serve.zip"
  content_base64 = local.serve_zip[tostring(var.revision)]
  source_hash    = md5(local.serve_zip[tostring(var.revision)])
  depends_on     = [aws_s3_bucket_versioning.code]
}

resource "aws_s3_object" "layer" {
  bucket         = aws_s3_bucket.code.id
  key            = "layer.zip"
  content_base64 = local.layer_zip
}

resource "aws_lambda_layer_version" "shared" {
  layer_name               = "functions-edge"
  s3_bucket                = aws_s3_object.layer.bucket
  s3_key                   = aws_s3_object.layer.key
  compatible_runtimes      = ["python3.11", "python3.12"]
  compatible_architectures = ["x86_64", "arm64"]
  license_info             = "MIT"
}
resource "aws_lambda_layer_version_permission" "org" {
  layer_name     = aws_lambda_layer_version.shared.layer_name
  version_number = aws_lambda_layer_version.shared.version
  statement_id   = "account"
  action         = "lambda:GetLayerVersion"
  principal      = "333333333333"
}

resource "aws_iam_role" "serve" {
  name               = "functions-edge"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "serve" {
  role = aws_iam_role.serve.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"], Resource = "arn:aws:sagemaker:*:*:feature-group/*" },
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.outcome["ok"].arn, aws_sqs_queue.outcome["failed"].arn] },
      { Effect = "Allow", Action = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], Resource = "${aws_dynamodb_table.source.arn}/stream/*" },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.work.arn },
    ]
  })
}

resource "aws_lambda_function" "serve" {
  function_name     = "functions-edge"
  description       = "revision ${var.revision}"
  role              = aws_iam_role.serve.arn
  handler           = "serve.handler"
  runtime           = "python3.12"
  s3_bucket         = aws_s3_object.code.bucket
  s3_key            = aws_s3_object.code.key
  s3_object_version = aws_s3_object.code.version_id
  layers            = [aws_lambda_layer_version.shared.arn]
  publish           = true
  snap_start {
    apply_on = "PublishedVersions"
  }
  environment {
    variables = { REVISION = var.revision }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.serve.function_name
  function_version = var.revision == 1 ? aws_lambda_function.serve.version : "1"
  dynamic "routing_config" {
    for_each = var.revision == 1 ? [] : [aws_lambda_function.serve.version]
    content {
      additional_version_weights = { (routing_config.value) = 0.1 }
    }
  }
}

resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.serve.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
  invoke_mode        = "BUFFERED"
  cors {
    allow_credentials = true
    allow_origins     = ["https://app.example.com"]
    allow_methods     = ["GET", "POST"]
    max_age           = 300 * var.revision
  }
}
resource "aws_lambda_permission" "url" {
  statement_id_prefix    = "url-"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.serve.function_name
  qualifier              = aws_lambda_alias.live.name
  principal              = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
  function_url_auth_type = "AWS_IAM"
}

resource "aws_sqs_queue" "outcome" {
  for_each = toset(["ok", "failed"])
  name     = "functions-edge-${each.key}"
}
resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.serve.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = 300 * var.revision
  maximum_retry_attempts       = 1
  destination_config {
    on_success {
      destination = aws_sqs_queue.outcome["ok"].arn
    }
    on_failure {
      destination = aws_sqs_queue.outcome["failed"].arn
    }
  }
  depends_on = [aws_iam_role_policy.serve]
}

resource "aws_lambda_runtime_management_config" "serve" {
  function_name     = aws_lambda_function.serve.function_name
  update_runtime_on = var.revision == 1 ? "FunctionUpdate" : "Auto"
}
resource "aws_lambda_function_recursion_config" "serve" {
  function_name  = aws_lambda_function.serve.function_name
  recursive_loop = var.revision == 1 ? "Allow" : "Terminate"
}
resource "aws_lambda_code_signing_config" "this" {
  description = "r${var.revision}"
  allowed_publishers {
    signing_profile_version_arns = ["arn:aws:signer:eu-west-1:${data.aws_caller_identity.me.account_id}:/signing-profiles/platform/abcdefghij"]
  }
  policies {
    untrusted_artifact_on_deployment = "Warn"
  }
}

resource "aws_dynamodb_table" "source" {
  name             = "functions-edge"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_sqs_queue" "work" {
  name                       = "functions-edge-work"
  visibility_timeout_seconds = 60
}
resource "aws_lambda_event_source_mapping" "table" {
  event_source_arn           = aws_dynamodb_table.source.stream_arn
  function_name              = aws_lambda_alias.live.arn
  starting_position          = "TRIM_HORIZON"
  batch_size                 = 50
  tumbling_window_in_seconds = 30
  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["INSERT", "MODIFY"] })
    }
  }
  depends_on = [aws_iam_role_policy.serve]
}
resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn        = aws_sqs_queue.work.arn
  function_name           = aws_lambda_function.serve.arn
  enabled                 = var.revision == 1
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 5 * var.revision
  }
  tags       = { kind = "queue" }
  depends_on = [aws_iam_role_policy.serve]
}

data "aws_lambda_function" "live" {
  function_name = aws_lambda_function.serve.function_name
  qualifier     = aws_lambda_alias.live.name
}
output "url" { value = aws_lambda_function_url.live.function_url }
output "version" { value = data.aws_lambda_function.live.version }
