module "declaration" {
  source = "../../declaration"

  environment = var.environment
}

# The slice of this stack is the replicas and the groups they copy.
module "access_policies" {
  source = "../../../modules/access-policies"

  environment    = module.declaration.normal.environment
  feature_groups = { for name, group in module.declaration.normal.feature_groups : name => group if contains(local.copied, name) }
  replicas       = module.declaration.normal.replicas
  teams          = {}
}

locals {
  account     = local.environment.central_account
  copied      = distinct(flatten([for replica in module.declaration.normal.replicas : replica.feature_groups]))
  documents   = module.access_policies.documents
  environment = module.declaration.normal.environment
}
