terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}
# Another Region beside the first, ignored tags, and the virtual-hosted style.
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "test", ManagedBy = "terraform" }
  }
  ignore_tags { key_prefixes = ["kubernetes.io/"] }
}
provider "aws" {
  alias  = "east"
  region = "us-east-1"
}
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "deployer" {
  name               = "providers-deployer"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "sts:AssumeRole" }] })
}
resource "aws_s3_bucket" "east" {
  provider      = aws.east
  bucket        = "providers-east"
  force_destroy = true
}
resource "aws_s3_object" "east" {
  provider = aws.east
  bucket   = aws_s3_bucket.east.id
  key      = "x/y z.txt"
  content  = "revision ${var.revision}"
}
resource "aws_s3_bucket" "west" {
  bucket        = "providers.west.dotted"
  force_destroy = true
  tags          = { Name = "west", Second = "b" }
}
resource "aws_kms_key" "primary" {
  multi_region = true
  description  = "r${var.revision}"
}
resource "aws_kms_replica_key" "east" {
  provider                = aws.east
  primary_key_arn         = aws_kms_key.primary.arn
  description             = "replica r${var.revision}"
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "east" {
  provider      = aws.east
  name          = "alias/providers-replica"
  target_key_id = aws_kms_replica_key.east.key_id
}
resource "aws_ssm_parameter" "east" {
  provider = aws.east
  name     = "/providers/east"
  type     = "String"
  value    = "r${var.revision}"
}
resource "aws_iam_role" "fg" {
  name               = "providers-fg"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_sagemaker_feature_group" "east" {
  provider                       = aws.east
  feature_group_name             = "providers-east"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.fg.arn
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  online_store_config { enable_online_store = true }
}
data "aws_region" "east" { provider = aws.east }
output "east" { value = data.aws_region.east.name }
