resource "aws_sns_topic" "this" { name = "others-alarms" }
resource "aws_cloudwatch_log_group" "this" {
  name              = "/others/app"
  retention_in_days = var.revision == 1 ? 14 : 30
  tags              = { revision = tostring(var.revision) }
}
resource "aws_cloudwatch_log_stream" "this" {
  name           = "one"
  log_group_name = aws_cloudwatch_log_group.this.name
}
resource "aws_cloudwatch_log_metric_filter" "this" {
  name           = "denied"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "AccessDenied"
  metric_transformation {
    name      = "Denied"
    namespace = "Others"
    value     = "1"
  }
}
resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "others-denied"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = var.revision
  metric_name         = "Denied"
  namespace           = "Others"
  period              = 60
  statistic           = "Sum"
  threshold           = 5
  alarm_actions       = [aws_sns_topic.this.arn]
}
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "others"
  dashboard_body = jsonencode({ widgets = [{ type = "text", x = 0, y = 0, width = 3, height = 3, properties = { markdown = "revision ${var.revision}" } }] })
}
