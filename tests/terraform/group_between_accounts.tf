# An offline-only group whose bucket, key and catalogue let another account read, shared by RAM and Lake Formation's way out.

data "aws_caller_identity" "me" {}

variable "reader" {
  type    = string
  default = "123456789012"
}

locals {
  name   = "between-accounts"
  prefix = "s3://${aws_s3_bucket.store.bucket}/${local.name}"
}

resource "aws_s3_bucket" "store" {
  bucket_prefix = "between-accounts-"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "store" {
  bucket = aws_s3_bucket.store.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Read"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
        Action    = var.revision > 1 ? ["s3:GetObject", "s3:GetObjectVersion"] : ["s3:GetObject"]
        Resource  = "${aws_s3_bucket.store.arn}/*"
      },
      {
        Sid       = "NoPlainText"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.store.arn, "${aws_s3_bucket.store.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_glue_catalog_database" "store" {
  name        = "between_accounts"
  description = "Read from elsewhere, revision ${var.revision}"
}

resource "aws_iam_role" "writer" {
  name = "between-accounts-writer"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_iam_policy" "writer" {
  name_prefix = "between-accounts-"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetBucketAcl", "s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"], Resource = [aws_s3_bucket.store.arn, "${aws_s3_bucket.store.arn}/*"] },
      { Effect = "Allow", Action = ["glue:GetTable", "glue:CreateTable", "glue:UpdateTable", "glue:GetDatabase"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "writer" {
  role       = aws_iam_role.writer.name
  policy_arn = aws_iam_policy.writer.arn
}

resource "aws_sagemaker_feature_group" "store" {
  feature_group_name             = local.name
  description                    = "Offline only"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.writer.arn

  feature_definition {
    feature_name = "id"
    feature_type = "Integral"
  }
  feature_definition {
    feature_name = "at"
    feature_type = "String"
  }
  dynamic "feature_definition" {
    for_each = toset(formatlist("f%02d", range(1, 21)))
    content {
      feature_name = feature_definition.key
      feature_type = "Fractional"
    }
  }

  offline_store_config {
    table_format = "Iceberg"
    s3_storage_config {
      s3_uri = local.prefix
    }
    data_catalog_config {
      catalog    = "AwsDataCatalog"
      database   = aws_glue_catalog_database.store.name
      table_name = "between_accounts"
    }
  }

  depends_on = [aws_iam_role_policy_attachment.writer]
}

resource "aws_ram_resource_share" "store" {
  name                      = "feature-group-${var.revision}"
  allow_external_principals = true
}

resource "aws_ram_resource_association" "store" {
  resource_arn       = aws_sagemaker_feature_group.store.arn
  resource_share_arn = aws_ram_resource_share.store.arn
}

resource "aws_ram_principal_association" "store" {
  principal          = var.reader
  resource_share_arn = aws_ram_resource_share.store.arn
}

output "arn" {
  value = aws_sagemaker_feature_group.store.arn
}
