module "reader" {
  source   = "../execution-role"
  for_each = var.readers

  existing_role = each.value.existing_role
  role          = each.value
}

module "results_bucket" {
  source = "../bucket"

  force_destroy = var.force_destroy
  name          = var.results.bucket
  policy        = var.results.policy
}

module "workgroup" {
  source = "../workgroup"

  force_destroy = var.force_destroy
  workgroup     = var.results.workgroup
}
