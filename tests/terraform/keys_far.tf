# Keys of many Regions: replicas of a key and of imported material, with policies and states of their own.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}
provider "aws" {}
provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
}
provider "aws" {
  alias  = "ohio"
  region = "us-east-2"
}
data "aws_caller_identity" "me" {}
locals {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "r${var.revision}", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" }] })
  stuff  = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY="
}
resource "aws_kms_key" "primary" {
  description             = "primary r${var.revision}"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = 90 * var.revision
  deletion_window_in_days = 7
}
resource "aws_kms_replica_key" "paris" {
  provider                = aws.paris
  description             = "paris r${var.revision}"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
  policy                  = local.policy
  enabled                 = var.revision == 1
  tags                    = var.revision == 1 ? { a = "1" } : { b = "2" }
}
resource "aws_kms_replica_key" "ohio" {
  provider                           = aws.ohio
  primary_key_arn                    = aws_kms_key.primary.arn
  deletion_window_in_days            = 7
  bypass_policy_lockout_safety_check = true
}
resource "aws_kms_alias" "everywhere" {
  name          = "alias/keys-far"
  target_key_id = aws_kms_key.primary.id
}
resource "aws_kms_alias" "paris" {
  provider      = aws.paris
  name          = "alias/keys-far"
  target_key_id = aws_kms_replica_key.paris.key_id
}
data "aws_kms_key" "paris" {
  provider = aws.paris
  key_id   = aws_kms_alias.paris.arn
}
resource "aws_kms_external_key" "primary" {
  description             = "imported"
  multi_region            = true
  deletion_window_in_days = 7
  key_material_base64     = local.stuff
}
resource "aws_kms_replica_external_key" "paris" {
  provider                = aws.paris
  description             = "imported in paris r${var.revision}"
  primary_key_arn         = aws_kms_external_key.primary.arn
  deletion_window_in_days = 7
  key_material_base64     = local.stuff
  enabled                 = true
  policy                  = local.policy
  tags                    = { revision = var.revision }
}
resource "aws_kms_external_key" "expires" {
  description             = "expires"
  deletion_window_in_days = 7
  key_material_base64     = local.stuff
  valid_to                = var.revision == 1 ? "2032-01-01T00:00:00Z" : "2033-01-01T00:00:00Z"
  policy                  = local.policy
}
output "regions" {
  value = data.aws_kms_key.paris.multi_region_configuration
}
