data "aws_caller_identity" "me" {}
resource "aws_ram_resource_share" "this" {
  name                      = "others-${var.revision}"
  allow_external_principals = false
  tags                      = { revision = tostring(var.revision) }
}
resource "aws_ram_principal_association" "this" {
  principal          = "222222222222"
  resource_share_arn = aws_ram_resource_share.this.arn
}
