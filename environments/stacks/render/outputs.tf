output "declaration" {
  description = "The declaration, whole or sliced, in its normal form."
  value       = module.declaration.normal
}

output "documents" {
  description = "Every IAM document of the environment with the names and ARNs it is tied to."
  value       = module.access_policies.documents
}

output "fill" {
  description = "How full each document is: characters used and allowed."
  value       = module.access_policies.fill
}
