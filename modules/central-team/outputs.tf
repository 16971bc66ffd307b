output "feature_groups" {
  description = "ARNs of the team's feature groups by name."
  value       = module.feature_groups.arns
}

output "roles" {
  description = "ARNs of the roles by name, once their policies are in force."
  value       = { for name, role in module.role : name => role.arn }
}

output "workgroup" {
  description = "Name of the workgroup, or null."
  value       = one(module.workgroup[*].name)
}
