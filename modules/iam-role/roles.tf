resource "aws_iam_role" "this" {
  name                 = var.role.name
  path                 = var.role.path
  assume_role_policy   = var.role.trust
  max_session_duration = var.role.max_session_duration
  permissions_boundary = var.role.boundary
}

resource "aws_iam_role_policy" "this" {
  for_each = var.role.policies

  name   = each.key
  role   = aws_iam_role.this.name
  policy = each.value
}

# One writer for grants: whatever else is attached is drift, shown by plan and removed by apply.
resource "aws_iam_role_policies_exclusive" "this" {
  role_name    = aws_iam_role.this.name
  policy_names = keys(var.role.policies)

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role_policy_attachments_exclusive" "this" {
  role_name   = aws_iam_role.this.name
  policy_arns = []
}
