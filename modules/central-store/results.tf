module "results_bucket" {
  source = "../bucket"
  count  = var.results == null ? 0 : 1

  force_destroy = var.force_destroy
  name          = var.results.name
  policy        = var.results.policy
}
