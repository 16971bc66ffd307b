output "names" {
  description = "Names of the parameters."
  value       = sort(keys(aws_ssm_parameter.part))
}
