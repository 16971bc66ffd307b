# Functions with a place in a network, a shared disk, an image; called at apply; found again by their data sources.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_vpc" "whole" {
  cidr_block = "10.107.0.0/16"
}
resource "aws_subnet" "whole" {
  vpc_id     = aws_vpc.whole.id
  cidr_block = "10.107.1.0/24"
}
resource "aws_security_group" "whole" {
  count  = 2
  name   = "functions-whole-${count.index}"
  vpc_id = aws_vpc.whole.id
}
resource "aws_efs_file_system" "whole" {}
resource "aws_efs_mount_target" "whole" {
  file_system_id = aws_efs_file_system.whole.id
  subnet_id      = aws_subnet.whole.id
}
resource "aws_efs_access_point" "whole" {
  file_system_id = aws_efs_file_system.whole.id
  posix_user {
    gid = 1000
    uid = 1000
  }
}
resource "aws_iam_role" "whole" {
  name               = "functions-whole"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "whole" {
  role       = aws_iam_role.whole.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}
resource "aws_s3_bucket" "whole" {
  bucket        = "functions-whole"
  force_destroy = true
}
resource "aws_s3_object" "whole" {
  bucket         = aws_s3_bucket.whole.id
  key            = "code.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVgheWRwVQAAAFUAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6CiAgICByZXR1cm4geyJzZWVuIjogbGVuKGV2ZW50LmdldCgiUmVjb3JkcyIsIFtldmVudF0pKX0KUEsBAhQDFAAAAAAAAAAhWCF5ZHBVAAAAVQAAAAgAAAAAAAAAAAAAAKQBAAAAAGluZGV4LnB5UEsFBgAAAAABAAEANgAAAHsAAAAAAA=="
}
resource "aws_lambda_layer_version" "whole" {
  layer_name          = "functions-whole"
  description         = "r${var.revision}"
  s3_bucket           = aws_s3_object.whole.bucket
  s3_key              = aws_s3_object.whole.key
  compatible_runtimes = ["python3.12"]
  skip_destroy        = false
}
resource "aws_lambda_function" "placed" {
  function_name = "functions-placed"
  description   = local.later ? null : "Described"
  role          = aws_iam_role.whole.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  s3_bucket     = aws_s3_object.whole.bucket
  s3_key        = aws_s3_object.whole.key
  layers        = local.later ? [] : [aws_lambda_layer_version.whole.arn]
  architectures = [local.later ? "arm64" : "x86_64"]
  timeout       = local.later ? null : 60
  memory_size   = local.later ? null : 512
  publish       = true
  dynamic "environment" {
    for_each = local.later ? [] : [1]
    content {
      variables = { A = "1" }
    }
  }
  vpc_config {
    subnet_ids                  = [aws_subnet.whole.id]
    security_group_ids          = local.later ? aws_security_group.whole[*].id : [aws_security_group.whole[0].id]
    ipv6_allowed_for_dual_stack = false
  }
  dynamic "file_system_config" {
    for_each = local.later ? [] : [aws_efs_access_point.whole.arn]
    content {
      arn              = file_system_config.value
      local_mount_path = "/mnt/data"
    }
  }
  dynamic "tracing_config" {
    for_each = local.later ? ["PassThrough"] : ["Active"]
    content {
      mode = tracing_config.value
    }
  }
  ephemeral_storage {
    size = local.later ? 512 : 1024
  }
  tags       = local.later ? { b = "2" } : { a = "1" }
  depends_on = [aws_efs_mount_target.whole, aws_iam_role_policy_attachment.whole]
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.placed.function_name
  function_version = aws_lambda_function.placed.version
  description      = local.later ? "" : "Described"
}
resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.placed.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = local.later ? "NONE" : "AWS_IAM"
  dynamic "cors" {
    for_each = local.later ? [] : [1]
    content {
      allow_headers  = ["date"]
      allow_methods  = ["*"]
      allow_origins  = ["https://www.example.com"]
      expose_headers = ["keep-alive"]
      max_age        = 86400
    }
  }
}
resource "aws_lambda_provisioned_concurrency_config" "live" {
  function_name                     = aws_lambda_function.placed.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.revision
}
resource "aws_lambda_permission" "bucket" {
  statement_id   = "bucket-${var.revision}"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.placed.function_name
  qualifier      = aws_lambda_alias.live.name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.whole.arn
  source_account = data.aws_caller_identity.me.account_id
}
resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_alias.live.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = local.later ? 21600 : 60
  maximum_retry_attempts       = local.later ? 2 : 0
}
data "aws_lambda_function" "placed" {
  function_name = aws_lambda_function.placed.function_name
}
data "aws_lambda_alias" "live" {
  function_name = aws_lambda_function.placed.function_name
  name          = aws_lambda_alias.live.name
}
data "aws_lambda_function_url" "live" {
  function_name = aws_lambda_function.placed.function_name
  qualifier     = aws_lambda_function_url.live.qualifier
}
data "aws_lambda_layer_version" "whole" {
  layer_name = aws_lambda_layer_version.whole.layer_name
}
data "aws_lambda_functions" "all" {
  depends_on = [aws_lambda_function.placed]
}
output "read" {
  value = [data.aws_lambda_function.placed.handler, data.aws_lambda_alias.live.function_version, data.aws_lambda_function_url.live.function_url, data.aws_lambda_layer_version.whole.version, contains(data.aws_lambda_functions.all.function_names, "functions-placed")]
}
