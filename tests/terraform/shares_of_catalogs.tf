# Shares of several resources with an account, and the organization.
data "aws_organizations_organization" "this" {}
data "aws_caller_identity" "me" {}
resource "aws_glue_catalog_database" "shared" { name = "ram_all_shared" }
resource "aws_ram_resource_share" "catalog" {
  name                      = "ram-all-catalog"
  allow_external_principals = var.revision == 2 ? false : false
  tags                      = { Environment = "r${var.revision}" }
}
resource "aws_ram_resource_association" "db" {
  resource_arn       = aws_glue_catalog_database.shared.arn
  resource_share_arn = aws_ram_resource_share.catalog.arn
}
resource "aws_ram_principal_association" "account" {
  principal          = "222222222222"
  resource_share_arn = aws_ram_resource_share.catalog.arn
}
data "aws_ram_resource_share" "catalog" {
  name           = aws_ram_resource_share.catalog.name
  resource_owner = "SELF"
}
output "org" { value = data.aws_organizations_organization.this.arn }
