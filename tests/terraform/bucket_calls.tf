# A bucket that calls: to a function, a queue and a topic, each with its own filter, and to EventBridge at revision 2.

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "calls" {
  bucket_prefix = "bucket-calls-"
  force_destroy = true
}

resource "aws_s3_object" "code" {
  bucket         = aws_s3_bucket.calls.id
  key            = "code/function.zip"
  content_base64 = "UEsDBBQAAAAAAAAAIVgheWRwVQAAAFUAAAAIAAAAaW5kZXgucHlkZWYgaGFuZGxlcihldmVudCwgY29udGV4dCk6CiAgICByZXR1cm4geyJzZWVuIjogbGVuKGV2ZW50LmdldCgiUmVjb3JkcyIsIFtldmVudF0pKX0KUEsBAhQDFAAAAAAAAAAhWCF5ZHBVAAAAVQAAAAgAAAAAAAAAAAAAAKQBAAAAAGluZGV4LnB5UEsFBgAAAAABAAEANgAAAHsAAAAAAA=="
  content_type   = "application/zip"
}

resource "aws_iam_role" "function" {
  name = "bucket-calls-function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "this" {
  for_each         = toset(["parquet", "csv"])
  function_name    = "bucket-calls-${each.key}"
  role             = aws_iam_role.function.arn
  runtime          = "python3.12"
  handler          = "index.handler"
  s3_bucket        = aws_s3_object.code.bucket
  s3_key           = aws_s3_object.code.key
  source_code_hash = base64sha256(aws_s3_object.code.content_base64)
  memory_size      = 128 * var.revision
  timeout          = 10
}

resource "aws_lambda_permission" "this" {
  for_each       = aws_lambda_function.this
  statement_id   = "AllowBucket"
  action         = "lambda:InvokeFunction"
  function_name  = each.value.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.calls.arn
  source_account = data.aws_caller_identity.me.account_id
}

resource "aws_sqs_queue" "arrivals" {
  name                       = "bucket-calls-arrivals"
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = true
}

resource "aws_sqs_queue_policy" "arrivals" {
  queue_url = aws_sqs_queue.arrivals.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.arrivals.arn
      Condition = {
        ArnLike      = { "aws:SourceArn" = aws_s3_bucket.calls.arn }
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id }
      }
    }]
  })
}

data "aws_iam_policy_document" "topic" {
  statement {
    actions   = ["SNS:Publish"]
    resources = ["arn:aws:sns:*:*:bucket-calls-removals"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.calls.arn]
    }
  }
}

resource "aws_sns_topic" "removals" {
  name   = "bucket-calls-removals"
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_s3_bucket_notification" "calls" {
  bucket      = aws_s3_bucket.calls.id
  eventbridge = var.revision > 1

  lambda_function {
    id                  = "parquet"
    lambda_function_arn = aws_lambda_function.this["parquet"].arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "landing/"
    filter_suffix       = ".parquet"
  }

  lambda_function {
    lambda_function_arn = aws_lambda_function.this["csv"].arn
    events              = ["s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload"]
    filter_prefix       = "landing/"
    filter_suffix       = ".csv"
  }

  queue {
    id            = "json"
    queue_arn     = aws_sqs_queue.arrivals.arn
    events        = ["s3:ObjectCreated:*", "s3:ObjectTagging:*"]
    filter_suffix = var.revision > 1 ? ".jsonl" : ".json"
  }

  topic {
    topic_arn = aws_sns_topic.removals.arn
    events    = ["s3:ObjectRemoved:*", "s3:LifecycleExpiration:*", "s3:ObjectRestore:Completed"]
  }

  depends_on = [aws_lambda_permission.this, aws_sqs_queue_policy.arrivals]
}
