locals {
  account = local.environment.central_account
  store   = local.documents.stores["central"]
}

module "central_team" {
  source = "../../../modules/central-team"

  force_destroy = local.ephemeral
  key_aliases   = { offline = local.store.offline_alias, online = local.store.online_alias }
  roles         = { for key, role in local.roles : role.name => role if role.stack == "central-team" && role.team == var.team }
  workgroup     = one([for key, workgroup in local.documents.workgroups : workgroup if workgroup.stack == "central-team"])

  feature_groups = {
    for key, group in local.documents.feature_groups : group.name => group
    if group.store == "central" && group.owner == var.team && group.created_by == "terraform"
  }
}
