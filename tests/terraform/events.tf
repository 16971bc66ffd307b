resource "aws_sns_topic" "this" {
  name         = "others-alerts"
  display_name = "Alerts ${var.revision}"
}
resource "aws_cloudwatch_event_bus" "this" { name = "others" }
resource "aws_cloudwatch_event_rule" "this" {
  name           = "others-groups"
  description    = "revision ${var.revision}"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = jsonencode({ source = ["aws.sagemaker"], "detail-type" = ["SageMaker Feature Group State Change"] })
}
resource "aws_cloudwatch_event_target" "this" {
  rule           = aws_cloudwatch_event_rule.this.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  arn            = aws_sns_topic.this.arn
}
resource "aws_cloudwatch_event_rule" "hourly" {
  name                = "others-hourly"
  schedule_expression = "rate(${var.revision + 1} hours)"
}
resource "aws_cloudwatch_event_archive" "this" {
  name             = "others"
  event_source_arn = aws_cloudwatch_event_bus.this.arn
  retention_days   = var.revision
}
