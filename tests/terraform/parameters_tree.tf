# Parameters in a tree, with keys, tiers and validation; documents.
resource "aws_kms_key" "ssm" {}
resource "aws_ssm_parameter" "tree" {
  for_each  = { host = "db.local", port = tostring(5432 + var.revision), name = "features" }
  name      = "/others-ssm/db/${each.key}"
  type      = "String"
  value     = each.value
  overwrite = true
  tags      = { part = each.key }
}
resource "aws_ssm_parameter" "secret" {
  name        = "/others-ssm/secret"
  description = "r${var.revision}"
  type        = "SecureString"
  value       = "s3cret"
  key_id      = aws_kms_key.ssm.arn
  tier        = "Advanced"
}
resource "aws_ssm_parameter" "validated" {
  name            = "/others-ssm/number"
  type            = "String"
  value           = tostring(var.revision)
  allowed_pattern = "^\\d+$"
  data_type       = "text"
}
resource "aws_ssm_parameter" "ignored" {
  name  = "/others-ssm/ignored"
  type  = "String"
  value = "r${var.revision}"
  lifecycle { ignore_changes = [value] }
}
resource "aws_ssm_document" "shell" {
  name            = "others-ssm-shell"
  document_type   = "Command"
  document_format = "YAML"
  content         = yamlencode({ schemaVersion = "2.2", description = "r${var.revision}", parameters = {}, mainSteps = [{ action = "aws:runShellScript", name = "x", inputs = { runCommand = ["ifconfig"] } }] })
}
data "aws_ssm_parameters_by_path" "db" {
  path       = "/others-ssm/db"
  recursive  = true
  depends_on = [aws_ssm_parameter.tree]
}
data "aws_ssm_parameter" "secret" { name = aws_ssm_parameter.secret.name }
data "aws_ssm_document" "shell" {
  name            = aws_ssm_document.shell.name
  document_format = "JSON"
}
output "names" { value = nonsensitive(data.aws_ssm_parameters_by_path.db.names) }
