resource "aws_iam_policy" "this" {
  name   = "others-read"
  path   = "/features/"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "R${var.revision}", Effect = "Allow", Action = "sagemaker:GetRecord", Resource = "arn:aws:sagemaker:eu-west-1:222222222222:feature-group/sessions" }] })
}
resource "aws_iam_role" "this" {
  name                 = "others-reader"
  path                 = "/features/"
  max_session_duration = 3600 * var.revision
  permissions_boundary = aws_iam_policy.this.arn
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  tags                 = { revision = tostring(var.revision) }
}
resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}
resource "aws_iam_role_policies_exclusive" "this" {
  role_name    = aws_iam_role.this.name
  policy_names = []
}
resource "aws_iam_instance_profile" "this" {
  name = "others-reader"
  role = aws_iam_role.this.name
}
resource "aws_iam_user" "this" {
  name          = "others-ann"
  force_destroy = true
}
resource "aws_iam_group" "this" { name = "others-analysts" }
resource "aws_iam_user_group_membership" "this" {
  user   = aws_iam_user.this.name
  groups = [aws_iam_group.this.name]
}
resource "aws_iam_user_policy" "this" {
  user   = aws_iam_user.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.this.arn }] })
}
resource "aws_iam_openid_connect_provider" "this" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::x/*"]
  }
}
data "aws_region" "here" {}
data "aws_partition" "here" {}
output "here" { value = "${data.aws_partition.here.partition} ${data.aws_region.here.name} ${data.aws_iam_policy_document.this.json}" }
