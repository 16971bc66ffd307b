# Data sources of what is there or not ours.
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_canonical_user_id" "me" {}
data "aws_availability_zones" "here" { state = "available" }
data "aws_iam_policy" "managed" { arn = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
data "aws_organizations_organization" "ours" {}
resource "aws_kms_key" "this" { description = "r${var.revision}" }
data "aws_kms_key" "this" { key_id = aws_kms_key.this.key_id }
output "facts" {
  value = [data.aws_caller_identity.me.account_id, data.aws_kms_key.this.arn, data.aws_organizations_organization.ours.id, var.revision]
}
