# Two buckets that copy each other, with replication time, double encryption, events to a function and a topic, an access point.
data "aws_caller_identity" "me" {}

locals { twins = { a = "b", b = "a" } }

resource "aws_kms_key" "twin" {
  for_each                = local.twins
  description             = "twin ${each.key}"
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "twin" {
  for_each      = local.twins
  bucket        = "buckets-twins-${each.key}-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "twin" {
  for_each = aws_s3_bucket.twin
  bucket   = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "twin" {
  for_each = aws_s3_bucket.twin
  bucket   = each.value.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = each.key == "a" ? "aws:kms:dsse" : "aws:kms"
      kms_master_key_id = aws_kms_key.twin[each.key].arn
    }
  }
}
resource "aws_iam_role" "copy" {
  name               = "buckets-twins"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["s3.amazonaws.com", "lambda.amazonaws.com"] } }] })
}
resource "aws_iam_role_policy" "copy" {
  role   = aws_iam_role.copy.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*", "kms:*"], Resource = "*" }] })
}
resource "aws_s3_bucket_replication_configuration" "twin" {
  for_each = local.twins
  bucket   = aws_s3_bucket.twin[each.key].id
  role     = aws_iam_role.copy.arn
  rule {
    id       = "to-${each.value}"
    status   = "Enabled"
    priority = var.revision
    filter {
      and {
        prefix = "features/"
        tags   = { copy = "yes" }
      }
    }
    delete_marker_replication {
      status = "Disabled"
    }
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
      replica_modifications {
        status = "Enabled"
      }
    }
    destination {
      bucket        = aws_s3_bucket.twin[each.value].arn
      storage_class = "STANDARD_IA"
      encryption_configuration {
        replica_kms_key_id = aws_kms_key.twin[each.value].arn
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
  depends_on = [aws_s3_bucket_versioning.twin, aws_iam_role_policy.copy]
}
resource "aws_sns_topic" "lost" {
  name = "buckets-twins"
}
resource "aws_sns_topic_policy" "lost" {
  arn    = aws_sns_topic.lost.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.lost.arn }] })
}
resource "aws_s3_bucket_notification" "twin" {
  bucket = aws_s3_bucket.twin["a"].id
  topic {
    topic_arn = aws_sns_topic.lost.arn
    events    = var.revision == 1 ? ["s3:Replication:OperationFailedReplication"] : ["s3:Replication:*", "s3:LifecycleExpiration:*"]
  }
  depends_on = [aws_sns_topic_policy.lost]
}
resource "aws_s3_access_point" "readers" {
  name   = "twins-readers"
  bucket = aws_s3_bucket.twin["b"].id
  public_access_block_configuration {
    block_public_acls       = true
    block_public_policy     = true
    ignore_public_acls      = true
    restrict_public_buckets = true
  }
}
resource "aws_s3control_access_point_policy" "readers" {
  access_point_arn = aws_s3_access_point.readers.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = var.revision == 1 ? "s3:GetObject" : "s3:GetObjectTagging"
      Resource  = "${aws_s3_access_point.readers.arn}/object/features/*"
    }]
  })
}
resource "aws_s3_bucket_inventory" "orc" {
  bucket                   = aws_s3_bucket.twin["a"].id
  name                     = "orc"
  included_object_versions = "Current"
  optional_fields          = ["ReplicationStatus", "BucketKeyStatus", "ChecksumAlgorithm"]
  schedule {
    frequency = var.revision == 1 ? "Daily" : "Weekly"
  }
  destination {
    bucket {
      format     = "ORC"
      bucket_arn = aws_s3_bucket.twin["b"].arn
      encryption {
        sse_s3 {}
      }
    }
  }
}
