data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "this" {
  bucket        = "others-events"
  force_destroy = true
}
resource "aws_sqs_queue" "this" {
  name                       = "others-events"
  visibility_timeout_seconds = 30 * var.revision
}
resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sqs:SendMessage", Resource = aws_sqs_queue.this.arn, Condition = { ArnLike = { "aws:SourceArn" = aws_s3_bucket.this.arn } } }] })
}
resource "aws_sns_topic" "this" { name = "others-events" }
resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.this.arn, Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } } }] })
}
resource "aws_sns_topic_subscription" "this" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.this.arn
}
resource "aws_s3_bucket_notification" "this" {
  bucket      = aws_s3_bucket.this.id
  eventbridge = var.revision == 2
  queue {
    queue_arn     = aws_sqs_queue.this.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "in/"
  }
  topic {
    topic_arn = aws_sns_topic.this.arn
    events    = ["s3:ObjectRemoved:*"]
  }
  depends_on = [aws_sqs_queue_policy.this, aws_sns_topic_policy.this]
}
