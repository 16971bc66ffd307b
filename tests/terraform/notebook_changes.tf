# A notebook in the default network that changes its machine, role, scripts and repositories, and loses tags.
data "aws_vpc" "default" {
  default = true
}
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
data "aws_subnet" "first" {
  id = sort(data.aws_subnets.default.ids)[0]
}
data "aws_security_group" "default" {
  vpc_id = data.aws_vpc.default.id
  name   = "default"
}
resource "aws_iam_role" "notebook" {
  count              = 2
  name               = "notebook-changes-${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "notebook" {
  name      = "notebook-changes"
  on_create = var.revision == 1 ? base64encode("echo made") : null
  on_start  = var.revision == 1 ? null : base64encode("echo started")
}
resource "aws_sagemaker_code_repository" "notebook" {
  for_each             = toset(["one", "two"])
  code_repository_name = "notebook-changes-${each.key}"
  git_config {
    repository_url = "https://github.com/example/${each.key}.git"
    branch         = var.revision == 1 ? "main" : "release"
  }
  tags = var.revision == 1 ? { a = "1" } : { b = "2" }
}
resource "aws_secretsmanager_secret" "git" {
  name                    = "notebook-changes-git"
  recovery_window_in_days = 0
}
resource "aws_secretsmanager_secret_version" "git" {
  secret_id     = aws_secretsmanager_secret.git.id
  secret_string = jsonencode({ username = "someone", password = "not-a-secret" })
}
resource "aws_sagemaker_code_repository" "secret" {
  code_repository_name = "notebook-changes-secret"
  git_config {
    repository_url = "https://github.com/example/secret.git"
    secret_arn     = aws_secretsmanager_secret_version.git.arn
  }
}
resource "aws_sagemaker_notebook_instance" "network" {
  name                   = "notebook-changes-network"
  instance_type          = "ml.t2.medium"
  role_arn               = aws_iam_role.notebook[0].arn
  subnet_id              = data.aws_subnet.first.id
  security_groups        = [data.aws_security_group.default.id]
  direct_internet_access = "Disabled"
  root_access            = var.revision == 1 ? "Enabled" : "Disabled"
  lifecycle_config_name  = var.revision == 1 ? aws_sagemaker_notebook_instance_lifecycle_configuration.notebook.name : null
  tags                   = var.revision == 1 ? { a = "1", b = "2" } : { b = "3" }
}
resource "aws_sagemaker_notebook_instance" "moves" {
  name                         = "notebook-changes-moves"
  instance_type                = var.revision == 1 ? "ml.t2.medium" : "ml.m4.xlarge"
  role_arn                     = aws_iam_role.notebook[var.revision - 1].arn
  volume_size                  = var.revision == 1 ? 5 : 8
  platform_identifier          = "notebook-al2-v3"
  default_code_repository      = var.revision == 1 ? aws_sagemaker_code_repository.notebook["one"].code_repository_name : "https://github.com/example/public.git"
  additional_code_repositories = var.revision == 1 ? [aws_sagemaker_code_repository.notebook["two"].code_repository_name, "https://github.com/example/third.git"] : []
  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = tostring(var.revision)
  }
}
