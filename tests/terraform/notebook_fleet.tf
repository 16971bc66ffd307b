# A notebook for each scientist, set up by a lifecycle script that knows the feature groups; private repository with a secret.
variable "people" {
  type = map(object({ type = string, volume = number, root = optional(bool, false) }))
  default = {
    ada   = { type = "ml.t3.medium", volume = 10 }
    grace = { type = "ml.t3.large", volume = 20, root = true }
  }
}

resource "aws_secretsmanager_secret" "git" {
  name_prefix             = "AmazonSageMaker-git-"
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "git" {
  secret_id     = aws_secretsmanager_secret.git.id
  secret_string = jsonencode({ username = "ci", password = "token-${var.revision}" })
}

resource "aws_sagemaker_code_repository" "features" {
  code_repository_name = "notebook-fleet-features"
  git_config {
    repository_url = "https://github.com/example/features.git"
    branch         = "main"
    secret_arn     = aws_secretsmanager_secret.git.arn
  }
}
resource "aws_sagemaker_code_repository" "public" {
  code_repository_name = "notebook-fleet-public"
  git_config {
    repository_url = "https://github.com/aws/amazon-sagemaker-examples.git"
  }
}

resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "setup" {
  name      = "notebook-fleet"
  on_create = base64encode("#!/bin/bash\nset -e\npip install awswrangler\n")
  on_start = base64encode(<<-EOT
    #!/bin/bash
    echo "export FEATURE_REVISION=${var.revision}" >> /etc/profile.d/jupyter-env.sh
  EOT
  )
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "person" {
  for_each           = var.people
  name               = "notebook-fleet-${each.key}"
  path               = "/science/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = { person = each.key }
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["sagemaker:GetRecord", "sagemaker:BatchGetRecord", "sagemaker:DescribeFeatureGroup"]
    resources = ["arn:aws:sagemaker:*:*:feature-group/shared-*"]
  }
  statement {
    not_actions = ["iam:*", "organizations:*"]
    effect      = "Deny"
    resources   = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:RequestedRegion"
      values   = ["eu-west-1", "eu-central-1"]
    }
  }
  override_policy_documents = var.revision > 1 ? [data.aws_iam_policy_document.write.json] : []
}
data "aws_iam_policy_document" "write" {
  statement {
    sid       = "Write"
    actions   = ["sagemaker:PutRecord"]
    resources = ["arn:aws:sagemaker:*:*:feature-group/sandbox-*"]
  }
}

resource "aws_iam_role_policy" "read" {
  for_each = aws_iam_role.person
  name     = "features"
  role     = each.value.name
  policy   = data.aws_iam_policy_document.read.json
}

resource "aws_sagemaker_notebook_instance" "person" {
  for_each                = var.people
  name                    = "notebook-${each.key}"
  role_arn                = aws_iam_role.person[each.key].arn
  instance_type           = each.value.type
  volume_size             = each.value.volume * var.revision
  platform_identifier     = "notebook-al2-v3"
  root_access             = each.value.root ? "Enabled" : "Disabled"
  lifecycle_config_name   = aws_sagemaker_notebook_instance_lifecycle_configuration.setup.name
  default_code_repository = aws_sagemaker_code_repository.features.code_repository_name
  additional_code_repositories = [
    aws_sagemaker_code_repository.public.code_repository_name,
    "https://github.com/example/more.git",
  ]
  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
  tags = { person = each.key }
}

output "urls" { value = { for name, notebook in aws_sagemaker_notebook_instance.person : name => notebook.url } }
