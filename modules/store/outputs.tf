output "bucket" {
  description = "Name of the offline bucket, once its policy and encryption are in force."
  value       = module.bucket.name
}

output "databases" {
  description = "Names of the Glue databases."
  value       = sort([for database in aws_glue_catalog_database.this : database.name])
}

output "keys" {
  description = "ARNs of the keys by purpose, once their aliases exist."
  value       = { for purpose, key in aws_kms_key.this : purpose => key.arn }
  depends_on  = [aws_kms_alias.this]
}
