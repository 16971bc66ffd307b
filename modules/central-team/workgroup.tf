module "workgroup" {
  source = "../workgroup"
  count  = var.workgroup == null ? 0 : 1

  force_destroy = var.force_destroy
  workgroup     = var.workgroup
}
