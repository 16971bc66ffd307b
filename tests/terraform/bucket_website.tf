# A public website, its redirecting twin, and objects of several kinds.
resource "aws_s3_bucket" "site" {
  bucket        = "s3-website-site"
  force_destroy = true
}
resource "aws_s3_bucket_website_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  index_document { suffix = "index.html" }
  error_document { key = "error${var.revision}.html" }
  routing_rule {
    condition { key_prefix_equals = "docs/" }
    redirect { replace_key_prefix_with = "documents/" }
  }
}
resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}
resource "aws_s3_bucket_policy" "site" {
  bucket     = aws_s3_bucket.site.id
  depends_on = [aws_s3_bucket_public_access_block.site]
  policy     = data.aws_iam_policy_document.public.json
}
data "aws_iam_policy_document" "public" {
  statement {
    sid       = "PublicRead"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket_cors_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  cors_rule {
    id              = "put"
    allowed_headers = ["*"]
    allowed_methods = ["PUT", "POST"]
    allowed_origins = ["https://s3-website-test.hashicorp.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}
resource "aws_s3_object" "index" {
  bucket        = aws_s3_bucket.site.id
  key           = "index.html"
  content       = "<h1>revision ${var.revision}</h1>"
  content_type  = "text/html"
  cache_control = "max-age=60"
  etag          = md5("<h1>revision ${var.revision}</h1>")
  metadata      = { revision = tostring(var.revision) }
}
resource "aws_s3_object" "folder" {
  bucket = aws_s3_bucket.site.id
  key    = "documents/"
}
resource "aws_s3_object" "binary" {
  bucket         = aws_s3_bucket.site.id
  key            = "data/blob.bin"
  content_base64 = base64encode("revision ${var.revision}")
  storage_class  = "STANDARD_IA"
  source_hash    = tostring(var.revision)
}
resource "aws_s3_object_copy" "copy" {
  bucket = aws_s3_bucket.site.id
  key    = "data/copy.html"
  source = "${aws_s3_bucket.site.id}/${aws_s3_object.index.key}"
}
data "aws_s3_object" "index" {
  bucket = aws_s3_bucket.site.id
  key    = aws_s3_object.index.key
}
data "aws_s3_objects" "all" {
  bucket     = aws_s3_bucket.site.id
  prefix     = "data/"
  depends_on = [aws_s3_object.binary, aws_s3_object_copy.copy]
}
data "aws_s3_bucket_policy" "site" {
  bucket     = aws_s3_bucket.site.id
  depends_on = [aws_s3_bucket_policy.site]
}
resource "aws_s3_bucket" "www" {
  bucket        = "s3-website-www"
  force_destroy = true
}
resource "aws_s3_bucket_website_configuration" "www" {
  bucket = aws_s3_bucket.www.id
  redirect_all_requests_to {
    host_name = aws_s3_bucket_website_configuration.site.website_endpoint
    protocol  = "https"
  }
}
output "found" { value = [data.aws_s3_object.index.content_type, data.aws_s3_objects.all.keys, data.aws_s3_bucket_policy.site.policy] }
