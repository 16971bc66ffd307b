module "execution_role" {
  source   = "../execution-role"
  for_each = var.roles

  existing_role = each.value.existing_role
  role          = each.value
}
