# A schema that changes makes a new generation of the group before the old one goes; a rename keeps the other one.
resource "terraform_data" "schema" {
  input = var.revision
}

resource "aws_s3_bucket" "features" {
  bucket        = "fg-new-schema-features"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "features" {
  bucket = aws_s3_bucket.features.id
  versioning_configuration {
    status = "Enabled"
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

data "aws_iam_policy" "feature_store" {
  name = "AmazonSageMakerFeatureStoreAccess"
}

data "aws_iam_policy" "sagemaker" {
  arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}

resource "aws_iam_role" "features" {
  name               = "fg-new-schema"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachments_exclusive" "features" {
  role_name   = aws_iam_role.features.name
  policy_arns = [data.aws_iam_policy.feature_store.arn, data.aws_iam_policy.sagemaker.arn]
}

resource "aws_iam_role_policy" "s3" {
  role   = aws_iam_role.features.name
  name   = "offline"
  policy = data.aws_iam_policy_document.s3.json
}

data "aws_iam_policy_document" "s3" {
  statement {
    actions   = ["s3:PutObject", "s3:PutObjectAcl", "s3:GetBucketAcl"]
    resources = [aws_s3_bucket.features.arn, "${aws_s3_bucket.features.arn}/*"]
  }
}

resource "aws_sagemaker_feature_group" "clicks" {
  feature_group_name             = "clicks-v${terraform_data.schema.input}"
  record_identifier_feature_name = "ad"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.features.arn

  dynamic "feature_definition" {
    for_each = concat(
      [["ad", "String"], ["at", "Fractional"], ["clicks", "Integral"]],
      var.revision > 1 ? [["impressions", "Integral"], ["ctr", "Fractional"]] : [],
    )
    content {
      feature_name = feature_definition.value[0]
      feature_type = feature_definition.value[1]
    }
  }

  online_store_config {
    enable_online_store = true
  }
  offline_store_config {
    s3_storage_config {
      s3_uri = "s3://${aws_s3_bucket.features.id}/clicks"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
  depends_on = [aws_iam_role_policy.s3, aws_iam_role_policy_attachments_exclusive.features]
}

resource "aws_sagemaker_feature_group" "ads" {
  count = 1

  feature_group_name             = "ads"
  record_identifier_feature_name = "ad"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.features.arn

  feature_definition {
    feature_name = "ad"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "at"
    feature_type = "Fractional"
  }

  online_store_config {
    enable_online_store = true
  }

  lifecycle {
    replace_triggered_by = [terraform_data.schema]
  }
}

moved {
  from = aws_sagemaker_feature_group.ads
  to   = aws_sagemaker_feature_group.ads[0]
}

resource "aws_sagemaker_feature_group" "experiment" {
  count = var.revision == 1 ? 1 : 0

  feature_group_name             = "experiment-${count.index}"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.features.arn

  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "at"
    feature_type = "String"
  }

  online_store_config {
    enable_online_store = true
  }
}

output "experiment" {
  value = one(aws_sagemaker_feature_group.experiment[*].arn)
}
