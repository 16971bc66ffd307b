output "declaration" {
  description = "The slice of the declaration that this stack was planned from; the runner compares it with what it read itself."
  value       = module.declaration.normal
}

output "documents" {
  description = "The IAM documents of this stack and the names they are tied to."
  value       = local.documents
}

output "identity" {
  description = "Whose state this is."
  value       = terraform_data.identity.output
}
