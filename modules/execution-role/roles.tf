module "role" {
  source = "../iam-role"
  count  = var.existing_role == null ? 1 : 0

  role = var.role
}

# A role that is brought keeps its owner's policies; ours stand beside them under names of their own.
resource "aws_iam_role_policy" "existing" {
  for_each = { for name, document in var.role.policies : name => document if var.existing_role != null }

  name   = "${var.role.name}-${each.key}"
  role   = var.existing_role
  policy = each.value
}
