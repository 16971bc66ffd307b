# MLOps projects from a product of the service catalog, with the portfolio that offers it.
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "templates" {
  bucket        = "projects-of-teams"
  force_destroy = true
}
resource "aws_s3_object" "template" {
  bucket = aws_s3_bucket.templates.id
  key    = "project.json"
  content = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Parameters               = { SageMakerProjectName = { Type = "String" }, SageMakerProjectId = { Type = "String" } }
    Resources                = { Topic = { Type = "AWS::SNS::Topic" } }
  })
}
resource "aws_servicecatalog_product" "project" {
  name        = "projects-of-teams"
  description = "A project"
  distributor = "platform"
  owner       = "platform"
  type        = "CLOUD_FORMATION_TEMPLATE"
  provisioning_artifact_parameters {
    name                        = "v1"
    description                 = "first"
    template_url                = "https://${aws_s3_bucket.templates.bucket_regional_domain_name}/${aws_s3_object.template.key}"
    type                        = "CLOUD_FORMATION_TEMPLATE"
    disable_template_validation = true
  }
  tags = { kind = "project" }
}
resource "aws_servicecatalog_portfolio" "project" {
  name          = "projects-of-teams"
  description   = "Projects"
  provider_name = "platform"
}
resource "aws_servicecatalog_product_portfolio_association" "project" {
  portfolio_id = aws_servicecatalog_portfolio.project.id
  product_id   = aws_servicecatalog_product.project.id
}
resource "aws_servicecatalog_principal_portfolio_association" "project" {
  portfolio_id  = aws_servicecatalog_portfolio.project.id
  principal_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
}
resource "aws_sagemaker_servicecatalog_portfolio_status" "here" {
  status = "Enabled"
}
resource "aws_sagemaker_project" "team" {
  project_name        = "projects-of-teams"
  project_description = "revision ${var.revision}"
  service_catalog_provisioning_details {
    product_id = aws_servicecatalog_product.project.id
  }
  tags       = var.revision == 1 ? { a = "1" } : { a = "2", b = "2" }
  depends_on = [aws_servicecatalog_product_portfolio_association.project, aws_servicecatalog_principal_portfolio_association.project]
}
