module "declaration" {
  source = "../../declaration"

  environment = var.environment
}

# The slice of this stack is the environment, and of teams and groups what leaves something here: teams with results in this account,
# and those that read through a data catalog of their own, with the groups that they read. Any other team or grant changes nothing.
module "access_policies" {
  source = "../../../modules/access-policies"

  environment = module.declaration.normal.environment
  feature_groups = {
    for name, group in module.declaration.normal.feature_groups : name => merge(group, {
      shared_with = { for team, verbs in group.shared_with : team => ["read-offline"] if can(local.direct_teams[team]) && contains(verbs, "read-offline") }
      updates     = {}
    }) if group.store == "central" && anytrue([for team, verbs in group.shared_with : can(local.direct_teams[team]) && contains(verbs, "read-offline")])
  }
  foreign_catalog_statements = module.declaration.foreign_catalog_statements
  teams                      = { for name, team in module.declaration.normal.teams : name => team if team.results == "central" || team.direct_catalog }
}

locals {
  direct_teams = { for name, team in module.declaration.normal.teams : name => true if team.direct_catalog }

  account     = local.environment.central_account
  documents   = module.access_policies.documents
  environment = module.declaration.normal.environment
  ephemeral   = local.environment.ephemeral
  store       = local.documents.stores["central"]
}
