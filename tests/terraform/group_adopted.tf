# The table that Feature Store made comes into the care of Terraform later, by an import, and is read before that.
data "aws_caller_identity" "me" {}
locals {
  adopted = var.revision > 1 ? toset(["rides"]) : toset([])
}
resource "aws_s3_bucket" "adopted" {
  bucket_prefix = "group-adopted-"
  force_destroy = true
}
resource "aws_iam_role" "adopted" {
  name_prefix         = "group-adopted-"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess", "arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/AWSGlueConsoleFullAccess"]
}
resource "aws_glue_catalog_database" "adopted" {
  name = "group_adopted"
}
resource "aws_sagemaker_feature_group" "rides" {
  feature_group_name             = "adopted-rides"
  record_identifier_feature_name = "ride"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.adopted.arn
  dynamic "feature_definition" {
    for_each = { ride = "String", at = "Fractional", km = "Fractional", riders = "Integral" }
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }
  offline_store_config {
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.adopted.id}/offline"
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.adopted.name
      table_name = "rides"
    }
  }
}
data "aws_glue_catalog_table" "rides" {
  database_name = one(one(aws_sagemaker_feature_group.rides.offline_store_config).data_catalog_config).database
  name          = one(one(aws_sagemaker_feature_group.rides.offline_store_config).data_catalog_config).table_name
}
import {
  for_each = local.adopted
  to       = aws_glue_catalog_table.adopted[each.key]
  id       = "${data.aws_caller_identity.me.account_id}:group_adopted:${each.key}"
}
resource "aws_glue_catalog_table" "adopted" {
  for_each      = local.adopted
  name          = each.key
  database_name = aws_glue_catalog_database.adopted.name
  lifecycle {
    ignore_changes = all
  }
}
output "columns" {
  value = [for column in data.aws_glue_catalog_table.rides.storage_descriptor[0].columns : "${column.name} ${column.type}"]
}
