module "declaration" {
  source = "../../declaration"

  environment = var.environment
  team        = var.team
}

module "access_policies" {
  source = "../../../modules/access-policies"

  foreign_catalog_statements = var.team == null ? module.declaration.foreign_catalog_statements : []

  environment    = module.declaration.normal.environment
  feature_groups = module.declaration.normal.feature_groups
  replicas       = module.declaration.normal.replicas
  teams          = module.declaration.normal.teams
}
