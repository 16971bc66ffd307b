# Points of access: in a network, of the whole internet, through a function, over several Regions; and a storage lens.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "far"
  region = "eu-central-1"
}
data "aws_caller_identity" "me" {}
resource "aws_vpc" "points" {
  cidr_block = "10.105.0.0/16"
}
resource "aws_s3_bucket" "near" {
  bucket        = "points-near"
  force_destroy = true
}
resource "aws_s3_bucket" "far" {
  provider      = aws.far
  bucket        = "points-far"
  force_destroy = true
}
resource "aws_s3_access_point" "private" {
  bucket = aws_s3_bucket.near.id
  name   = "points-private-${var.revision}"
  vpc_configuration {
    vpc_id = aws_vpc.points.id
  }
}
resource "aws_s3_access_point" "open" {
  bucket            = aws_s3_bucket.near.bucket
  bucket_account_id = data.aws_caller_identity.me.account_id
  name              = "points-open"
  policy = var.revision == 1 ? jsonencode({ Version = "2008-10-17", Statement = [{
    Effect   = "Allow", Action = "s3:GetObjectTagging", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
    Resource = "arn:aws:s3:eu-west-1:${data.aws_caller_identity.me.account_id}:accesspoint/points-open/object/*"
  }] }) : "{}"
  public_access_block_configuration {
    block_public_acls       = true
    block_public_policy     = false
    ignore_public_acls      = true
    restrict_public_buckets = false
  }
}
resource "aws_s3control_object_lambda_access_point" "masked" {
  name = "points-masked"
  configuration {
    supporting_access_point     = aws_s3_access_point.open.arn
    cloud_watch_metrics_enabled = var.revision > 1
    allowed_features            = var.revision == 1 ? ["GetObject-Range"] : []
    transformation_configuration {
      actions = ["GetObject"]
      content_transformation {
        aws_lambda {
          function_arn     = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.me.account_id}:function:mask"
          function_payload = "{\"r\":${var.revision}}"
        }
      }
    }
  }
}
resource "aws_s3control_object_lambda_access_point_policy" "masked" {
  name = aws_s3control_object_lambda_access_point.masked.name
  policy = jsonencode({ Version = "2008-10-17", Statement = [{
    Effect    = "Allow"
    Action    = var.revision == 1 ? "s3-object-lambda:GetObject" : "s3-object-lambda:*"
    Principal = { AWS = data.aws_caller_identity.me.account_id }
    Resource  = aws_s3control_object_lambda_access_point.masked.arn
  }] })
}
resource "aws_s3control_multi_region_access_point" "both" {
  details {
    name = "points-both"
    public_access_block {
      block_public_acls = true
    }
    region {
      bucket = aws_s3_bucket.near.id
    }
    region {
      bucket = aws_s3_bucket.far.id
    }
  }
}
resource "aws_s3control_multi_region_access_point_policy" "both" {
  details {
    name = element(split(":", aws_s3control_multi_region_access_point.both.id), 1)
    policy = jsonencode({ Version = "2012-10-17", Statement = [{
      Sid       = "r${var.revision}"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.me.account_id }
      Action    = ["s3:GetObject", "s3:PutObject"]
      Resource  = "arn:aws:s3::${data.aws_caller_identity.me.account_id}:accesspoint/${aws_s3control_multi_region_access_point.both.alias}/object/*"
    }] })
  }
}
data "aws_s3control_multi_region_access_point" "both" {
  name       = aws_s3control_multi_region_access_point.both.details[0].name
  depends_on = [aws_s3control_multi_region_access_point_policy.both]
}
resource "aws_s3control_storage_lens_configuration" "all" {
  config_id = "points"
  storage_lens_configuration {
    enabled = true
    account_level {
      activity_metrics {
        enabled = true
      }
      bucket_level {
        activity_metrics {
          enabled = var.revision > 1
        }
        prefix_level {
          storage_metrics {
            enabled = true
            selection_criteria {
              delimiter                    = "/"
              max_depth                    = var.revision
              min_storage_bytes_percentage = 10
            }
          }
        }
      }
      advanced_cost_optimization_metrics {
        enabled = true
      }
      detailed_status_code_metrics {
        enabled = true
      }
    }
    data_export {
      cloud_watch_metrics {
        enabled = var.revision > 1
      }
      s3_bucket_destination {
        account_id            = data.aws_caller_identity.me.account_id
        arn                   = aws_s3_bucket.near.arn
        format                = "CSV"
        output_schema_version = "V_1"
        prefix                = "lens"
        encryption {
          sse_s3 {}
        }
      }
    }
    exclude {
      buckets = [aws_s3_bucket.far.arn]
      regions = ["eu-central-1"]
    }
  }
  tags = var.revision == 1 ? { a = "1" } : { b = "2" }
}
output "domain" {
  value = [aws_s3control_multi_region_access_point.both.domain_name, data.aws_s3control_multi_region_access_point.both.alias]
}
