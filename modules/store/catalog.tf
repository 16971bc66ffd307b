resource "aws_glue_catalog_database" "this" {
  for_each = var.databases

  name        = each.key
  description = each.value

  # Tables are governed by IAM alone; Lake Formation's default would hand them to IAM_ALLOWED_PRINCIPALS implicitly.
  create_table_default_permission {
    permissions = ["ALL"]

    principal {
      data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS"
    }
  }
}
