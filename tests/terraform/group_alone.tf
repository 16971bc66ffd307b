# The smallest groups: one feature that is key and time at once; a table somebody made without columns; tags that go.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "alone" {
  name               = "group-alone"
  path               = "/features/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy" "alone" {
  role = aws_iam_role.alone.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:PutObject", "s3:GetObject", "s3:PutObjectAcl"], Resource = "${aws_s3_bucket.alone.arn}/*" },
      { Effect = "Allow", Action = ["s3:GetBucketAcl", "s3:ListBucket"], Resource = aws_s3_bucket.alone.arn },
      { Effect = "Allow", Action = ["glue:*"], Resource = "*" },
    ]
  })
}
resource "aws_s3_bucket" "alone" {
  bucket        = "group-alone-offline"
  force_destroy = true
}
resource "aws_kms_key" "alone" {
  description             = "the online store of one feature"
  deletion_window_in_days = 7
}
resource "aws_sagemaker_feature_group" "one" {
  feature_group_name             = "alone-one"
  record_identifier_feature_name = "only"
  event_time_feature_name        = "only"
  role_arn                       = aws_iam_role.alone.arn
  feature_definition {
    feature_name = "only"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = true
  }
  tags = var.revision == 1 ? { first = "a", second = "b" } : { second = "c" }
}
resource "aws_sagemaker_feature_group" "untagged_later" {
  feature_group_name             = "alone-untagged-later"
  record_identifier_feature_name = "only"
  event_time_feature_name        = "only"
  role_arn                       = aws_iam_role.alone.arn
  feature_definition {
    feature_name = "only"
    feature_type = "String"
  }
  online_store_config {
    enable_online_store = true
    security_config {
      kms_key_id = aws_kms_key.alone.arn
    }
  }
  tags = var.revision == 1 ? { soon = "gone", empty = "" } : null
}
resource "aws_sagemaker_feature_group" "tagged_later" {
  feature_group_name             = "alone-tagged-later"
  description                    = "Offline alone, no table"
  record_identifier_feature_name = "only"
  event_time_feature_name        = "only"
  role_arn                       = aws_iam_role.alone.arn
  feature_definition {
    feature_name = "only"
    feature_type = "String"
  }
  offline_store_config {
    disable_glue_table_creation = true
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.alone.bucket}/none/"
    }
  }
  tags       = var.revision == 1 ? {} : { came = "later" }
  depends_on = [aws_iam_role_policy.alone]
}
resource "aws_glue_catalog_database" "alone" {
  name = "group_alone"
}
resource "aws_glue_catalog_table" "bare" {
  name          = "bare"
  database_name = aws_glue_catalog_database.alone.name
}
resource "aws_sagemaker_feature_group" "bare_table" {
  feature_group_name             = "alone-bare-table"
  record_identifier_feature_name = "only"
  event_time_feature_name        = "only"
  role_arn                       = aws_iam_role.alone.arn
  feature_definition {
    feature_name = "only"
    feature_type = "String"
  }
  offline_store_config {
    disable_glue_table_creation = true
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.alone.bucket}/bare/"
    }
    data_catalog_config {
      catalog    = aws_glue_catalog_table.bare.catalog_id
      database   = aws_glue_catalog_table.bare.database_name
      table_name = aws_glue_catalog_table.bare.name
    }
  }
  depends_on = [aws_iam_role_policy.alone]
}
