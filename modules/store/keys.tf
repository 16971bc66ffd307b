resource "aws_kms_key" "this" {
  for_each = var.keys

  deletion_window_in_days = var.key_deletion_window
  description             = "Feature Store, ${each.key} store (${each.value.alias})."
  enable_key_rotation     = true
  policy                  = each.value.policy
}

resource "aws_kms_alias" "this" {
  for_each = var.keys

  name          = each.value.alias
  target_key_id = aws_kms_key.this[each.key].key_id
}
