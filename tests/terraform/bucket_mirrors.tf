# Two buckets that mirror each other, with keys, tags, delete markers and replica changes.

locals {
  sides = { blue = "green", green = "blue" }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com", "batchoperations.s3.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "side" {
  for_each                = local.sides
  description             = "Mirror ${each.key}"
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "side" {
  for_each      = local.sides
  bucket_prefix = "mirror-${each.key}-"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "side" {
  for_each = aws_s3_bucket.side
  bucket   = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "side" {
  for_each = aws_s3_bucket.side
  bucket   = each.value.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.revision > 1 ? "aws:kms:dsse" : "aws:kms"
      kms_master_key_id = aws_kms_key.side[each.key].arn
    }
    bucket_key_enabled = var.revision == 1
  }
}

data "aws_iam_policy_document" "replicate" {
  for_each = local.sides
  statement {
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [aws_s3_bucket.side[each.key].arn]
  }
  statement {
    actions   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    resources = ["${aws_s3_bucket.side[each.key].arn}/*"]
  }
  statement {
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = ["${aws_s3_bucket.side[each.value].arn}/*"]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.side[each.key].arn]
    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = ["s3.eu-west-1.amazonaws.com"]
    }
  }
  statement {
    actions   = ["kms:Encrypt"]
    resources = [aws_kms_key.side[each.value].arn]
  }
}

resource "aws_iam_role" "side" {
  for_each           = local.sides
  name               = "mirror-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "side" {
  for_each = local.sides
  name     = "mirror-${each.key}"
  policy   = data.aws_iam_policy_document.replicate[each.key].json
}

resource "aws_iam_role_policy_attachment" "side" {
  for_each   = local.sides
  role       = aws_iam_role.side[each.key].name
  policy_arn = aws_iam_policy.side[each.key].arn
}

resource "aws_s3_bucket_replication_configuration" "side" {
  for_each = local.sides
  bucket   = aws_s3_bucket.side[each.key].id
  role     = aws_iam_role.side[each.key].arn

  rule {
    id       = "all"
    priority = 10
    status   = "Enabled"
    filter {}
    delete_marker_replication {
      status = "Enabled"
    }
    source_selection_criteria {
      replica_modifications {
        status = "Enabled"
      }
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
    destination {
      bucket        = aws_s3_bucket.side[each.value].arn
      storage_class = var.revision > 1 ? "INTELLIGENT_TIERING" : "STANDARD_IA"
      encryption_configuration {
        replica_kms_key_id = aws_kms_key.side[each.value].arn
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

  depends_on = [aws_s3_bucket_versioning.side]
}
