output "boundary" {
  description = "ARN of the boundary of the access roles, or null."
  value       = one(aws_iam_policy.boundary[*].arn)
}

output "bucket" {
  description = "Name of the offline bucket, once its policy and encryption are in force."
  value       = module.store.bucket
}

output "results_bucket" {
  description = "Name of the bucket for results once its policy is in force, or null."
  value       = one(module.results_bucket[*].name)
}

output "keys" {
  description = "ARNs of the online and the offline key, once their aliases exist."
  value       = module.store.keys
}
