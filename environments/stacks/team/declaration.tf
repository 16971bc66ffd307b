module "declaration" {
  source = "../../declaration"

  environment = var.environment
  team        = var.team
}

module "access_policies" {
  source = "../../../modules/access-policies"

  environment    = module.declaration.normal.environment
  feature_groups = module.declaration.normal.feature_groups
  teams          = module.declaration.normal.teams
}

locals {
  environment = module.declaration.normal.environment
  documents   = module.access_policies.documents
  ephemeral   = local.environment.ephemeral
  team        = local.documents.teams[var.team]
}
