# Lake Formation by tags: settings read, tag policies for teams, tags on databases and columns, hybrid opt-in.
data "aws_caller_identity" "me" {}
data "aws_lakeformation_data_lake_settings" "now" {}

resource "aws_iam_role" "team" {
  for_each           = toset(["fraud", "growth"])
  name               = "lake-tag-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.me.account_id } }] })
}
resource "aws_lakeformation_lf_tag" "domain" {
  key    = "lake-domain"
  values = var.revision == 1 ? ["fraud", "growth"] : ["fraud", "growth", "risk"]
}
resource "aws_lakeformation_lf_tag" "pii" {
  key    = "lake-pii"
  values = ["yes", "no"]
}
resource "aws_glue_catalog_database" "team" {
  for_each = aws_iam_role.team
  name     = "lake_tag_${each.key}"
}
resource "aws_glue_catalog_table" "features" {
  for_each      = aws_glue_catalog_database.team
  name          = "features"
  database_name = each.value.name
  table_type    = "EXTERNAL_TABLE"
  storage_descriptor {
    location      = "s3://lake-tag/${each.key}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }
    columns {
      name = "id"
      type = "string"
    }
    columns {
      name = "email"
      type = "string"
    }
  }
}
resource "aws_lakeformation_resource_lf_tags" "database" {
  for_each = aws_glue_catalog_database.team
  database {
    name = each.value.name
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.domain.key
    value = each.key
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.pii.key
    value = "no"
  }
}
resource "aws_lakeformation_resource_lf_tags" "columns" {
  for_each = aws_glue_catalog_table.features
  table_with_columns {
    database_name = each.value.database_name
    name          = each.value.name
    column_names  = ["email"]
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.pii.key
    value = "yes"
  }
  depends_on = [aws_lakeformation_resource_lf_tags.database]
}
resource "aws_lakeformation_permissions" "tables" {
  for_each    = aws_iam_role.team
  principal   = each.value.arn
  permissions = var.revision == 1 ? ["SELECT"] : ["DESCRIBE", "SELECT"]
  lf_tag_policy {
    resource_type = "TABLE"
    expression {
      key    = aws_lakeformation_lf_tag.domain.key
      values = [each.key]
    }
    expression {
      key    = aws_lakeformation_lf_tag.pii.key
      values = ["no"]
    }
  }
}
resource "aws_lakeformation_permissions" "tag" {
  principal   = aws_iam_role.team["fraud"].arn
  permissions = ["DESCRIBE", "ASSOCIATE"]
  lf_tag {
    key    = aws_lakeformation_lf_tag.domain.key
    values = ["fraud"]
  }
}
resource "aws_lakeformation_opt_in" "fraud" {
  principal {
    data_lake_principal_identifier = aws_iam_role.team["fraud"].arn
  }
  resource_data {
    database {
      name       = aws_glue_catalog_database.team["fraud"].name
      catalog_id = data.aws_caller_identity.me.account_id
    }
  }
}
output "admins" { value = data.aws_lakeformation_data_lake_settings.now.admins }
