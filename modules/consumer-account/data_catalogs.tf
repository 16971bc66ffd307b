resource "aws_athena_data_catalog" "this" {
  for_each = var.data_catalogs

  name        = each.key
  description = "The Glue catalog of ${each.value}. Read by the team's own roles: the audit trail there shows no session of an access role."
  parameters  = { "catalog-id" = each.value }
  type        = "GLUE"
}
