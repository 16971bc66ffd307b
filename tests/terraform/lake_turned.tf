# Lake Formation whose settings, tags, places, filters and grants change, over tables of features.
data "aws_caller_identity" "me" {}
data "aws_iam_session_context" "me" {
  arn = data.aws_caller_identity.me.arn
}
locals {
  later = var.revision > 1
}
resource "aws_iam_role" "lake" {
  for_each           = toset(["reader", "writer", "place"])
  name               = "lake-turned-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lakeformation.amazonaws.com", "glue.amazonaws.com"] } }] })
}
resource "aws_s3_bucket" "lake" {
  bucket        = "lake-turned"
  force_destroy = true
}
resource "aws_lakeformation_data_lake_settings" "here" {
  admins                                = [data.aws_iam_session_context.me.issuer_arn]
  read_only_admins                      = local.later ? [aws_iam_role.lake["reader"].arn] : []
  trusted_resource_owners               = local.later ? [] : [data.aws_caller_identity.me.account_id]
  allow_external_data_filtering         = !local.later
  allow_full_table_external_data_access = local.later
  external_data_filtering_allow_list    = local.later ? [] : [data.aws_caller_identity.me.account_id]
  authorized_session_tag_value_list     = local.later ? [] : ["features"]
  parameters                            = { CROSS_ACCOUNT_VERSION = local.later ? "4" : "3" }
  create_database_default_permissions {
    permissions = ["ALL"]
    principal   = "IAM_ALLOWED_PRINCIPALS"
  }
  create_table_default_permissions {
    permissions = local.later ? ["SELECT", "DESCRIBE"] : ["ALL"]
    principal   = "IAM_ALLOWED_PRINCIPALS"
  }
}
resource "aws_lakeformation_resource" "place" {
  arn                   = aws_s3_bucket.lake.arn
  role_arn              = aws_iam_role.lake[local.later ? "writer" : "place"].arn
  hybrid_access_enabled = local.later
}
resource "aws_lakeformation_resource" "federated" {
  arn             = "${aws_s3_bucket.lake.arn}/federated"
  role_arn        = aws_iam_role.lake["place"].arn
  with_federation = true
}
resource "aws_glue_catalog_database" "lake" {
  name = "lake_turned"
}
resource "aws_glue_catalog_table" "lake" {
  count         = 2
  name          = "t${count.index}"
  database_name = aws_glue_catalog_database.lake.name
  table_type    = "EXTERNAL_TABLE"
  storage_descriptor {
    location = "s3://${aws_s3_bucket.lake.bucket}/t${count.index}/"
    dynamic "columns" {
      for_each = ["event", "at", "value"]
      content {
        name = columns.value
        type = "string"
      }
    }
  }
}
resource "aws_lakeformation_lf_tag" "stage" {
  key    = "lake-turned-stage"
  values = local.later ? ["test", "live", "old"] : ["test", "draft", "live"]
}
resource "aws_lakeformation_lf_tag" "team" {
  key    = "lake-turned-team"
  values = [for n in range(60) : "team-${n}"]
}
resource "aws_lakeformation_resource_lf_tag" "column" {
  lf_tag {
    key   = aws_lakeformation_lf_tag.stage.key
    value = local.later ? "live" : "test"
  }
  table_with_columns {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_glue_catalog_table.lake[0].name
    column_names  = ["event", "at"]
  }
}
resource "aws_lakeformation_resource_lf_tags" "table" {
  lf_tag {
    key   = aws_lakeformation_lf_tag.team.key
    value = "team-${var.revision}"
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.stage.key
    value = "live"
  }
  table {
    database_name = aws_glue_catalog_database.lake.name
    name          = aws_glue_catalog_table.lake[1].name
  }
}
resource "aws_lakeformation_data_cells_filter" "rows" {
  table_data {
    database_name    = aws_glue_catalog_database.lake.name
    name             = "rows"
    table_catalog_id = data.aws_caller_identity.me.account_id
    table_name       = aws_glue_catalog_table.lake[0].name
    column_names     = local.later ? ["event"] : ["event", "value"]
    row_filter {
      filter_expression = local.later ? "event = 'later'" : "event = 'first'"
    }
  }
}
resource "aws_lakeformation_data_cells_filter" "all_rows" {
  table_data {
    database_name    = aws_glue_catalog_database.lake.name
    name             = "all-rows"
    table_catalog_id = data.aws_caller_identity.me.account_id
    table_name       = aws_glue_catalog_table.lake[1].name
    column_wildcard {
      excluded_column_names = ["value"]
    }
    row_filter {
      all_rows_wildcard {}
    }
  }
}
resource "aws_lakeformation_permissions" "filtered" {
  principal   = aws_iam_role.lake["reader"].arn
  permissions = local.later ? ["DESCRIBE", "SELECT"] : ["SELECT"]
  data_cells_filter {
    database_name    = aws_glue_catalog_database.lake.name
    table_name       = aws_glue_catalog_table.lake[0].name
    table_catalog_id = data.aws_caller_identity.me.account_id
    name             = aws_lakeformation_data_cells_filter.rows.table_data[0].name
  }
}
resource "aws_lakeformation_permissions" "database" {
  principal                     = aws_iam_role.lake["writer"].arn
  permissions                   = local.later ? ["ALTER", "CREATE_TABLE"] : ["ALTER", "CREATE_TABLE", "DROP"]
  permissions_with_grant_option = local.later ? [] : ["CREATE_TABLE"]
  database {
    name       = aws_glue_catalog_database.lake.name
    catalog_id = data.aws_caller_identity.me.account_id
  }
}
resource "aws_lakeformation_permissions" "columns" {
  principal   = aws_iam_role.lake["writer"].arn
  permissions = ["SELECT"]
  table_with_columns {
    database_name         = aws_glue_catalog_database.lake.name
    name                  = aws_glue_catalog_table.lake[0].name
    wildcard              = local.later
    column_names          = local.later ? null : ["event"]
    excluded_column_names = local.later ? ["value"] : null
  }
}
resource "aws_lakeformation_permissions" "place" {
  principal                     = aws_iam_role.lake["writer"].arn
  permissions                   = ["DATA_LOCATION_ACCESS"]
  permissions_with_grant_option = ["DATA_LOCATION_ACCESS"]
  data_location {
    arn        = aws_lakeformation_resource.place.arn
    catalog_id = data.aws_caller_identity.me.account_id
  }
}
resource "aws_lakeformation_permissions" "tag" {
  principal   = aws_iam_role.lake["reader"].arn
  permissions = local.later ? ["ASSOCIATE", "DESCRIBE"] : ["DESCRIBE"]
  lf_tag {
    key    = aws_lakeformation_lf_tag.stage.key
    values = ["live"]
  }
}
resource "aws_lakeformation_permissions" "catalog" {
  principal        = aws_iam_role.lake["writer"].arn
  permissions      = local.later ? ["CREATE_DATABASE", "CREATE_LF_TAG"] : ["CREATE_DATABASE"]
  catalog_resource = true
}
data "aws_lakeformation_resource" "place" {
  arn = aws_lakeformation_resource.place.arn
}
data "aws_lakeformation_permissions" "database" {
  principal = aws_iam_role.lake["writer"].arn
  database {
    name = aws_glue_catalog_database.lake.name
  }
  depends_on = [aws_lakeformation_permissions.database]
}
output "read" {
  value = [data.aws_lakeformation_resource.place.role_arn, sort(data.aws_lakeformation_permissions.database.permissions)]
}
