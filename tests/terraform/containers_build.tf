# Images of feature jobs: ECR with policies and pull-through, CodeBuild, Batch on Fargate, ECS on a schedule.
data "aws_caller_identity" "me" {}
data "aws_region" "me" {}
data "aws_ecr_authorization_token" "token" {}

resource "aws_ecr_repository" "jobs" {
  name                 = "features/jobs"
  image_tag_mutability = var.revision == 1 ? "MUTABLE" : "IMMUTABLE"
  force_delete         = true
  image_scanning_configuration {
    scan_on_push = true
  }
  encryption_configuration {
    encryption_type = "KMS"
  }
}
resource "aws_ecr_lifecycle_policy" "jobs" {
  repository = aws_ecr_repository.jobs.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "keep ${10 * var.revision}"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 10 * var.revision }
      action       = { type = "expire" }
    }]
  })
}
resource "aws_ecr_repository_policy" "jobs" {
  repository = aws_ecr_repository.jobs.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Pull"
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
    }]
  })
}
resource "aws_ecr_pull_through_cache_rule" "public" {
  ecr_repository_prefix = "public"
  upstream_registry_url = "public.ecr.aws"
}
resource "aws_ecr_registry_policy" "this" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Replicate"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = ["ecr:ReplicateImage", "ecr:CreateRepository"]
      Resource  = ["arn:aws:ecr:${data.aws_region.me.name}:${data.aws_caller_identity.me.account_id}:repository/*"]
    }]
  })
}

resource "aws_iam_role" "build" {
  name = "containers-build"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["codebuild.amazonaws.com", "ecs-tasks.amazonaws.com", "events.amazonaws.com"] } }]
  })
}
resource "aws_iam_role_policy" "build" {
  role   = aws_iam_role.build.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["ecr:*", "logs:*", "ecs:RunTask"], Resource = "*" }] })
}

resource "aws_codebuild_project" "image" {
  name          = "containers-build"
  description   = "r${var.revision}"
  service_role  = aws_iam_role.build.arn
  build_timeout = 20 * var.revision
  artifacts {
    type = "NO_ARTIFACTS"
  }
  cache {
    type  = "LOCAL"
    modes = ["LOCAL_DOCKER_LAYER_CACHE"]
  }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/amazonlinux2-x86_64-standard:5.0"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
    environment_variable {
      name  = "REPOSITORY"
      value = aws_ecr_repository.jobs.repository_url
    }
  }
  source {
    type      = "NO_SOURCE"
    buildspec = yamlencode({ version = 0.2, phases = { build = { commands = ["docker build ."] } } })
  }
  logs_config {
    cloudwatch_logs {
      group_name = "/codebuild/containers"
    }
  }
}

resource "aws_vpc" "jobs" {
  cidr_block = "10.130.0.0/24"
}
resource "aws_subnet" "jobs" {
  vpc_id     = aws_vpc.jobs.id
  cidr_block = "10.130.0.0/25"
}
resource "aws_security_group" "jobs" {
  name   = "containers-build"
  vpc_id = aws_vpc.jobs.id
}

resource "aws_batch_compute_environment" "fargate" {
  compute_environment_name = "containers-build"
  type                     = "MANAGED"
  compute_resources {
    type               = "FARGATE"
    max_vcpus          = 8 * var.revision
    subnets            = [aws_subnet.jobs.id]
    security_group_ids = [aws_security_group.jobs.id]
  }
}
resource "aws_batch_job_queue" "jobs" {
  name     = "containers-build"
  state    = "ENABLED"
  priority = var.revision
  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.fargate.arn
  }
}
resource "aws_batch_job_definition" "job" {
  name                  = "containers-build"
  type                  = "container"
  platform_capabilities = ["FARGATE"]
  container_properties = jsonencode({
    image            = "${aws_ecr_repository.jobs.repository_url}:latest"
    command          = ["build", tostring(var.revision)]
    executionRoleArn = aws_iam_role.build.arn
    resourceRequirements = [
      { type = "VCPU", value = "0.25" },
      { type = "MEMORY", value = "512" },
    ]
  })
}

resource "aws_ecs_cluster" "jobs" {
  name = "containers-build"
  setting {
    name  = "containerInsights"
    value = var.revision == 1 ? "enabled" : "disabled"
  }
}
resource "aws_ecs_cluster_capacity_providers" "jobs" {
  cluster_name       = aws_ecs_cluster.jobs.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }
}
resource "aws_ecs_task_definition" "job" {
  family                   = "containers-build"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.build.arn
  task_role_arn            = aws_iam_role.build.arn
  container_definitions = jsonencode([{
    name        = "job"
    image       = "${aws_ecr_repository.jobs.repository_url}:r${var.revision}"
    essential   = true
    environment = [{ name = "FEATURE_GROUP", value = "customers" }]
    logConfiguration = {
      logDriver = "awslogs"
      options   = { "awslogs-group" = "/ecs/jobs", "awslogs-region" = data.aws_region.me.name, "awslogs-stream-prefix" = "job" }
    }
  }])
}
resource "aws_cloudwatch_event_rule" "job" {
  name                = "containers-build"
  schedule_expression = "cron(0 3 * * ? *)"
}
resource "aws_cloudwatch_event_target" "job" {
  rule     = aws_cloudwatch_event_rule.job.name
  arn      = aws_ecs_cluster.jobs.arn
  role_arn = aws_iam_role.build.arn
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.job.arn
    task_count          = var.revision
    launch_type         = "FARGATE"
    network_configuration {
      subnets         = [aws_subnet.jobs.id]
      security_groups = [aws_security_group.jobs.id]
    }
  }
}
