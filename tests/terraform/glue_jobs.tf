data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "this" {
  bucket        = "others-glue-jobs"
  force_destroy = true
}
resource "aws_iam_role" "this" {
  name               = "others-glue"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
}
resource "aws_glue_catalog_database" "this" { name = "others_jobs" }
resource "aws_glue_crawler" "this" {
  name          = "others-crawler"
  role          = aws_iam_role.this.arn
  database_name = aws_glue_catalog_database.this.name
  description   = "revision ${var.revision}"
  schedule      = "cron(0 ${var.revision} * * ? *)"
  s3_target { path = "s3://${aws_s3_bucket.this.bucket}/raw" }
  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }
}
resource "aws_glue_job" "this" {
  name              = "others-job"
  role_arn          = aws_iam_role.this.arn
  glue_version      = "4.0"
  worker_type       = "G.1X"
  number_of_workers = 1 + var.revision
  command {
    script_location = "s3://${aws_s3_bucket.this.bucket}/job.py"
    python_version  = "3"
  }
}
resource "aws_glue_trigger" "this" {
  name     = "others-nightly"
  type     = "SCHEDULED"
  schedule = "cron(0 3 * * ? *)"
  actions { job_name = aws_glue_job.this.name }
}
resource "aws_glue_resource_policy" "this" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "glue:GetTable", Resource = "arn:aws:glue:eu-west-1:${data.aws_caller_identity.me.account_id}:*" }] })
}
resource "aws_glue_security_configuration" "this" {
  name = "others-security"
  encryption_configuration {
    cloudwatch_encryption { cloudwatch_encryption_mode = "DISABLED" }
    job_bookmarks_encryption { job_bookmarks_encryption_mode = "DISABLED" }
    s3_encryption { s3_encryption_mode = "SSE-S3" }
  }
}
