resource "aws_iam_role" "this" {
  name               = "others-function"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "states.amazonaws.com"] } }] })
}
resource "aws_s3_bucket" "this" {
  bucket        = "others-functions"
  force_destroy = true
}
resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.this.id
  key            = "code.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIQBdWcVIKAAAACgAAAAEAAAAYS5weWRlZiBoYW5kbGVyKGV2ZW50LCBjb250ZXh0KTogcmV0dXJuIDFQSwECFAMUAAAAAAAAACEAXVnFSCgAAAAoAAAABAAAAAAAAAAAAAAAgAEAAAAAYS5weVBLBQYAAAAAAQABADIAAABKAAAAAAA="
}
resource "aws_lambda_function" "this" {
  function_name = "others-reader"
  role          = aws_iam_role.this.arn
  handler       = "a.handler"
  runtime       = "python3.12"
  timeout       = 10 * var.revision
  s3_bucket     = aws_s3_bucket.this.id
  s3_key        = aws_s3_object.code.key
  environment { variables = { REVISION = tostring(var.revision) } }
}
resource "aws_lambda_permission" "this" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "events.amazonaws.com"
}
resource "aws_lambda_alias" "this" {
  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = "$LATEST"
}
