output "arn" {
  description = "ARN of the role we made, once its policies are in force; null for a role that was brought."
  value       = one(module.role[*].arn)
}
