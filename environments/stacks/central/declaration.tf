module "declaration" {
  source = "../../declaration"

  environment = var.environment
}

# The slice of this stack is the environment, and of the teams those that leave something here: any other team, and any
# grant, changes nothing.
module "access_policies" {
  source = "../../../modules/access-policies"

  environment    = module.declaration.normal.environment
  feature_groups = {}
  teams          = { for name, team in module.declaration.normal.teams : name => team if team.results == "central" }
}

locals {
  account     = local.environment.central_account
  documents   = module.access_policies.documents
  environment = module.declaration.normal.environment
  ephemeral   = local.environment.ephemeral
  store       = local.documents.stores["central"]
}
