# Objects as code: scripts, an encrypted archive, copies of them, a listing read back, and an inline template.
resource "aws_kms_key" "artefacts" {
  description             = "artefacts"
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "artefacts" {
  name_prefix   = "alias/artefacts-"
  target_key_id = aws_kms_key.artefacts.key_id
}

resource "aws_s3_bucket" "artefacts" {
  bucket_prefix = "artefacts-"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "artefacts" {
  bucket = aws_s3_bucket.artefacts.id
  versioning_configuration {
    status = var.revision == 1 ? "Enabled" : "Suspended"
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "artefacts" {
  bucket = aws_s3_bucket.artefacts.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_alias.artefacts.arn
    }
    bucket_key_enabled = true
  }
}

locals {
  scripts = {
    "build.py"   = "print('build ${var.revision}')\n"
    "schema.sql" = "CREATE TABLE t${var.revision} (id string);\n"
    "conf.json"  = jsonencode({ revision = var.revision, features = ["a", "b"] })
  }
}

resource "aws_s3_object" "script" {
  for_each      = local.scripts
  bucket        = aws_s3_bucket.artefacts.id
  key           = "scripts/${each.key}"
  content       = each.value
  content_type  = endswith(each.key, ".json") ? "application/json" : "text/plain"
  cache_control = "max-age=60"
  metadata      = { revision = var.revision }
  storage_class = "STANDARD_IA"
  tags          = { kind = "script" }
  depends_on    = [aws_s3_bucket_versioning.artefacts, aws_s3_bucket_server_side_encryption_configuration.artefacts]
}

resource "aws_s3_object" "model" {
  bucket                 = aws_s3_bucket.artefacts.id
  key                    = "models/model-r${var.revision}.tar.gz"
  content_base64         = base64gzip("model ${var.revision}")
  server_side_encryption = "aws:kms"
  kms_key_id             = aws_kms_key.artefacts.arn
  bucket_key_enabled     = true
  checksum_algorithm     = "SHA256"
}

resource "aws_s3_object" "folder" {
  bucket = aws_s3_bucket.artefacts.id
  key    = "empty/"
}

resource "aws_s3_object_copy" "model" {
  bucket             = aws_s3_bucket.artefacts.id
  key                = "released/model.tar.gz"
  source             = "${aws_s3_object.model.bucket}/${aws_s3_object.model.key}"
  metadata_directive = "REPLACE"
  metadata           = { released = "r${var.revision}" }
  content_type       = "application/gzip"
  tagging_directive  = "REPLACE"
  tags               = { stage = "released" }
}

resource "aws_s3_object_copy" "script" {
  bucket = aws_s3_bucket.artefacts.id
  key    = "released/build.py"
  source = "${aws_s3_bucket.artefacts.id}/${aws_s3_object.script["build.py"].key}"
  # without it the copy has the tags of its source, which this does not say
  tagging_directive = "REPLACE"
  lifecycle {
    replace_triggered_by = [aws_s3_object.script["build.py"].content]
  }
}

data "aws_s3_objects" "scripts" {
  bucket     = aws_s3_bucket.artefacts.id
  prefix     = "scripts/"
  depends_on = [aws_s3_object.script]
}

data "aws_s3_object" "conf" {
  bucket = aws_s3_object.script["conf.json"].bucket
  key    = aws_s3_object.script["conf.json"].key
}

resource "aws_ssm_parameter" "release" {
  name  = "/artefacts/release"
  type  = "StringList"
  value = join(",", data.aws_s3_objects.scripts.keys)
}

output "conf" { value = jsondecode(data.aws_s3_object.conf.body) }
output "model" { value = aws_s3_object_copy.model.etag }
