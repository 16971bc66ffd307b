data "aws_caller_identity" "me" {}
resource "aws_glue_catalog_database" "db" { name = "lf_more" }
resource "aws_iam_role" "r" {
  name               = "lf-more"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "glue.amazonaws.com" } }] })
}
resource "aws_lakeformation_lf_tag" "t" {
  for_each = { team = ["a", "b"], env = ["dev", "prod"] }
  key      = each.key
  values   = each.value
}
resource "aws_lakeformation_resource_lf_tag" "one" {
  database { name = aws_glue_catalog_database.db.name }
  lf_tag {
    key   = aws_lakeformation_lf_tag.t["team"].key
    value = var.revision == 1 ? "a" : "b"
  }
}
resource "aws_lakeformation_resource_lf_tag" "two" {
  database { name = aws_glue_catalog_database.db.name }
  lf_tag {
    key   = aws_lakeformation_lf_tag.t["env"].key
    value = "dev"
  }
}
resource "aws_lakeformation_permissions" "cross" {
  principal                     = "222222222222"
  permissions                   = ["DESCRIBE"]
  permissions_with_grant_option = ["DESCRIBE"]
  database { name = aws_glue_catalog_database.db.name }
}
resource "aws_lakeformation_permissions" "all" {
  principal   = aws_iam_role.r.arn
  permissions = ["ALL"]
  database { name = aws_glue_catalog_database.db.name }
}
resource "aws_lakeformation_permissions" "iam" {
  principal   = "IAM_ALLOWED_PRINCIPALS"
  permissions = ["ALL"]
  database { name = aws_glue_catalog_database.db.name }
}
resource "aws_glue_catalog_table" "t" {
  name          = "t"
  database_name = aws_glue_catalog_database.db.name
  storage_descriptor {
    columns {
      name = "a"
      type = "string"
    }
    columns {
      name = "b"
      type = "string"
    }
  }
}
resource "aws_lakeformation_permissions" "select_excluding" {
  principal   = aws_iam_role.r.arn
  permissions = ["SELECT"]
  table_with_columns {
    database_name         = aws_glue_catalog_database.db.name
    name                  = aws_glue_catalog_table.t.name
    wildcard              = true
    excluded_column_names = ["b"]
  }
}
resource "aws_iam_role" "all_cols" {
  name               = "lf-more-all-cols"
  assume_role_policy = aws_iam_role.r.assume_role_policy
}
resource "aws_lakeformation_permissions" "select_all_cols" {
  principal   = aws_iam_role.all_cols.arn
  permissions = ["SELECT"]
  table_with_columns {
    database_name = aws_glue_catalog_database.db.name
    name          = aws_glue_catalog_table.t.name
    wildcard      = true
  }
}
resource "aws_iam_role" "table" {
  name               = "lf-more-table"
  assume_role_policy = aws_iam_role.r.assume_role_policy
}
resource "aws_lakeformation_permissions" "table_select" {
  principal   = aws_iam_role.table.arn
  permissions = ["ALTER", "SELECT", "DESCRIBE"]
  table {
    database_name = aws_glue_catalog_database.db.name
    name          = aws_glue_catalog_table.t.name
  }
}
data "aws_lakeformation_data_lake_settings" "x" { catalog_id = data.aws_caller_identity.me.account_id }
data "aws_lakeformation_permissions" "x" {
  principal = aws_iam_role.r.arn
  database { name = aws_glue_catalog_database.db.name }
  depends_on = [aws_lakeformation_permissions.all]
}
