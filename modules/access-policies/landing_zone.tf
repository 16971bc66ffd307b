# What the landing zone must hold before the first apply: the deploy role of each account, the platform principal's
# rights, and the organization's guard. `localaws up` plays it; on AWS the platform team installs these documents.

locals {
  accounts = keys(local.any_key)
  account_stores = {
    for account in local.accounts : account => { for key, store in local.stores : key => store if store.account == account }
  }
  # What stands in an account decides what its deploy role may do there: a team that begins to read, or to keep a store of
  # its own, changes the landing zone's documents (docs/decisions/0014).
  has_store     = { for store in local.stores : store.account => true... }
  has_results   = { for team in local.offline_readers : var.teams[team].account => true... }
  has_team      = { for team in var.teams : team.account => true... }
  account_teams = merge({ for account in local.accounts : account => [] }, { for team, it in var.teams : it.account => team... })

  # A replica has a bucket and a key in its own Region.
  replica_places  = { for name, replica in local.replicas : replica.account => replica.region... }
  storage_regions = { for account in local.accounts : account => distinct(concat(can(local.has_store[account]) || can(local.has_results[account]) ? [local.region] : [], try(local.replica_places[account], []))) }
  # What code needs to know is published where it runs: of a team in the environment's Region, of a replica in its own.
  sharing_regions = { for account in local.accounts : account => distinct(concat(can(local.has_team[account]) ? [local.region] : [], try(local.replica_places[account], []))) }
  key_regions     = { for account in local.accounts : account => distinct(concat(can(local.has_store[account]) ? [local.region] : [], try(local.replica_places[account], []))) }

  deploy_policies = {
    for account in local.accounts : account => merge(
      {
        roles = format(local.templates["identity/deploy-roles"], [for name, hole in {
          # Never the platform's own: whoever may change a boundary is not bound by it.
          boundaries = ["${local.iam}${account}:policy${local.boundary_path}*"]
          boundary   = [coalesce(local.brought_boundary[account], "${local.iam}${account}:policy${local.boundary_path}*")]
          # Never deploy: the deploy role may not change itself.
          roles = [
            for kind in sort(concat(
              can(local.has_team[account]) ? ["execution"] : [],
              can(local.has_store[account]) ? ["offline-store"] : [],
              account == local.central ? values(local.kind_of_verb) : [],
              account == local.central && local.env.replicated ? ["replication"] : [],
              contains(local.replica_accounts, account) ? ["replica-reader"] : [],
            )) : "${local.iam}${account}:role/${local.prefix}/${kind}/*"
          ]
        } : jsonencode(hole) if contains(local.holes["identity/deploy-roles"], name)]...)
      },
      {
        for region in local.storage_regions[account] : region == local.region ? "storage" : "storage-${region}" => format(local.templates["identity/deploy-storage"], [for name, hole in {
          account = account
          buckets = "arn:${local.partition}:s3:::${local.prefix}-*-${account}-${region}"
          # DeleteDatabase asks for the database's tables and functions too.
          catalog = flatten([
            "arn:${local.partition}:glue:${region}:${account}:catalog",
            [for name in concat(account == local.central ? ["default"] : [], ["${local.snake}_*"]) : [
              "arn:${local.partition}:glue:${region}:${account}:database/${name}",
              "arn:${local.partition}:glue:${region}:${account}:table/${name}/*",
              "arn:${local.partition}:glue:${region}:${account}:userDefinedFunction/${name}/*",
            ]],
          ])
          objects    = "arn:${local.partition}:s3:::${local.prefix}-*-${account}-${region}/*"
          workgroups = "arn:${local.partition}:athena:${region}:${account}:workgroup/${local.prefix}-*"
        } : jsonencode(hole) if contains(local.holes["identity/deploy-storage"], name)]...)
      },
      {
        for region in local.sharing_regions[account] : region == local.region ? "parameters" : "parameters-${region}" => format(local.templates["identity/deploy-parameters"], [for name, hole in {
          sharing = "arn:${local.partition}:ssm:${region}:${account}:parameter/${local.prefix}/*/sharing/*"
        } : jsonencode(hole) if contains(local.holes["identity/deploy-parameters"], name)]...)
      },
      {
        for region in local.key_regions[account] : region == local.region ? "keys" : "keys-${region}" => format(local.templates["identity/deploy-keys"], [for name, hole in {
          aliases     = "arn:${local.partition}:kms:${region}:${account}:alias/${local.prefix}-*"
          environment = local.env.name
          keys        = "arn:${local.partition}:kms:${region}:${account}:key/*"
        } : jsonencode(hole) if contains(local.holes["identity/deploy-keys"], name)]...)
      },
      can(local.has_store[account]) ? {
        feature-groups = format(local.templates["identity/deploy-feature-groups"], [for name, hole in {
          groups              = "arn:${local.partition}:sagemaker:${local.region}:${account}:feature-group/*"
          keys                = local.any_key[account]
          offline_alias       = [for store in local.account_stores[account] : store.offline_alias]
          offline_store_roles = "${local.iam}${account}:role/${local.prefix}/offline-store/*"
          online_alias        = [for store in local.account_stores[account] : store.online_alias]
          sagemaker           = local.sagemaker
          tables = flatten([
            "arn:${local.partition}:glue:${local.region}:${account}:catalog",
            [for store in local.account_stores[account] : [
              "arn:${local.partition}:glue:${local.region}:${account}:database/${store.database}",
              "arn:${local.partition}:glue:${local.region}:${account}:table/${store.database}/*",
            ]],
          ])
        } : jsonencode(hole) if contains(local.holes["identity/deploy-feature-groups"], name)]...)
      } : {},
      account == local.central && length(local.primary_readers) > 0 ? { primary = local.primary_documents.deploy } : {},
      local.replica_deploy_policies[account],
      local.direct_deploy_policies[account],
      { for it in try(local.notebook_deploy_policies[account], []) : "notebook-${it.team}" => it.document },
      { for it in try(local.endpoint_deploy_policies[account], []) : "endpoints-${it.team}" => it.document },
    )
  }

  deploy_trust = format(local.templates["trust/deploy"], [for name, hole in {
    platform_principal = local.env.platform_principal
    platform_root      = "${local.iam}${local.platform_account}:root"
  } : jsonencode(hole) if contains(local.holes["trust/deploy"], name)]...)

  platform_policy = format(local.templates["identity/platform"], [for name, hole in {
    account       = local.platform_account
    deploy_roles  = [for account in local.accounts : local.deploy_role[account]]
    state_bucket  = "arn:${local.partition}:s3:::${local.state_bucket}"
    state_objects = "arn:${local.partition}:s3:::${local.state_bucket}/${local.env.name}/*"
  } : jsonencode(hole) if contains(local.holes["identity/platform"], name)]...)
}
