# Same-region replication of a model registry bucket into a standby bucket with another key.

data "aws_caller_identity" "current" {}

locals {
  prefix = "r4-replicated"
  sides = {
    primary = "Model registry"
    standby = "Model registry, standby copy"
  }
}

resource "aws_kms_key" "side" {
  for_each = local.sides

  description             = each.value
  deletion_window_in_days = 7

  tags = {
    Side = each.key
  }
}

resource "aws_s3_bucket" "side" {
  for_each = local.sides

  bucket        = "${local.prefix}-${each.key}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true

  tags = {
    Side = each.key
  }
}

resource "aws_s3_bucket_versioning" "side" {
  for_each = aws_s3_bucket.side

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "side" {
  for_each = aws_s3_bucket.side

  bucket = each.value.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.side[each.key].arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "side" {
  for_each = aws_s3_bucket.side

  bucket = each.value.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  statement {
    sid       = "ReadConfiguration"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [aws_s3_bucket.side["primary"].arn]
  }

  statement {
    sid = "ReadVersions"
    actions = [
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionTagging",
    ]
    resources = ["${aws_s3_bucket.side["primary"].arn}/*"]
  }

  statement {
    sid       = "WriteReplicas"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${aws_s3_bucket.side["standby"].arn}/*"]
  }

  statement {
    sid       = "SourceKey"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.side["primary"].arn]
  }

  statement {
    sid       = "StandbyKey"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.side["standby"].arn]
  }
}

resource "aws_iam_role" "replication" {
  name               = "${local.prefix}-replication"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "replication" {
  name   = "replicate"
  role   = aws_iam_role.replication.id
  policy = data.aws_iam_policy_document.replication.json
}

resource "aws_s3_bucket_replication_configuration" "primary" {
  bucket = aws_s3_bucket.side["primary"].id
  role   = aws_iam_role.replication.arn

  rule {
    id       = "models"
    priority = 10
    status   = "Enabled"

    filter {
      prefix = "models/"
    }

    delete_marker_replication {
      status = "Enabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = aws_s3_bucket.side["standby"].arn
      storage_class = var.revision >= 2 ? "STANDARD_IA" : "STANDARD"

      encryption_configuration {
        replica_kms_key_id = aws_kms_key.side["standby"].arn
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }

      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }
    }
  }

  dynamic "rule" {
    for_each = var.revision >= 2 ? ["reports/"] : []

    content {
      id       = "reports"
      priority = 20
      status   = "Enabled"

      filter {
        prefix = rule.value
      }

      delete_marker_replication {
        status = "Disabled"
      }

      source_selection_criteria {
        sse_kms_encrypted_objects {
          status = "Enabled"
        }
      }

      destination {
        bucket        = aws_s3_bucket.side["standby"].arn
        storage_class = "GLACIER_IR"

        encryption_configuration {
          replica_kms_key_id = aws_kms_key.side["standby"].arn
        }
      }
    }
  }

  depends_on = [
    aws_iam_role_policy.replication,
    aws_s3_bucket_versioning.side,
  ]
}
