output "name" {
  description = "Name of the workgroup."
  value       = aws_athena_workgroup.this.name
}
