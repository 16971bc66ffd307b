output "name" {
  description = "Name of the bucket, once its policy and encryption are in force."
  value       = aws_s3_bucket_policy.this.bucket
}
