output "arns" {
  description = "ARNs of the feature groups by name."
  value       = { for name, group in aws_sagemaker_feature_group.this : name => group.arn }
}
