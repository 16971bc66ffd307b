data "aws_iam_policy_document" "ec2" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "source" {
  statement {
    sid       = "One"
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::x"]
  }
}
data "aws_iam_policy_document" "combined" {
  source_policy_documents   = [data.aws_iam_policy_document.source.json]
  override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "One", Effect = "Deny", Action = "s3:*", Resource = "*" }] })]
  statement {
    sid           = "Two"
    not_actions   = ["iam:*"]
    not_resources = ["arn:aws:s3:::y"]
  }
}
resource "aws_iam_role" "this" {
  name                 = "iam-more"
  assume_role_policy   = data.aws_iam_policy_document.ec2.json
  permissions_boundary = aws_iam_policy.boundary.arn
}
resource "aws_iam_policy" "boundary" {
  name   = "iam-more-boundary"
  policy = data.aws_iam_policy_document.combined.json
}
resource "aws_iam_role_policy" "inline" {
  name_prefix = "inline-"
  role        = aws_iam_role.this.name
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::222222222222:role/r${var.revision}" }] })
}
resource "aws_iam_role_policies_exclusive" "this" {
  role_name    = aws_iam_role.this.name
  policy_names = [aws_iam_role_policy.inline.name]
}
resource "aws_iam_group" "g" { name = "iam-more-g" }
resource "aws_iam_group_policies_exclusive" "g" {
  group_name   = aws_iam_group.g.name
  policy_names = []
}
resource "aws_iam_group_policy_attachments_exclusive" "g" {
  group_name  = aws_iam_group.g.name
  policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}
resource "aws_iam_user" "u" {
  name                 = "iam-more-u${var.revision}"
  permissions_boundary = aws_iam_policy.boundary.arn
}
resource "aws_iam_user_policy_attachments_exclusive" "u" {
  user_name   = aws_iam_user.u.name
  policy_arns = []
}
resource "aws_iam_access_key" "k" { user = aws_iam_user.u.name }
data "aws_iam_policy" "boundary" { arn = aws_iam_policy.boundary.arn }
output "secret" {
  value     = aws_iam_access_key.k.secret
  sensitive = true
}
resource "aws_iam_role" "sso" {
  name               = "iam-more-fed"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Federated = "cognito-identity.amazonaws.com" }, Action = "sts:AssumeRoleWithWebIdentity", Condition = { StringEquals = { "cognito-identity.amazonaws.com:aud" = "eu-west-1:x" }, "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "authenticated" } } }] })
}
