module "results_bucket" {
  source = "../bucket"
  count  = var.results == null ? 0 : 1

  force_destroy = var.force_destroy
  name          = var.results.bucket
  policy        = var.results.policy
}

resource "aws_glue_catalog_database" "shared" {
  count = var.results == null ? 0 : 1

  name        = var.results.database
  description = "Shared features that the team has materialised into its own account."
}

module "workgroup" {
  source = "../workgroup"
  count  = var.results == null ? 0 : 1

  force_destroy = var.force_destroy
  workgroup     = var.results.workgroup
}
