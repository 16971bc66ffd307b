# Replication under a key, with time control and metrics, and tags in filters.
resource "aws_s3_bucket" "east" {
  bucket        = "s3-replica-east"
  force_destroy = true
}
resource "aws_s3_bucket" "west" {
  bucket        = "s3-replica-west"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "east" {
  bucket = aws_s3_bucket.east.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "west" {
  bucket = aws_s3_bucket.west.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_kms_key" "west" { description = "west" }
data "aws_iam_policy_document" "assume" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com", "batchoperations.s3.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "replication" {
  name               = "s3-replica"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}
resource "aws_iam_policy" "replication" {
  name   = "s3-replica"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = aws_s3_bucket.east.arn }] })
}
resource "aws_iam_policy_attachment" "replication" {
  name       = "replication"
  roles      = [aws_iam_role.replication.name]
  policy_arn = aws_iam_policy.replication.arn
}
resource "aws_s3_bucket_replication_configuration" "east_to_west" {
  depends_on = [aws_s3_bucket_versioning.east, aws_s3_bucket_versioning.west]
  role       = aws_iam_role.replication.arn
  bucket     = aws_s3_bucket.east.id
  rule {
    id       = "foobar"
    priority = 1
    filter {
      and {
        prefix = "foo"
        tags   = { replicate = "yes", rev = tostring(var.revision) }
      }
    }
    status = "Enabled"
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
      replica_modifications { status = "Enabled" }
    }
    delete_marker_replication { status = "Disabled" }
    destination {
      bucket        = aws_s3_bucket.west.arn
      storage_class = "STANDARD_IA"
      encryption_configuration { replica_kms_key_id = aws_kms_key.west.arn }
      replication_time {
        status = "Enabled"
        time { minutes = 15 }
      }
      metrics {
        status = "Enabled"
        event_threshold { minutes = 15 }
      }
    }
  }
  rule {
    id       = "all"
    priority = 2
    status   = var.revision == 1 ? "Enabled" : "Disabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    destination { bucket = aws_s3_bucket.west.arn }
  }
}
