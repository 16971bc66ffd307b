# IAM: the whole of it.
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["r${var.revision}"]
    }
  }
}
resource "aws_iam_role" "cross" {
  name                  = "iam-all-cross"
  description           = "r${var.revision}"
  assume_role_policy    = data.aws_iam_policy_document.assume.json
  force_detach_policies = true
  inline_policy {}
}
resource "aws_iam_policy" "versioned" {
  name_prefix = "iam-all-"
  description = "d"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:Get*"], Resource = "*", Condition = { NumericLessThan = { "s3:max-keys" = tostring(var.revision) } } }] })
  tags        = { rev = tostring(var.revision) }
}
# The exclusive list detaches nothing when it is destroyed: without these the policy could not be deleted, on AWS neither.
resource "aws_iam_role_policy_attachment" "cross" {
  for_each   = { own = aws_iam_policy.versioned.arn, managed = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  role       = aws_iam_role.cross.name
  policy_arn = each.value
}
resource "aws_iam_role_policy_attachments_exclusive" "cross" {
  role_name   = aws_iam_role.cross.name
  policy_arns = [aws_iam_policy.versioned.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
}
resource "aws_iam_user" "app" {
  name          = "iam-all-app"
  path          = "/system/"
  force_destroy = true
  tags          = { rev = tostring(var.revision) }
}
resource "aws_iam_access_key" "app" {
  user   = aws_iam_user.app.name
  status = var.revision == 1 ? "Active" : "Inactive"
}
resource "aws_iam_user_policy_attachment" "app" {
  user       = aws_iam_user.app.name
  policy_arn = aws_iam_policy.versioned.arn
}
resource "aws_iam_user_login_profile" "app" {
  user                    = aws_iam_user.app.name
  password_reset_required = true
}
resource "aws_iam_user_ssh_key" "app" {
  username   = aws_iam_user.app.name
  encoding   = "SSH"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD3F6tyPEFEzV0LX3X8BsXdMsQz1x2cEikKDEY0aIj41qgxMCP/iteneqXSIFZBp5vizPvaoIR3Um9xK7PGoW8giupGn+EPuxIA4cDM4vzOqOkiMPhz5XK0whEjkVzTo4+S0puvDZuwIsdiW9mxhJc7tgBNL0cYlWSYVkz4G/fslNfRPW5mYAM49f4fhtxPb5ok4Q2Lg9dPKVHO/Bgeu5woMc7RY0p1ej6D4CKFE6lymSDJpW0YHX/wqE9+cfEauh7xZcG0q9t2ta6F6fmX0agvpFyZo8aFbXeUBr7osSCJNgvavWbM/06niWrOvYX2xwWdhXmXSrbX8ZbabVohBK41 mytest@mydomain.com"
}
resource "aws_iam_group" "dev" {
  name = "iam-all-dev"
  path = "/users/"
}
resource "aws_iam_group_membership" "dev" {
  name  = "dev"
  users = [aws_iam_user.app.name]
  group = aws_iam_group.dev.name
}
resource "aws_iam_group_policy" "dev" {
  name   = "dev"
  group  = aws_iam_group.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = ["ec2:Describe*"], Effect = "Allow", Resource = "*", Sid = "R${var.revision}" }] })
}
resource "aws_iam_group_policy_attachment" "dev" {
  group      = aws_iam_group.dev.name
  policy_arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
}
resource "aws_iam_account_alias" "alias" { account_alias = "iam-all-others" }
resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length        = 8 + var.revision
  require_lowercase_characters   = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_symbols                = true
  allow_users_to_change_password = true
}
resource "aws_iam_openid_connect_provider" "eks" {
  url            = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"
  client_id_list = ["sts.amazonaws.com", "r${var.revision}"]
  tags           = { rev = tostring(var.revision) }
}
data "aws_iam_policy_document" "irsa" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.eks.arn]
    }
    condition {
      test     = "StringLike"
      variable = "${replace(aws_iam_openid_connect_provider.eks.url, "https://", "")}:sub"
      values   = ["system:serviceaccount:*:*"]
    }
  }
}
resource "aws_iam_role" "irsa" {
  name               = "iam-all-irsa"
  assume_role_policy = data.aws_iam_policy_document.irsa.json
}
resource "aws_iam_saml_provider" "okta" {
  name                   = "iam-all-okta"
  saml_metadata_document = "<?xml version=\"1.0\"?><EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://example.com/r${var.revision}\"><!-- ${join("", [for i in range(120) : "0123456789"])} --></EntityDescriptor>"
}
resource "aws_iam_service_linked_role" "es" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "others"
  description      = "r${var.revision}"
}
resource "aws_iam_instance_profile" "p" {
  name_prefix = "iam-all-"
  role        = aws_iam_role.irsa.name
  tags        = { rev = tostring(var.revision) }
}
resource "aws_iam_user_policies_exclusive" "app" {
  user_name    = aws_iam_user.app.name
  policy_names = []
}
data "aws_iam_role" "cross" { name = aws_iam_role.cross.name }
data "aws_iam_roles" "mine" {
  name_regex = "iam-all-.*"
  depends_on = [aws_iam_role.cross, aws_iam_role.irsa]
}
data "aws_iam_user" "app" { user_name = aws_iam_user.app.name }
data "aws_iam_users" "all" { name_regex = "iam-all-.*" }
data "aws_iam_group" "dev" {
  group_name = aws_iam_group.dev.name
  depends_on = [aws_iam_group_membership.dev]
}
data "aws_iam_policy" "named" { name = "AmazonSageMakerFullAccess" }
data "aws_iam_instance_profile" "p" { name = aws_iam_instance_profile.p.name }
data "aws_iam_openid_connect_provider" "eks" { arn = aws_iam_openid_connect_provider.eks.arn }
data "aws_iam_account_alias" "a" { depends_on = [aws_iam_account_alias.alias] }
data "aws_iam_session_context" "me" { arn = data.aws_caller_identity.me.arn }
data "aws_iam_access_keys" "app" { user = aws_iam_access_key.app.user }
output "roles" { value = [length(data.aws_iam_roles.mine.names), data.aws_iam_session_context.me.issuer_name] }
