# One name for two buses in two Regions, with a health check's word on which; rules that cross; what partners offer.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}
provider "aws" {}
provider "aws" {
  alias  = "second"
  region = "us-east-1"
}
data "aws_caller_identity" "me" {}
resource "aws_cloudwatch_event_bus" "first" {
  name = "buses-of-regions"
}
resource "aws_cloudwatch_event_bus" "second" {
  provider = aws.second
  name     = aws_cloudwatch_event_bus.first.name
}
resource "aws_iam_role" "replicates" {
  name               = "buses-of-regions"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }] })
}
resource "aws_cloudwatch_event_endpoint" "both" {
  name        = "buses-of-regions"
  description = var.revision == 1 ? "Described" : null
  role_arn    = var.revision == 1 ? null : aws_iam_role.replicates.arn
  event_bus {
    event_bus_arn = aws_cloudwatch_event_bus.first.arn
  }
  event_bus {
    event_bus_arn = aws_cloudwatch_event_bus.second.arn
  }
  replication_config {
    state = var.revision == 1 ? "DISABLED" : "ENABLED"
  }
  routing_config {
    failover_config {
      primary {
        health_check = "arn:aws:route53:::healthcheck/0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d"
      }
      secondary {
        route = "us-east-1"
      }
    }
  }
}
resource "aws_cloudwatch_event_rule" "crosses" {
  provider       = aws.second
  name           = "buses-of-regions"
  event_bus_name = aws_cloudwatch_event_bus.second.name
  event_pattern  = jsonencode({ source = [{ prefix = "features." }] })
}
resource "aws_cloudwatch_event_target" "crosses" {
  provider       = aws.second
  rule           = aws_cloudwatch_event_rule.crosses.name
  event_bus_name = aws_cloudwatch_event_bus.second.name
  arn            = aws_cloudwatch_event_bus.first.arn
  role_arn       = aws_iam_role.replicates.arn
}
resource "aws_cloudwatch_event_bus_policy" "first" {
  event_bus_name = aws_cloudwatch_event_bus.first.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "r${var.revision}", Effect = "Allow", Principal = { AWS = aws_iam_role.replicates.arn }, Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.first.arn
  }] })
}
