resource "aws_s3_bucket" "this" {
  bucket        = "others-access-point"
  force_destroy = true
}
resource "aws_s3_access_point" "this" {
  bucket = aws_s3_bucket.this.id
  name   = "others-${var.revision}"
  public_access_block_configuration {
    block_public_acls       = true
    block_public_policy     = true
    ignore_public_acls      = true
    restrict_public_buckets = true
  }
}
