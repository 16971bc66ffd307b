resource "aws_sqs_queue" "dead" { name = "others-dead" }
resource "aws_sqs_queue" "this" {
  name                      = "others-queue"
  message_retention_seconds = 86400 * var.revision
  sqs_managed_sse_enabled   = true
  redrive_policy            = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}
resource "aws_sqs_queue" "fifo" {
  name                        = "others.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}
resource "aws_sns_topic" "fifo" {
  name       = "others.fifo"
  fifo_topic = true
}
resource "aws_sns_topic_subscription" "this" {
  topic_arn = aws_sns_topic.fifo.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.fifo.arn
}
