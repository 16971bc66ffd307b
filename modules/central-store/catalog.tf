resource "aws_glue_resource_policy" "this" {
  count = var.catalog_policy == null ? 0 : 1

  policy = var.catalog_policy
}
