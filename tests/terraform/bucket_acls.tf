resource "aws_s3_bucket" "public" {
  bucket        = "s3-more-public"
  force_destroy = true
}
resource "aws_s3_bucket_ownership_controls" "public" {
  bucket = aws_s3_bucket.public.id
  rule { object_ownership = "ObjectWriter" }
}
resource "aws_s3_bucket_public_access_block" "public" {
  bucket              = aws_s3_bucket.public.id
  block_public_acls   = false
  ignore_public_acls  = false
  block_public_policy = false
}
resource "aws_s3_bucket_acl" "public" {
  depends_on = [aws_s3_bucket_ownership_controls.public, aws_s3_bucket_public_access_block.public]
  bucket     = aws_s3_bucket.public.id
  acl        = var.revision == 1 ? "public-read" : "private"
}
resource "aws_s3_object" "public" {
  depends_on = [aws_s3_bucket_acl.public]
  bucket     = aws_s3_bucket.public.id
  key        = "hello.txt"
  content    = "hello"
  acl        = "public-read"
}
resource "aws_s3_bucket" "locked" {
  bucket              = "s3-more-locked"
  object_lock_enabled = true
  force_destroy       = true
}
resource "aws_s3_object" "locked" {
  bucket                        = aws_s3_bucket.locked.id
  key                           = "hold.txt"
  content                       = "x"
  object_lock_legal_hold_status = "OFF"
  force_destroy                 = true
}
data "aws_s3_bucket_object" "legacy" {
  bucket = aws_s3_bucket.public.id
  key    = aws_s3_object.public.key
}
data "aws_s3_bucket_objects" "legacy" {
  bucket     = aws_s3_bucket.public.id
  depends_on = [aws_s3_object.public]
}
resource "aws_s3control_storage_lens_configuration" "lens" {
  config_id = "s3-more-lens"
  storage_lens_configuration {
    enabled = true
    account_level {
      bucket_level {}
    }
  }
}
resource "aws_s3_bucket" "null_name" { force_destroy = true }
resource "aws_s3_bucket_server_side_encryption_configuration" "null_name" {
  bucket = aws_s3_bucket.null_name.bucket
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = var.revision == 1 ? "AES256" : "aws:kms:dsse" }
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "null_name" {
  bucket                                 = aws_s3_bucket.null_name.bucket
  transition_default_minimum_object_size = "varies_by_storage_class"
  rule {
    id     = "no-filter"
    status = "Enabled"
    expiration { days = 10 * var.revision }
  }
  rule {
    id     = "old-prefix"
    status = "Enabled"
    prefix = "old/"
    expiration { days = 10 }
  }
  rule {
    id     = "sizes"
    status = "Enabled"
    filter {
      and {
        object_size_greater_than = 100
        object_size_less_than    = 1000
      }
    }
    expiration { days = 10 }
  }
}
