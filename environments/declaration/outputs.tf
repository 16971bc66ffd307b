output "digest" {
  description = "SHA-256 of the normal form as JSON; Python computes the same of what it read."
  value       = sha256(jsonencode(local.normal))
}

output "foreign_catalog_statements" {
  description = "Statements of others in the resource policy of the central account's Glue catalog, each as JSON; part of no slice."
  value       = coalesce(local.foreign_statements, [])
}

output "normal" {
  description = "The declaration with every default written out: the whole, or the slice of a team."
  value       = local.normal

  precondition {
    condition     = length(local.problems) == 0
    error_message = local.complaint
  }
}
