module "role" {
  source   = "../iam-role"
  for_each = var.roles

  role = each.value
}
