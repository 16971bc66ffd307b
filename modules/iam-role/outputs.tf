output "arn" {
  description = "ARN of the role, once its policies are in force."
  value       = aws_iam_role.this.arn
  depends_on = [
    aws_iam_role_policies_exclusive.this,
    aws_iam_role_policy.this,
    aws_iam_role_policy_attachments_exclusive.this,
  ]
}
