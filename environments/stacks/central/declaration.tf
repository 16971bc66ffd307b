module "declaration" {
  source = "../../declaration"

  environment = var.environment
}

# The slice of this stack is the environment alone: a new team or grant changes nothing here.
module "access_policies" {
  source = "../../../modules/access-policies"

  environment    = module.declaration.normal.environment
  feature_groups = {}
  teams          = {}
}

locals {
  account     = local.environment.central_account
  documents   = module.access_policies.documents
  environment = module.declaration.normal.environment
  ephemeral   = local.environment.ephemeral
  store       = local.documents.stores["central"]
}
