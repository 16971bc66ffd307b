data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "this" {
  bucket        = "others-lake"
  force_destroy = true
}
resource "aws_iam_role" "this" {
  name               = "others-analyst"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lakeformation.amazonaws.com" } }] })
}
resource "aws_glue_catalog_database" "this" { name = "others_lake" }
resource "aws_lakeformation_resource" "this" {
  arn      = aws_s3_bucket.this.arn
  role_arn = aws_iam_role.this.arn
}
resource "aws_lakeformation_lf_tag" "this" {
  key    = "domain"
  values = var.revision == 1 ? ["growth"] : ["growth", "search"]
}
resource "aws_lakeformation_permissions" "this" {
  principal   = aws_iam_role.this.arn
  permissions = ["DESCRIBE"]
  database { name = aws_glue_catalog_database.this.name }
}
resource "aws_lakeformation_permissions" "tagged" {
  principal   = aws_iam_role.this.arn
  permissions = ["DESCRIBE", "SELECT"]
  lf_tag_policy {
    resource_type = "TABLE"
    expression {
      key    = aws_lakeformation_lf_tag.this.key
      values = ["growth"]
    }
  }
}
