output "execution_roles" {
  description = "ARNs of the execution roles by name, once their policies are in force."
  value       = { for name, role in module.execution_role : name => role.arn }
}
