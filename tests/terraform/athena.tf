resource "aws_s3_bucket" "this" {
  bucket        = "others-athena"
  force_destroy = true
}
resource "aws_athena_workgroup" "this" {
  name          = "others"
  description   = "revision ${var.revision}"
  force_destroy = true
  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = var.revision == 1
    bytes_scanned_cutoff_per_query     = 10485760 * var.revision
    result_configuration {
      output_location = "s3://${aws_s3_bucket.this.bucket}/results/"
      encryption_configuration { encryption_option = "SSE_S3" }
    }
  }
}
resource "aws_athena_database" "this" {
  name          = "others_athena"
  bucket        = aws_s3_bucket.this.id
  force_destroy = true
}
resource "aws_athena_named_query" "this" {
  name      = "latest"
  workgroup = aws_athena_workgroup.this.id
  database  = aws_athena_database.this.name
  query     = "SELECT ${var.revision}"
}
resource "aws_athena_prepared_statement" "this" {
  name            = "by_id"
  workgroup       = aws_athena_workgroup.this.name
  query_statement = "SELECT * FROM visits WHERE id = ? LIMIT ${var.revision}"
}
resource "aws_athena_data_catalog" "this" {
  name        = "central"
  description = "revision ${var.revision}"
  type        = "GLUE"
  parameters  = { "catalog-id" = "222222222222" }
}
