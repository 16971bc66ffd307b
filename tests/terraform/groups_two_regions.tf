# The same groups in two Regions by provider aliases, with default tags that resources override, from a table in text.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = {
      Owner    = "features"
      Stage    = "test"
      Revision = tostring(var.revision)
    }
  }
}
provider "aws" {
  alias  = "second"
  region = "eu-central-1"
  default_tags {
    tags = { Owner = "features-recovery" }
  }
}
locals {
  rows = csvdecode(<<-TABLE
    name,type
    customer,String
    at,String
    spent,Fractional
    visits,Integral
  TABLE
  )
  group = "two-regions-customers"
}
data "aws_region" "first" {}
data "aws_region" "second" {
  provider = aws.second
}
data "aws_default_tags" "first" {}
resource "aws_iam_role" "both" {
  name                 = "two-regions"
  max_session_duration = 7200
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
  tags                 = { Owner = "overridden" }
}
resource "aws_kms_key" "first" {
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_kms_replica_key" "second" {
  provider                = aws.second
  primary_key_arn         = aws_kms_key.first.arn
  deletion_window_in_days = 7
  tags                    = { Stage = "recovery" }
}
resource "aws_sagemaker_feature_group" "first" {
  feature_group_name             = local.group
  record_identifier_feature_name = "customer"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.both.arn
  dynamic "feature_definition" {
    for_each = local.rows
    content {
      feature_name = feature_definition.value.name
      feature_type = feature_definition.value.type
    }
  }
  online_store_config {
    enable_online_store = true
    security_config { kms_key_id = aws_kms_key.first.arn }
  }
  tags = { Stage = var.revision == 1 ? "test" : "own" }
}
resource "aws_sagemaker_feature_group" "second" {
  provider                       = aws.second
  feature_group_name             = local.group
  record_identifier_feature_name = "customer"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.both.arn
  dynamic "feature_definition" {
    for_each = local.rows
    content {
      feature_name = feature_definition.value.name
      feature_type = feature_definition.value.type
    }
  }
  online_store_config {
    enable_online_store = true
    security_config { kms_key_id = aws_kms_replica_key.second.arn }
  }
}
resource "aws_cloudwatch_event_rule" "changes" {
  provider      = aws.second
  name          = "two-regions"
  event_pattern = jsonencode({ source = ["aws.sagemaker"], "detail-type" = ["SageMaker Feature Group State Change"] })
}
resource "aws_cloudwatch_event_target" "home" {
  provider = aws.second
  rule     = aws_cloudwatch_event_rule.changes.name
  arn      = "arn:aws:events:${data.aws_region.first.name}:${split(":", aws_iam_role.both.arn)[4]}:event-bus/default"
  role_arn = aws_iam_role.bus.arn
}
resource "aws_iam_role" "bus" {
  name               = "two-regions-bus"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "events.amazonaws.com" } }] })
}
resource "aws_s3_bucket" "second" {
  provider      = aws.second
  bucket        = "two-regions-${data.aws_region.second.name}"
  force_destroy = true
}
resource "aws_ssm_parameter" "group" {
  for_each = {
    (data.aws_region.first.name)  = aws_sagemaker_feature_group.first.arn
    (data.aws_region.second.name) = aws_sagemaker_feature_group.second.arn
  }
  name  = "/two-regions/${each.key}"
  type  = "String"
  value = each.value
}
output "tags" {
  value = [aws_sagemaker_feature_group.first.tags_all, data.aws_default_tags.first.tags]
}
