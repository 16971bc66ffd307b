# Who gets in: OIDC for CI, SAML for people, groups and users, password policy, service-linked role, and a simulation as a check.
data "aws_caller_identity" "me" {}
data "aws_partition" "me" {}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = concat(["sts.amazonaws.com"], var.revision > 1 ? ["features"] : [])
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

data "aws_iam_policy_document" "ci" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.ci.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:example/features:ref:refs/heads/*", "repo:example/features:environment:prod"]
    }
  }
}
resource "aws_iam_role" "ci" {
  name                  = "features-ci"
  assume_role_policy    = data.aws_iam_policy_document.ci.json
  max_session_duration  = 3600 * var.revision
  force_detach_policies = true
  description           = "CI deploys feature groups"
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "Groups"
    actions   = ["sagemaker:CreateFeatureGroup", "sagemaker:DeleteFeatureGroup", "sagemaker:DescribeFeatureGroup", "sagemaker:UpdateFeatureGroup", "sagemaker:AddTags", "sagemaker:ListTags"]
    resources = ["arn:${data.aws_partition.me.partition}:sagemaker:*:${data.aws_caller_identity.me.account_id}:feature-group/ci-*"]
  }
  statement {
    sid       = "Pass"
    actions   = ["iam:PassRole"]
    resources = ["arn:${data.aws_partition.me.partition}:iam::${data.aws_caller_identity.me.account_id}:role/features-*"]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }
}
resource "aws_iam_policy" "deploy" {
  name        = "features-deploy"
  path        = "/ci/"
  description = "deploy feature groups"
  policy      = data.aws_iam_policy_document.deploy.json
  tags        = { revision = var.revision }
}
resource "aws_iam_policy_attachment" "deploy" {
  name       = "deploy"
  policy_arn = aws_iam_policy.deploy.arn
  roles      = [aws_iam_role.ci.name]
  groups     = [aws_iam_group.engineers.name]
}

data "aws_iam_principal_policy_simulation" "ci" {
  policy_source_arn = aws_iam_role.ci.arn
  action_names      = ["sagemaker:CreateFeatureGroup"]
  resource_arns     = ["arn:${data.aws_partition.me.partition}:sagemaker:eu-west-1:${data.aws_caller_identity.me.account_id}:feature-group/ci-test"]
  depends_on        = [aws_iam_policy_attachment.deploy]
}
data "aws_iam_principal_policy_simulation" "ci_not" {
  policy_source_arn = aws_iam_role.ci.arn
  action_names      = ["sagemaker:DeleteFeatureGroup", "s3:GetObject"]
  resource_arns     = ["arn:${data.aws_partition.me.partition}:sagemaker:eu-west-1:${data.aws_caller_identity.me.account_id}:feature-group/prod"]
  depends_on        = [aws_iam_policy_attachment.deploy]
}
check "ci" {
  assert {
    condition     = data.aws_iam_principal_policy_simulation.ci.all_allowed
    error_message = "CI cannot create feature groups."
  }
}
resource "terraform_data" "must" {
  input = var.revision
  lifecycle {
    precondition {
      condition     = data.aws_iam_principal_policy_simulation.ci.all_allowed && !data.aws_iam_principal_policy_simulation.ci_not.all_allowed
      error_message = "CI can do too much or too little."
    }
  }
}

resource "aws_iam_group" "engineers" {
  name = "features-engineers"
  path = "/features/"
}
resource "aws_iam_group_policy" "self" {
  name  = "self"
  group = aws_iam_group.engineers.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:GetUser", "iam:ChangePassword", "iam:CreateAccessKey"], Resource = "arn:aws:iam::*:user/features/$${aws:username}" }]
  })
}
resource "aws_iam_user" "engineer" {
  for_each      = toset(["ada", "grace"])
  name          = "features-${each.key}"
  path          = "/features/"
  force_destroy = true
  tags          = { revision = var.revision }
}
resource "aws_iam_user_group_membership" "engineer" {
  for_each = aws_iam_user.engineer
  user     = each.value.name
  groups   = [aws_iam_group.engineers.name]
}
resource "aws_iam_access_key" "ada" {
  user   = aws_iam_user.engineer["ada"].name
  status = var.revision == 1 ? "Active" : "Inactive"
}
resource "aws_iam_user_policy" "ada" {
  name   = "read"
  user   = aws_iam_user.engineer["ada"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sagemaker:GetRecord", Resource = "*" }] })
}
resource "aws_iam_user_policy_attachment" "grace" {
  user       = aws_iam_user.engineer["grace"].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSageMakerReadOnly"
}
resource "aws_iam_user_login_profile" "grace" {
  user                    = aws_iam_user.engineer["grace"].name
  password_length         = 24
  password_reset_required = true
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length        = 14 + var.revision
  require_lowercase_characters   = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 5
}

resource "aws_iam_service_linked_role" "autoscaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "features"
  description      = "r${var.revision}"
}

resource "aws_iam_instance_profile" "worker" {
  name = "features-worker"
  role = aws_iam_role.worker.name
}
resource "aws_iam_role" "worker" {
  name               = "features-worker"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policies_exclusive" "worker" {
  role_name    = aws_iam_role.worker.name
  policy_names = []
}
data "aws_iam_roles" "features" {
  name_regex = "^features-.*"
  depends_on = [aws_iam_role.ci, aws_iam_role.worker]
}
data "aws_iam_users" "engineers" {
  path_prefix = "/features/"
  depends_on  = [aws_iam_user.engineer]
}
output "roles" { value = sort(data.aws_iam_roles.features.names) }
