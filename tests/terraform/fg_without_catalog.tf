# Offline store with no Glue table at all; a crawler registers the files instead.

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "raw" {
  bucket        = "r4-without-catalog-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "raw" {
  bucket = aws_s3_bucket.raw.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_iam_role" "store" {
  name = "r4-without-catalog-store"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "store" {
  name = "raw-bucket"
  role = aws_iam_role.store.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Action   = ["s3:GetBucketAcl", "s3:ListBucket", "s3:GetBucketLocation"]
        Effect   = "Allow"
        Resource = aws_s3_bucket.raw.arn
      },
      {
        Action   = ["s3:PutObject", "s3:PutObjectAcl", "s3:GetObject"]
        Effect   = "Allow"
        Resource = "${aws_s3_bucket.raw.arn}/*"
      },
    ]
  })
}

resource "aws_sagemaker_feature_group" "telemetry" {
  feature_group_name             = "r4-without-catalog-telemetry"
  description                    = var.revision >= 2 ? "Vehicle telemetry, hourly rollups, second schema review" : "Vehicle telemetry, hourly rollups"
  record_identifier_feature_name = "vehicle_id"
  event_time_feature_name        = "window_end"
  role_arn                       = aws_iam_role.store.arn

  feature_definition {
    feature_name = "vehicle_id"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "window_end"
    feature_type = "String"
  }

  feature_definition {
    feature_name = "harsh_brakes"
    feature_type = "Integral"
  }

  feature_definition {
    feature_name = "fuel_litres"
    feature_type = "Fractional"
  }

  offline_store_config {
    disable_glue_table_creation = true

    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.raw.bucket}/telemetry"
    }
  }

  depends_on = [
    aws_iam_role_policy.store,
    aws_s3_bucket_ownership_controls.raw,
  ]
}

resource "aws_iam_role" "crawler" {
  name = "r4-without-catalog-crawler"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "glue.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "crawler" {
  role       = aws_iam_role.crawler.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"
}

resource "aws_iam_role_policy" "crawler" {
  name = "read-raw"
  role = aws_iam_role.crawler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action   = ["s3:GetObject", "s3:ListBucket"]
      Effect   = "Allow"
      Resource = [aws_s3_bucket.raw.arn, "${aws_s3_bucket.raw.arn}/*"]
    }]
  })
}

resource "aws_glue_catalog_database" "telemetry" {
  name = "r4_without_catalog"
}

resource "aws_glue_crawler" "telemetry" {
  name          = "r4-without-catalog"
  role          = aws_iam_role.crawler.arn
  database_name = aws_glue_catalog_database.telemetry.name
  table_prefix  = "fs_"
  schedule      = var.revision >= 2 ? "cron(0 3 * * ? *)" : "cron(0 0/6 * * ? *)"

  s3_target {
    path       = "s3://${aws_s3_bucket.raw.bucket}/telemetry"
    exclusions = ["**/_temporary/**"]
  }

  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "UPDATE_IN_DATABASE"
  }

  depends_on = [
    aws_iam_role_policy.crawler,
    aws_iam_role_policy_attachment.crawler,
  ]
}
