module "bucket" {
  source = "../bucket"

  force_destroy = var.force_destroy
  kms_key_arn   = aws_kms_key.this["offline"].arn
  name          = var.bucket.name
  policy        = var.bucket.policy
  with_kms_key  = true
}
