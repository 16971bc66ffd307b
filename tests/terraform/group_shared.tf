# A feature group shared by RAM with the organization and with accounts.
data "aws_organizations_organization" "this" {}
resource "aws_iam_role" "this" {
  name               = "ram-fg"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_feature_group" "this" {
  feature_group_name             = "ram-fg"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "String"
  }
  online_store_config { enable_online_store = true }
}
resource "aws_ram_resource_share" "this" {
  name                      = "ram-fg"
  allow_external_principals = false
  permission_arns           = ["arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroupReadOnly"]
  tags                      = { rev = tostring(var.revision) }
}
resource "aws_ram_resource_association" "this" {
  resource_arn       = aws_sagemaker_feature_group.this.arn
  resource_share_arn = aws_ram_resource_share.this.arn
}
resource "aws_ram_principal_association" "this" {
  for_each           = toset(var.revision == 1 ? ["222222222222"] : ["222222222222", "111111111111"])
  principal          = each.value
  resource_share_arn = aws_ram_resource_share.this.arn
}
resource "aws_ram_principal_association" "org" {
  principal          = data.aws_organizations_organization.this.arn
  resource_share_arn = aws_ram_resource_share.this.arn
}
