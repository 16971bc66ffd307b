output "role" {
  description = "ARN of the replication role, once its policies are in force."
  value       = module.role.arn
}

output "rules" {
  description = "Names of the replication rules that are in force."
  value       = [for rule in aws_s3_bucket_replication_configuration.this.rule : rule.id]
}
