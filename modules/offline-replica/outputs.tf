output "bucket" {
  description = "Name of the replica bucket, once its policy and encryption are in force and its key has its alias."
  value       = module.bucket.name
  depends_on  = [aws_kms_alias.this]
}

output "readers" {
  description = "ARNs of the reading roles we made by name, once their policies are in force."
  value       = { for name, role in module.reader : name => role.arn if role.arn != null }
}

output "tables" {
  description = "Tables by feature group, as database.table."
  value       = { for name, table in aws_glue_catalog_table.this : name => "${table.database_name}.${table.name}" }
}
