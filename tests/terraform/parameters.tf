resource "aws_ssm_parameter" "plain" {
  name        = "/others/groups"
  type        = "String"
  value       = jsonencode({ revision = var.revision })
  description = "groups"
}
resource "aws_ssm_parameter" "secret" {
  name  = "/others/token"
  type  = "SecureString"
  value = "token-${var.revision}"
}
resource "aws_ssm_parameter" "list" {
  name  = "/others/names"
  type  = "StringList"
  value = "a,b,${var.revision}"
}
data "aws_ssm_parameter" "plain" {
  name       = "/others/groups"
  depends_on = [aws_ssm_parameter.plain]
}
output "value" {
  value     = data.aws_ssm_parameter.plain.insecure_value
  sensitive = true
}
