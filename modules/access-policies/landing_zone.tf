# What the landing zone must hold before the first apply: the deploy role of each account, the platform principal's
# rights, and the organization's guard. `localaws up` plays it; on AWS the platform team installs these documents.

locals {
  accounts = keys(local.any_key)
  account_stores = {
    for account in local.accounts : account => { for key, store in local.stores : key => store if store.account == account }
  }
  account_teams = merge({ for account in local.accounts : account => [] }, { for team, it in var.teams : it.account => team... })

  deploy_policies = {
    for account in local.accounts : account => merge(
      {
        roles = jsonencode(jsondecode(templatefile("${local.policies}/identity/deploy-roles.json.tftpl", {
          boundary            = compact([local.env.permissions_boundary, "${local.iam}${account}:policy${local.boundary_path}*"])
          offline_store_roles = "${local.iam}${account}:role/${local.prefix}/offline-store/*"
          # Every kind but deploy: the deploy role may not change itself.
          roles = [
            for kind in sort(concat(["execution", "offline-store"], account == local.central ? values(local.kind_of_verb) : [])) :
            "${local.iam}${account}:role/${local.prefix}/${kind}/*"
          ]
        })))
        storage = jsonencode(jsondecode(templatefile("${local.policies}/identity/deploy-storage.json.tftpl", {
          account = account
          aliases = "arn:${local.partition}:kms:${local.region}:${account}:alias/${local.prefix}-*"
          buckets = "arn:${local.partition}:s3:::${local.prefix}-*-${account}-${local.region}"
          # DeleteDatabase asks for the database's tables and functions too.
          catalog = flatten([
            "arn:${local.partition}:glue:${local.region}:${account}:catalog",
            [for name in concat(account == local.central ? ["default"] : [], ["${local.snake}_*"]) : [
              "arn:${local.partition}:glue:${local.region}:${account}:database/${name}",
              "arn:${local.partition}:glue:${local.region}:${account}:table/${name}/*",
              "arn:${local.partition}:glue:${local.region}:${account}:userDefinedFunction/${name}/*",
            ]],
          ])
          environment = local.env.name
          keys        = local.any_key[account]
          objects     = "arn:${local.partition}:s3:::${local.prefix}-*-${account}-${local.region}/*"
          workgroups  = "arn:${local.partition}:athena:${local.region}:${account}:workgroup/${local.prefix}-*"
        })))
      },
      length(local.account_stores[account]) == 0 ? {} : {
        feature-groups = jsonencode(jsondecode(templatefile("${local.policies}/identity/deploy-feature-groups.json.tftpl", {
          groups        = "arn:${local.partition}:sagemaker:${local.region}:${account}:feature-group/*"
          keys          = local.any_key[account]
          offline_alias = [for store in local.account_stores[account] : store.offline_alias]
          online_alias  = [for store in local.account_stores[account] : store.online_alias]
          sagemaker     = local.sagemaker
          tables = flatten([
            "arn:${local.partition}:glue:${local.region}:${account}:catalog",
            [for store in local.account_stores[account] : [
              "arn:${local.partition}:glue:${local.region}:${account}:database/${store.database}",
              "arn:${local.partition}:glue:${local.region}:${account}:table/${store.database}/*",
            ]],
          ])
        })))
      },
    )
  }

  deploy_trust = jsonencode(jsondecode(templatefile("${local.policies}/trust/deploy.json.tftpl", {
    platform_principal = local.env.platform_principal
    platform_root      = "${local.iam}${local.platform_account}:root"
  })))

  platform_policy = jsonencode(jsondecode(templatefile("${local.policies}/identity/platform.json.tftpl", {
    account       = local.platform_account
    deploy_roles  = [for account in local.accounts : local.deploy_role[account]]
    state_bucket  = "arn:${local.partition}:s3:::${local.state_bucket}"
    state_objects = "arn:${local.partition}:s3:::${local.state_bucket}/${local.env.name}/*"
  })))
}
