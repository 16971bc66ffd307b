locals {
  account = local.team.account

  # Roles that are brought are not here: the deploy role has no right on what others made. Their owners attach what
  # `featureshare render` lists under `brought_roles`.
  execution_roles = {
    for key, role in local.roles : role.principal => merge(role, { existing_role = null }) if role.kind == "execution" && role.team == var.team
  }
  reading_roles = {
    for name, role in local.execution_roles : name => role
    if length(setintersection(local.team.execution_roles[name].verbs, ["read-offline", "read-online"])) > 0
  }

  store = try(local.documents.stores[var.team], null)
}

resource "aws_iam_policy" "boundary" {
  for_each = { for arn, policy in local.documents.managed_policies : policy.name => policy if policy.team == var.team }

  name        = each.value.name
  path        = each.value.path
  description = "The most that an execution role of the team may ever hold for feature sharing."
  policy      = each.value.document
}

module "producer_account" {
  source = "../../../modules/producer-account"

  roles = { for name, role in local.execution_roles : name => role if !contains(keys(local.reading_roles), name) }

  depends_on = [aws_iam_policy.boundary]
}

module "consumer_account" {
  source = "../../../modules/consumer-account"

  data_catalogs      = { for team, it in local.documents.data_catalogs : it.name => local.environment.central_account if team == var.team }
  force_destroy      = local.ephemeral
  offline_store_role = one([for key, role in local.roles : role if role.kind == "offline-store" && role.stack == "team"])
  roles              = local.reading_roles

  feature_groups = {
    for key, group in local.documents.feature_groups : group.name => group
    if group.store == "team" && group.owner == var.team && group.created_by == "terraform"
  }

  results = local.team.results_bucket == null ? null : {
    bucket    = local.team.results_bucket
    database  = local.team.shared_database
    policy    = local.documents.buckets[local.team.results_bucket].policy
    workgroup = local.documents.workgroups["${local.account}/${local.team.own_workgroup}"]
  }

  store = local.store == null ? null : {
    bucket   = local.documents.buckets[local.store.bucket]
    database = local.store.database
    keys = {
      offline = local.documents.keys["${local.account}/${local.store.offline_alias}"]
      online  = local.documents.keys["${local.account}/${local.store.online_alias}"]
    }
  }

  depends_on = [aws_iam_policy.boundary]
}

module "notebook" {
  source   = "../../../modules/notebook"
  for_each = { for team, notebook in local.documents.notebooks : team => notebook if team == var.team }

  notebook = each.value

  # The role is passed by name: it must be there, with its policies.
  depends_on = [module.consumer_account, module.producer_account]
}

module "vpc_endpoints" {
  source   = "../../../modules/vpc-endpoints"
  for_each = { for team, endpoints in local.documents.endpoints : team => endpoints if team == var.team }

  endpoints = each.value
}
