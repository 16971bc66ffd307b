# MLOps projects from a product that SageMaker offers in the service catalog.
variable "product" {
  type    = string
  default = "prod-6m6xxasr3wbz6"
}
resource "aws_sagemaker_servicecatalog_portfolio_status" "here" {
  status = "Enabled"
}
resource "aws_sagemaker_project" "team" {
  project_name        = "projects-of-teams"
  project_description = "revision ${var.revision}"
  service_catalog_provisioning_details {
    product_id = var.product
    provisioning_parameter {
      key   = "SourceModelPackageGroupName"
      value = "r${var.revision}"
    }
  }
  tags       = var.revision == 1 ? { a = "1" } : { a = "2", b = "2" }
  depends_on = [aws_sagemaker_servicecatalog_portfolio_status.here]
}
