# A bucket as it was written before the provider's version 4.
resource "aws_s3_bucket" "legacy" {
  bucket        = "s3-legacy-bucket"
  force_destroy = true
  acl           = "private"
  versioning { enabled = true }
  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
    }
  }
  lifecycle_rule {
    id      = "old"
    enabled = true
    prefix  = "old/"
    expiration { days = 30 * var.revision }
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::s3-legacy-bucket/*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
  tags   = { Name = "legacy", Revision = tostring(var.revision) }
}
