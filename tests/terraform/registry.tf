# Images of processing jobs: a repository with its policy, lifecycle and scanning; task and cluster that run one.
data "aws_caller_identity" "me" {}
resource "aws_ecr_repository" "job" {
  name                 = "others/features"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true
  image_scanning_configuration { scan_on_push = var.revision == 1 }
  encryption_configuration { encryption_type = "KMS" }
}
resource "aws_ecr_repository_policy" "job" {
  repository = aws_ecr_repository.job.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "Pull", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
  }] })
}
resource "aws_ecr_lifecycle_policy" "job" {
  repository = aws_ecr_repository.job.name
  policy = jsonencode({ rules = [{
    rulePriority = 1, description = "Keep few", action = { type = "expire" },
    selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 10 * var.revision }
  }] })
}
data "aws_ecr_repository" "job" { name = aws_ecr_repository.job.name }
resource "aws_iam_role" "task" {
  for_each           = toset(["task", "agent"])
  name               = "others-registry-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
}
resource "aws_ecs_cluster" "this" {
  name = "others"
  setting {
    name  = "containerInsights"
    value = var.revision == 1 ? "enabled" : "disabled"
  }
}
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}
resource "aws_ecs_task_definition" "this" {
  family                   = "others-materialise"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.task["agent"].arn
  task_role_arn            = aws_iam_role.task["task"].arn
  container_definitions = jsonencode([{
    name        = "job", image = "${aws_ecr_repository.job.repository_url}:1", essential = true
    environment = [{ name = "REVISION", value = tostring(var.revision) }]
  }])
}
resource "aws_vpc" "this" { cidr_block = "10.30.0.0/16" }
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.30.1.0/24"
}
resource "aws_security_group" "this" {
  name_prefix = "others-registry-"
  vpc_id      = aws_vpc.this.id
}
resource "aws_ecs_service" "this" {
  name            = "others-online"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.revision
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = [aws_subnet.this.id]
    security_groups = [aws_security_group.this.id]
  }
}
