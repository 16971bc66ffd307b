# Where Spark and batch jobs read the offline store: EMR Serverless, AWS Batch on Fargate, a shared file system.
data "aws_caller_identity" "me" {}
resource "aws_vpc" "this" { cidr_block = "10.42.0.0/16" }
resource "aws_subnet" "this" {
  count      = 2
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}
resource "aws_security_group" "this" {
  name   = "others-spark"
  vpc_id = aws_vpc.this.id
}
resource "aws_iam_role" "this" {
  for_each           = { spark = "emr-serverless.amazonaws.com", batch = "batch.amazonaws.com", job = "ecs-tasks.amazonaws.com" }
  name               = "others-spark-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = each.value } }] })
}
resource "aws_emrserverless_application" "this" {
  name          = "others"
  release_label = "emr-7.1.0"
  type          = "spark"
  architecture  = "ARM64"
  initial_capacity {
    initial_capacity_type = "Driver"
    initial_capacity_config {
      worker_count = var.revision
      worker_configuration {
        cpu    = "2 vCPU"
        memory = "8 GB"
      }
    }
  }
  maximum_capacity {
    cpu    = "20 vCPU"
    memory = "80 GB"
  }
  network_configuration {
    subnet_ids         = aws_subnet.this[*].id
    security_group_ids = [aws_security_group.this.id]
  }
  tags = { revision = tostring(var.revision) }
}
resource "aws_batch_compute_environment" "this" {
  compute_environment_name = "others"
  type                     = "MANAGED"
  service_role             = aws_iam_role.this["batch"].arn
  compute_resources {
    type               = "FARGATE"
    max_vcpus          = 4
    subnets            = aws_subnet.this[*].id
    security_group_ids = [aws_security_group.this.id]
  }
}
resource "aws_batch_job_queue" "this" {
  name     = "others"
  state    = "ENABLED"
  priority = var.revision
  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.this.arn
  }
}
resource "aws_efs_file_system" "this" {
  creation_token = "others"
  encrypted      = true
  tags           = { revision = tostring(var.revision) }
}
resource "aws_efs_mount_target" "this" {
  count           = 1
  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = aws_subnet.this[count.index].id
  security_groups = [aws_security_group.this.id]
}
resource "aws_accessanalyzer_analyzer" "this" {
  analyzer_name = "others"
  type          = "ACCOUNT"
  tags          = { revision = tostring(var.revision) }
}
resource "aws_backup_vault" "this" { name = "others-spark" }
resource "aws_backup_plan" "this" {
  name = "others"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 ${var.revision} * * ? *)"
    lifecycle { delete_after = 35 }
  }
}
resource "aws_backup_selection" "this" {
  name         = "tables"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this["batch"].arn
  resources    = ["arn:aws:dynamodb:eu-west-1:${data.aws_caller_identity.me.account_id}:table/*"]
}
