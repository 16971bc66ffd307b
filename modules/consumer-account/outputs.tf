output "execution_roles" {
  description = "ARNs of the execution roles by name, once their policies are in force."
  value       = { for name, role in module.execution_role : name => role.arn }
}

output "feature_groups" {
  description = "ARNs of the team's own feature groups by name."
  value       = module.feature_groups.arns
}

output "results_bucket" {
  description = "Name of the results bucket once its policy is in force, or null."
  value       = one(module.results_bucket[*].name)
}
