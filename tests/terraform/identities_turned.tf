# Roles, users, groups and policies that change what they are called, trusted by, bounded by; and the account's odds.
data "aws_caller_identity" "me" {}
data "aws_iam_policy" "boundary" {
  name = "PowerUserAccess"
}
locals {
  later = var.revision > 1
  root  = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = local.later ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [local.root]
    }
    dynamic "condition" {
      for_each = local.later ? ["features"] : []
      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}
resource "aws_iam_role" "turned" {
  name                  = "identities-turned"
  description           = local.later ? "" : "Described"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  max_session_duration  = local.later ? 3600 : 7200
  permissions_boundary  = local.later ? null : data.aws_iam_policy.boundary.arn
  force_detach_policies = true
  tags                  = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_iam_policy" "turned" {
  name        = "identities-turned"
  description = "Kept"
  path        = "/features-turned/"
  policy      = data.aws_iam_policy_document.turned.json
  tags        = local.later ? { b = "2" } : { a = "1" }
}
data "aws_iam_policy_document" "turned" {
  dynamic "statement" {
    for_each = local.later ? { read = "GetRecord", list = "BatchGetRecord" } : { read = "GetRecord" }
    content {
      sid       = statement.key
      actions   = ["sagemaker:${statement.value}"]
      resources = ["arn:aws:sagemaker:*:&{aws:PrincipalAccount}:feature-group/*"]
    }
  }
}
resource "aws_iam_role_policy_attachment" "turned" {
  for_each   = toset(local.later ? [aws_iam_policy.turned.name] : [aws_iam_policy.turned.name])
  role       = aws_iam_role.turned.name
  policy_arn = aws_iam_policy.turned.arn
}
resource "aws_iam_role_policy" "turned" {
  name_prefix = "turned-"
  role        = aws_iam_role.turned.id
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = local.later ? ["s3:GetObject", "s3:ListBucket"] : ["s3:GetObject"], Resource = "*" }] })
}
resource "aws_iam_user" "turned" {
  name                 = local.later ? "identities-renamed" : "identities-turned"
  path                 = local.later ? "/two/" : "/one/"
  permissions_boundary = local.later ? data.aws_iam_policy.boundary.arn : null
  force_destroy        = true
}
resource "aws_iam_group" "turned" {
  name = local.later ? "identities-renamed" : "identities-turned"
  path = local.later ? "/two/" : "/one/"
}
resource "aws_iam_user_group_membership" "turned" {
  user   = aws_iam_user.turned.name
  groups = [aws_iam_group.turned.name]
}
resource "aws_iam_group_policy_attachment" "turned" {
  group      = aws_iam_group.turned.name
  policy_arn = local.later ? "arn:aws:iam::aws:policy/ReadOnlyAccess" : aws_iam_policy.turned.arn
}
resource "aws_iam_access_key" "turned" {
  user   = aws_iam_user.turned.name
  status = local.later ? "Inactive" : "Active"
}
resource "aws_iam_instance_profile" "turned" {
  name = "identities-turned"
  role = local.later ? aws_iam_role.other.name : aws_iam_role.turned.name
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_iam_role" "other" {
  name               = "identities-other"
  path               = local.later ? "/two/" : "/one/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = aws_iam_openid_connect_provider.turned.arn }, Condition = { StringLike = { "token.actions.example.com:sub" = "repo:features/*" } } }] })
}
resource "aws_iam_openid_connect_provider" "turned" {
  url             = "https://token.actions.example.com"
  client_id_list  = local.later ? ["sts.amazonaws.com", "other"] : ["sts.amazonaws.com"]
  thumbprint_list = [local.later ? "cf23df2207d99a74fbe169e3eba035e633b65d94" : "6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = local.later ? { b = "2" } : { a = "1" }
}
data "aws_iam_role" "turned" {
  name = aws_iam_role.turned.name
}
data "aws_iam_policy" "turned" {
  name = aws_iam_policy.turned.name
}
data "aws_iam_policy" "by_path" {
  path_prefix = "/features-turned/"
  depends_on  = [aws_iam_policy.turned]
}
data "aws_iam_instance_profiles" "turned" {
  role_name  = aws_iam_role.other.name
  depends_on = [aws_iam_instance_profile.turned]
}
data "aws_iam_user" "turned" {
  user_name = aws_iam_user.turned.name
}
output "read" {
  value = [data.aws_iam_role.turned.max_session_duration, data.aws_iam_policy.turned.attachment_count, data.aws_iam_policy.by_path.arn, length(data.aws_iam_instance_profiles.turned.names), data.aws_iam_user.turned.path]
}
