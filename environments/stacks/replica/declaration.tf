module "declaration" {
  source = "../../declaration"

  environment = var.environment
  replica     = var.replica
}

module "access_policies" {
  source = "../../../modules/access-policies"

  environment    = module.declaration.normal.environment
  feature_groups = module.declaration.normal.feature_groups
  replicas       = module.declaration.normal.replicas
  teams          = module.declaration.normal.teams
}

locals {
  account     = local.replica.account
  documents   = module.access_policies.documents
  environment = module.declaration.normal.environment
  ephemeral   = local.environment.ephemeral
  replica     = local.documents.replicas[var.replica]
}
