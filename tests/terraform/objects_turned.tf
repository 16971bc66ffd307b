# Objects whose content, class, seal, words about them and tags change; reads of parts and lists of them.
locals {
  later = var.revision > 1
}
resource "aws_kms_key" "objects" {
  deletion_window_in_days = 7
}
resource "aws_s3_bucket" "objects" {
  bucket        = "objects-turned"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "objects" {
  bucket = aws_s3_bucket.objects.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_object" "turned" {
  bucket                 = aws_s3_bucket_versioning.objects.bucket
  key                    = "/leading/${local.later ? "two" : "one"}.txt"
  content                = local.later ? null : "text"
  content_base64         = local.later ? base64encode("other text") : null
  content_type           = local.later ? "text/plain" : null
  content_language       = local.later ? null : "en"
  content_disposition    = local.later ? "attachment" : null
  cache_control          = local.later ? null : "no-cache"
  storage_class          = local.later ? "STANDARD_IA" : "STANDARD"
  server_side_encryption = local.later ? "aws:kms" : "AES256"
  kms_key_id             = local.later ? aws_kms_key.objects.arn : null
  bucket_key_enabled     = local.later
  metadata               = local.later ? { key2 = "value2" } : { key1 = "value1", key2 = "x" }
  tags                   = local.later ? { b = "2" } : { a = "1", "Key With Spaces" = "A/@B=C" }
  website_redirect       = local.later ? null : "https://example.com/"
}
resource "aws_s3_object" "dual" {
  bucket                 = aws_s3_bucket.objects.id
  key                    = "dual"
  content                = "sealed twice, r${var.revision}"
  server_side_encryption = "aws:kms:dsse"
  kms_key_id             = aws_kms_key.objects.arn
}
resource "aws_s3_object" "summed" {
  for_each           = toset(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
  bucket             = aws_s3_bucket.objects.id
  key                = "sums/${each.key}"
  content            = "{\"revision\":${var.revision}}"
  content_type       = "application/json"
  checksum_algorithm = local.later && each.key == "SHA1" ? "SHA256" : each.key
}
resource "aws_s3_object" "etag" {
  bucket  = aws_s3_bucket.objects.id
  key     = "etag.json"
  content = jsonencode({ r = var.revision })
  etag    = md5(jsonencode({ r = var.revision }))
}
resource "aws_s3_object" "folder" {
  bucket       = aws_s3_bucket.objects.id
  key          = "empty/folder/"
  content_type = "application/x-directory"
}
resource "aws_s3_bucket_object" "old" {
  bucket                 = aws_s3_bucket.objects.id
  key                    = "old-resource"
  acl                    = "bucket-owner-full-control"
  content                = "r${var.revision}"
  server_side_encryption = "AES256"
  tags                   = local.later ? {} : { a = "1" }
}
resource "aws_s3_object_copy" "turned" {
  bucket                 = aws_s3_bucket.objects.id
  key                    = "copy"
  source                 = "${aws_s3_object.etag.bucket}/${aws_s3_object.etag.key}"
  storage_class          = local.later ? "ONEZONE_IA" : null
  server_side_encryption = local.later ? "aws:kms" : null
  kms_key_id             = local.later ? aws_kms_key.objects.arn : null
  metadata_directive     = "REPLACE"
  metadata               = { r = tostring(var.revision) }
  tagging_directive      = "REPLACE"
  tags                   = local.later ? { b = "2" } : { a = "1" }
}
data "aws_s3_object" "part" {
  bucket        = aws_s3_bucket.objects.id
  key           = aws_s3_object.etag.key
  range         = "bytes=0-2"
  checksum_mode = "ENABLED"
}
data "aws_s3_object" "version" {
  bucket     = aws_s3_bucket.objects.id
  key        = aws_s3_object.turned.key
  version_id = aws_s3_object.turned.version_id
}
data "aws_s3_objects" "all" {
  bucket      = aws_s3_bucket.objects.id
  prefix      = "sums/"
  start_after = "sums/CRC32C"
  max_keys    = 2
  fetch_owner = true
  depends_on  = [aws_s3_object.summed]
}
data "aws_s3_objects" "tree" {
  bucket        = aws_s3_bucket.objects.id
  delimiter     = "/"
  encoding_type = "url"
  depends_on    = [aws_s3_object.summed, aws_s3_object.folder, aws_s3_object.etag]
}
output "read" {
  value = {
    part    = data.aws_s3_object.part.content_length
    class   = data.aws_s3_object.version.storage_class
    keys    = data.aws_s3_objects.all.keys
    folders = data.aws_s3_objects.tree.common_prefixes
  }
}
