# Offline-only feature group on an S3 lake bucket. A new feature in revision 2 replaces the group.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

resource "aws_s3_bucket" "offline" {
  bucket        = "r4-offline-tx-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "offline" {
  bucket = aws_s3_bucket.offline.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "offline" {
  bucket = aws_s3_bucket.offline.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "offline" {
  bucket = aws_s3_bucket.offline.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_iam_role" "offline" {
  name = "r4-offline-tx-role"
  path = "/service-role/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "sagemaker.amazonaws.com" }
      }
    ]
  })
}

resource "aws_iam_role_policy_attachment" "offline_managed" {
  role       = aws_iam_role.offline.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSageMakerFeatureStoreAccess"
}

resource "aws_iam_role_policy" "offline_bucket" {
  name = "offline-bucket"
  role = aws_iam_role.offline.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Bucket"
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetBucketAcl", "s3:GetBucketLocation"]
        Resource = aws_s3_bucket.offline.arn
      },
      {
        Sid      = "Objects"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "s3:DeleteObject"]
        Resource = "${aws_s3_bucket.offline.arn}/*"
      }
    ]
  })
}

resource "aws_sagemaker_feature_group" "transactions" {
  feature_group_name             = "r4-offline-transactions"
  record_identifier_feature_name = "transaction_id"
  event_time_feature_name        = "booked_at"
  role_arn                       = aws_iam_role.offline.arn

  feature_definition {
    feature_name = "transaction_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "booked_at"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "amount_eur"
    feature_type = "Fractional"
  }

  feature_definition {
    feature_name = "merchant_category"
    feature_type = "Integral"
  }

  dynamic "feature_definition" {
    for_each = var.revision >= 2 ? ["chargeback_ratio_90d"] : []

    content {
      feature_name = feature_definition.value
      feature_type = "Fractional"
    }
  }

  offline_store_config {
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.offline.bucket}/feature-store/"
    }
  }

  depends_on = [
    aws_iam_role_policy.offline_bucket,
    aws_iam_role_policy_attachment.offline_managed,
    aws_s3_bucket_public_access_block.offline,
    aws_s3_bucket_server_side_encryption_configuration.offline,
  ]
}

output "glue_table" {
  value = one(one(aws_sagemaker_feature_group.transactions.offline_store_config).data_catalog_config)
}
