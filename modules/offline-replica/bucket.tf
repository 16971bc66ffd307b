module "bucket" {
  source = "../bucket"

  force_destroy = var.force_destroy
  kms_key_arn   = aws_kms_key.this.arn
  name          = var.replica.bucket.name
  policy        = var.replica.bucket.policy
  with_kms_key  = true
}

resource "aws_kms_key" "this" {
  deletion_window_in_days = var.force_destroy ? 7 : 30
  description             = "Replicas of offline stores (${var.replica.key.alias})."
  enable_key_rotation     = true
  policy                  = var.replica.key.policy
}

# The replication configuration names the key by this alias, so that it can be planned before the key is there.
resource "aws_kms_alias" "this" {
  name          = var.replica.key.alias
  target_key_id = aws_kms_key.this.key_id
}
