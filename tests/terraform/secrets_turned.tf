# Secrets copied to other Regions, parameters of every tier and kind, tables that change; all read back.
data "aws_caller_identity" "me" {}
locals {
  later = var.revision > 1
}
resource "aws_kms_key" "secrets" {
  deletion_window_in_days = 7
}
resource "aws_secretsmanager_secret" "turned" {
  name                           = "secrets-turned"
  description                    = local.later ? null : "Described"
  kms_key_id                     = local.later ? aws_kms_key.secrets.arn : null
  recovery_window_in_days        = 0
  force_overwrite_replica_secret = true
  dynamic "replica" {
    for_each = local.later ? ["eu-central-1", "us-east-1"] : ["eu-central-1"]
    content {
      region = replica.value
    }
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_secretsmanager_secret_version" "turned" {
  secret_id      = aws_secretsmanager_secret.turned.id
  secret_string  = local.later ? null : "text"
  secret_binary  = local.later ? base64encode("bytes") : null
  version_stages = local.later ? ["AWSCURRENT", "two"] : ["AWSCURRENT", "one"]
}
data "aws_secretsmanager_secret_version" "turned" {
  secret_id     = aws_secretsmanager_secret_version.turned.secret_id
  version_stage = "AWSCURRENT"
}
data "aws_secretsmanager_secrets" "all" {
  filter {
    name   = "name"
    values = ["secrets-turned"]
  }
  depends_on = [aws_secretsmanager_secret.turned]
}
data "aws_secretsmanager_secret_versions" "all" {
  secret_id  = aws_secretsmanager_secret.turned.id
  depends_on = [aws_secretsmanager_secret_version.turned]
}
resource "aws_ssm_parameter" "turned" {
  name            = "/secrets-turned/value"
  description     = local.later ? null : "Described"
  type            = local.later ? "String" : "SecureString"
  value           = local.later ? "open" : "not-a-secret"
  key_id          = local.later ? null : aws_kms_key.secrets.arn
  tier            = local.later ? "Advanced" : "Standard"
  allowed_pattern = local.later ? "^[a-z]+$" : null
  tags            = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_ssm_parameter" "list" {
  name  = "secrets-turned-list"
  type  = "StringList"
  value = local.later ? "a,b,c" : "a,b"
}
data "aws_ssm_parameter" "turned" {
  name            = aws_ssm_parameter.turned.name
  with_decryption = true
}
data "aws_ssm_parameters_by_path" "all" {
  path       = "/secrets-turned"
  depends_on = [aws_ssm_parameter.turned]
}
resource "aws_dynamodb_table" "turned" {
  name                        = "secrets-turned"
  billing_mode                = local.later ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity               = local.later ? null : 2
  write_capacity              = local.later ? null : 2
  hash_key                    = "id"
  range_key                   = "at"
  table_class                 = local.later ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD"
  deletion_protection_enabled = false
  stream_enabled              = local.later
  stream_view_type            = local.later ? "NEW_IMAGE" : null
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  dynamic "attribute" {
    for_each = local.later ? ["zone"] : ["zone", "kind"]
    content {
      name = attribute.value
      type = "S"
    }
  }
  dynamic "global_secondary_index" {
    for_each = local.later ? ["zone"] : ["zone", "kind"]
    content {
      name            = "by-${global_secondary_index.value}"
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
      read_capacity   = local.later ? null : 1
      write_capacity  = local.later ? null : 1
    }
  }
  ttl {
    attribute_name = local.later ? "" : "expires"
    enabled        = !local.later
  }
  point_in_time_recovery {
    enabled = local.later
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = local.later ? aws_kms_key.secrets.arn : null
  }
  tags = local.later ? { b = "2" } : { a = "1" }
}
resource "aws_dynamodb_tag" "own" {
  resource_arn = aws_dynamodb_table.other.arn
  key          = "own"
  value        = "r${var.revision}"
}
resource "aws_dynamodb_table" "other" {
  name         = "secrets-turned-other"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "B"
  }
  lifecycle {
    ignore_changes = [tags]
  }
}
data "aws_dynamodb_table" "turned" {
  name = aws_dynamodb_table.turned.name
}
data "aws_dynamodb_tables" "all" {
  depends_on = [aws_dynamodb_table.turned]
}
output "read" {
  value     = [data.aws_secretsmanager_secret_version.turned.version_stages, length(data.aws_secretsmanager_secrets.all.arns), length(data.aws_secretsmanager_secret_versions.all.versions), data.aws_ssm_parameter.turned.value, data.aws_ssm_parameters_by_path.all.names, data.aws_dynamodb_table.turned.billing_mode, contains(data.aws_dynamodb_tables.all.names, "secrets-turned")]
  sensitive = true
}
