resource "aws_s3_bucket" "from" {
  bucket        = "others-from"
  force_destroy = true
}
resource "aws_s3_bucket" "to" {
  bucket        = "others-to"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "both" {
  for_each = { from = aws_s3_bucket.from.id, to = aws_s3_bucket.to.id }
  bucket   = each.value
  versioning_configuration { status = "Enabled" }
}
resource "aws_iam_role" "this" {
  name               = "others-replication"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "this" {
  role = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = aws_s3_bucket.from.arn },
    { Effect = "Allow", Action = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"], Resource = "${aws_s3_bucket.from.arn}/*" },
    { Effect = "Allow", Action = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], Resource = "${aws_s3_bucket.to.arn}/*" },
  ] })
}
resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = aws_s3_bucket.from.id
  role   = aws_iam_role.this.arn
  rule {
    id       = "features"
    status   = "Enabled"
    priority = var.revision
    filter { prefix = "features/" }
    delete_marker_replication { status = "Disabled" }
    destination {
      bucket        = aws_s3_bucket.to.arn
      storage_class = "STANDARD"
    }
  }
  depends_on = [aws_s3_bucket_versioning.both]
}
