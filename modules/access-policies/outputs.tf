locals {
  access_of_team = { for key, role in local.access : role.team => key... }

  boundary_arn = {
    access    = coalesce(local.brought_boundary[local.central], "${local.iam}${local.central}:policy${local.boundary_path}${local.prefix}-access-boundary")
    execution = { for team, it in var.teams : team => coalesce(local.brought_boundary[it.account], "${local.iam}${it.account}:policy${local.boundary_path}${local.prefix}-${team}-boundary") }
  }

  fill = {
    for key, role in local.roles : key => {
      form = contains(keys(role.policies), "read-online-of-sets") ? "by set" : can(local.spread_roles[key]) ? "spread" : "by name"
      policies = {
        allowed = role.kind == "deploy" ? 6144 : 10240
        used = role.kind == "deploy" ? max(0, [for document in role.policies : length(document)]...) : (
          sum(concat([0], [for document in role.policies : length(document)]))
        )
      }
      trust = { allowed = 2048, used = length(role.trust) }
    }
  }

  # Bytes, as these services count them; names and ARNs are ASCII.
  resource_fill = merge(
    { for key, store in local.stores : store.bucket => { allowed = 20480, used = length(local.offline_bucket_policy[key]) } },
    { for team, name in local.results_bucket : name => { allowed = 20480, used = length(local.results_bucket_policy[team]) } },
    { for name, replica in local.replicas : replica.bucket => { allowed = 20480, used = length(local.replica_bucket_policy[name]) } },
    { for key, store in local.stores : "${store.account}/${store.offline_alias}" => { allowed = 32768, used = length(local.offline_key_policy[key]) } },
    { for key, store in local.stores : "${store.account}/${store.online_alias}" => { allowed = 32768, used = length(local.online_key_policy[key]) } },
    { for policy in local.catalog_policy == null ? [] : [local.catalog_policy] : "${local.central}/catalog" => { allowed = 10240, used = length(policy) } },
  )

  shown_groups = {
    for name, group in local.groups : name => merge(
      { for key, value in group : key => value if !contains(["role_suffix", "store_key"], key) },
      {
        database         = local.stores[group.store_key].database
        name             = name
        offline_alias    = local.stores[group.store_key].offline_alias
        offline_role_arn = "${local.iam}${group.account}:${group.role_suffix}"
        online_alias     = local.stores[group.store_key].online_alias
        tags             = local.group_tags[name]
      }
    )
  }

  roles = merge(
    {
      for key, role in local.access : "${local.central}/${role.name}" => {
        account              = local.central
        arn                  = role.arn
        boundary             = local.boundary_arn.access
        kind                 = role.kind
        max_session_duration = 3600
        name                 = role.name
        path                 = role.path
        policies             = local.access_policies[key]
        principal            = null
        stack                = "central-team"
        team                 = role.team
        trust                = local.access_trust[key]
      }
    },
    {
      for key, role in local.offline_store_roles : "${local.stores[role.store_key].account}/${role.name}" => {
        account              = local.stores[role.store_key].account
        arn                  = "${local.iam}${local.stores[role.store_key].account}:role/${local.prefix}/offline-store/${role.team}/${role.name}"
        boundary             = role.store_key == "central" ? local.boundary_arn.access : local.boundary_arn.execution[role.team]
        kind                 = "offline-store"
        max_session_duration = 3600
        name                 = role.name
        path                 = "/${local.prefix}/offline-store/${role.team}/"
        policies             = local.offline_store_policies[key]
        principal            = null
        stack                = role.stack
        team                 = role.team
        trust                = local.offline_store_trust[key]
      }
    },
    {
      for key, principal in local.own_principals : "${principal.account}/${local.prefix}-${principal.team}-${principal.name}" => {
        account              = principal.account
        arn                  = principal.arn
        boundary             = local.boundary_arn.execution[principal.team]
        kind                 = "execution"
        max_session_duration = 3600
        name                 = "${local.prefix}-${principal.team}-${principal.name}"
        path                 = "/${local.prefix}/execution/${principal.team}/"
        policies             = local.execution_policies[key]
        principal            = principal.name
        stack                = "team"
        team                 = principal.team
        trust                = local.execution_trust[key]
      }
    },
    {
      for account in local.accounts : "${account}/${local.prefix}-deploy" => {
        account              = account
        arn                  = local.deploy_role[account]
        boundary             = null
        kind                 = "deploy"
        max_session_duration = 3600
        name                 = "${local.prefix}-deploy"
        path                 = "/${local.prefix}/deploy/"
        policies             = local.deploy_policies[account]
        principal            = null
        stack                = "landing-zone"
        team                 = null
        trust                = local.deploy_trust
      }
    },
    local.replica_roles,
  )
}

output "documents" {
  description = "Every IAM document of the whole environment or of the slice given, with the names and ARNs they are tied to."
  value = {
    brought_roles = merge(
      {
        for key, principal in local.principals : key => {
          account  = principal.account
          arn      = principal.arn
          policies = local.execution_policies[key]
          team     = principal.team
        } if principal.kind == "role" && principal.role_arn != null
      },
      merge([
        for name, replica in local.replicas : {
          for reader, role in replica.readers : "${name}/${element(split("/", role.arn), length(split("/", role.arn)) - 1)}" => {
            account  = replica.account
            arn      = role.arn
            policies = local.replica_reader_policies[name]
            team     = null
          } if !role.ours
        }
      ]...),
    )
    buckets = merge(
      { for key, store in local.stores : store.bucket => { account = store.account, key_alias = store.offline_alias, kind = "offline", name = store.bucket, policy = local.offline_bucket_policy[key], team = store.team } },
      { for team in local.offline_readers : local.results_bucket[team] => { account = var.teams[team].account, key_alias = null, kind = "results", name = local.results_bucket[team], policy = local.results_bucket_policy[team], team = team } },
      { for name, replica in local.replicas : replica.bucket => { account = replica.account, key_alias = replica.alias, kind = "replica", name = replica.bucket, policy = local.replica_bucket_policy[name], team = null } },
      { for name, replica in local.replicas : replica.results => { account = replica.account, key_alias = null, kind = "results", name = replica.results, policy = local.replica_results_policy[name], team = null } },
      local.central_results ? { (local.central_bucket) = { account = local.central, key_alias = null, kind = "central-results", name = local.central_bucket, policy = local.central_results_policy, team = null } } : {},
    )
    catalogs = {
      for account in local.accounts : account => {
        databases = concat(
          [for store in local.account_stores[account] : store.database],
          [for team in local.account_teams[account] : local.shared_database[team] if can(local.results_bucket[team])],
          [for replica in local.replicas : replica.database if replica.account == account],
        )
        foreign = account == local.central ? var.foreign_catalog_statements : []
        policy  = account == local.central ? local.catalog_policy : null
      }
    }
    # Data catalogs of teams' own Athena that mean the central catalog, with the roles that read through them.
    data_catalogs = {
      for team, it in local.direct : team => {
        account = it.account
        arn     = it.data_catalog
        groups  = it.groups
        name    = local.data_catalog[team]
        readers = it.readers
      }
    }
    endpoints      = local.endpoints
    environment    = local.env
    feature_groups = { for name, group in local.shown_groups : "${group.account}/${name}" => group if !can(local.name_spaces[name]) }
    keys = merge(concat([for name, replica in local.replicas : {
      "${replica.account}/${replica.alias}" = { account = replica.account, alias = replica.alias, policy = local.replica_key_policy[name], purpose = "replica", region = replica.region, team = null }
      }], [
      for key, store in local.stores : {
        "${store.account}/${store.offline_alias}" = { account = store.account, alias = store.offline_alias, policy = local.offline_key_policy[key], purpose = "offline", region = local.region, team = store.team }
        "${store.account}/${store.online_alias}"  = { account = store.account, alias = store.online_alias, policy = local.online_key_policy[key], purpose = "online", region = local.region, team = store.team }
      }
    ])...)
    landing_zone = {
      platform = { account = local.platform_account, arn = local.env.platform_principal, policy = local.platform_policy }
      scps     = { "${local.prefix}-protect-sharing" = local.protect_sharing }
      state    = { account = local.platform_account, bucket = local.state_bucket }
    }
    managed_policies = merge(
      local.env.permissions_boundary != null ? {} : {
        (local.boundary_arn.access) = { account = local.central, arn = local.boundary_arn.access, document = local.access_boundary, name = "${local.prefix}-access-boundary", path = local.boundary_path, team = null }
      },
      {
        for team, it in var.teams : local.boundary_arn.execution[team] => {
          account  = it.account
          arn      = local.boundary_arn.execution[team]
          document = local.execution_boundary[team]
          name     = "${local.prefix}-${team}-boundary"
          path     = local.boundary_path
          team     = team
        } if local.env.permissions_boundary == null
      },
      local.replica_boundaries,
    )
    fill          = local.fill
    resource_fill = local.resource_fill
    # What teams make by themselves: patterns, in the shape of feature groups.
    name_spaces = { for name, group in local.shown_groups : "${group.account}/${name}" => group if can(local.name_spaces[name]) }
    names = {
      catalog_database  = local.stores["central"].database
      offline_bucket    = local.stores["central"].bucket
      offline_key_alias = local.stores["central"].offline_alias
      online_key_alias  = local.stores["central"].online_alias
      results_bucket    = local.central_results ? local.central_bucket : null
      state_bucket      = local.state_bucket
    }
    notebooks    = local.notebooks
    organization = { scps = { "${local.prefix}-protect-sharing" = local.protect_sharing } }
    replicas     = local.replica_outputs
    replication  = local.replication_output
    roles        = local.roles
    stores       = local.stores
    teams = {
      for team, it in var.teams : team => {
        # Of several roles for a verb the first; `spread_readers` says which one each group is read as.
        access_roles = { for verb in keys(local.kind_of_verb) : verb => local.access_of_verb["${team}/${verb}"][0] if can(local.access_of_verb["${team}/${verb}"]) }
        account      = it.account
        execution_roles = {
          for name, principal in it.principals : name => {
            arn     = local.principals["${team}/${name}"].arn
            assumes = local.assumes["${team}/${name}"]
            compute = principal.compute
            kind    = principal.kind
            verbs   = principal.verbs
          }
        }
        own_database    = try(local.stores[team].database, null)
        allow_primary   = can(local.primary_readers[team])
        data_catalog    = can(local.direct[team]) ? local.data_catalog[team] : null
        own_workgroup   = can(local.results_bucket[team]) ? "${local.prefix}-${team}-own" : null
        results_bucket  = try(local.results_bucket[team], null)
        results_prefix  = can(local.results_bucket[team]) ? "" : try(local.results_place[team].prefix, null)
        sharing_path    = local.sharing_path[team]
        spread_readers  = try(local.spread_readers[team], {})
        shared_database = try(local.shared_database[team], null)
        workgroup       = can(local.offline_scopes["central/${team}"]) ? local.workgroup_name[team] : null
      }
    }
    workgroups = merge(
      {
        for key, workgroup in local.workgroups : key => {
          account         = workgroup.account
          arn             = "arn:${local.partition}:athena:${local.region}:${workgroup.account}:workgroup/${split("/", key)[1]}"
          name            = split("/", key)[1]
          output_location = "s3://${local.results_place[workgroup.team].bucket}/${workgroup.stack == "team" ? "own/" : local.results_place[workgroup.team].prefix}athena/"
          owner_account   = local.results_place[workgroup.team].account
          results_bucket  = local.results_place[workgroup.team].bucket
          stack           = workgroup.stack
          team            = workgroup.team
        }
      },
      {
        for name, replica in local.replicas : "${replica.account}/${replica.workgroup}" => {
          account         = replica.account
          arn             = "arn:${local.partition}:athena:${replica.region}:${replica.account}:workgroup/${replica.workgroup}"
          name            = replica.workgroup
          output_location = "s3://${replica.results}/athena/"
          owner_account   = replica.account
          results_bucket  = replica.results
          stack           = "replica"
          team            = null
        }
      },
    )
  }

  # IAM counts inline policies of a role together: 10,240 characters without white space. A deploy role's documents are
  # installed as managed policies, 6,144 characters each. Source: IAM User Guide, "IAM and AWS STS quotas".
  precondition {
    condition     = alltrue([for key, fill in local.fill : fill.policies.used <= fill.policies.allowed])
    error_message = "policies: documents do not fit. Roles: ${join(", ", [for key, fill in local.fill : "${key} (${fill.policies.used} of ${fill.policies.allowed} characters)" if fill.policies.used > fill.policies.allowed])}. Fix: share fewer groups with that team, or split the team."
  }

  # Source: IAM User Guide, "IAM and AWS STS quotas": a role's name has 64 characters. Others are judged by the declaration.
  precondition {
    condition     = alltrue([for key in keys(local.spread_roles) : length(split("/", key)[1]) <= 64])
    error_message = "policies: names of further reader roles have more than 64 characters: ${join(", ", [for key in keys(local.spread_roles) : key if length(split("/", key)[1]) > 64])}. Fix: shorten the team's name, or share fewer groups with it."
  }

  precondition {
    condition     = alltrue([for key in keys(local.spread_roles) : local.roles[key].kind == "reader-offline"])
    error_message = "policies: principals have the names of further reader roles: ${join(", ", [for key in keys(local.spread_roles) : key if local.roles[key].kind != "reader-offline"])}. Fix: rename these principals."
  }

  precondition {
    condition     = alltrue([for role in local.roles : length(role.trust) <= 2048])
    error_message = "policies: a trust policy does not fit 2,048 characters. Roles: ${join(", ", [for key, role in local.roles : key if length(role.trust) > 2048])}. Fix: let fewer principals of the team take that verb."
  }

  # Sources: S3 User Guide, "Bucket policies" (20 KB); KMS Developer Guide, "Resource quotas" (32 KB); Glue Developer Guide,
  # "Resource-based policies" (10 KB).
  precondition {
    condition     = alltrue([for document in local.resource_fill : document.used <= document.allowed])
    error_message = "policies: a policy of a bucket, key or catalog does not fit: ${join(", ", [for key, document in local.resource_fill : "${key} (${document.used} of ${document.allowed} bytes)" if document.used > document.allowed])}. Fix: let fewer teams have a direct_catalog, or grant those fewer groups."
  }

  precondition {
    condition     = length(distinct([for it in local.direct : it.word])) == length(local.direct)
    error_message = "policies: two teams with a direct_catalog would have statements of one name. Fix: rename one of ${join(", ", keys(local.direct))}."
  }

  precondition {
    condition     = length(local.direct) == 0 || local.env.organization_id != null
    error_message = "policies: a direct_catalog asks for an organization, the second lock of what reads without an access role. Fix: name the organization, or leave direct_catalog out."
  }

  precondition {
    condition     = alltrue([for it in local.direct : it.account != local.central])
    error_message = "policies: a team of the central account has the central catalog already. Fix: leave direct_catalog out."
  }

  # Source: SageMaker, AddTags: a tag's value has 256 characters.
  precondition {
    condition     = alltrue(flatten([for name, tags in local.group_tags : [for key, value in tags : length(value) <= 256]]))
    error_message = "policies: a group has more readers than its tags hold. Groups: ${join(", ", [for name, tags in local.group_tags : name if anytrue([for value in values(tags) : length(value) > 256])])}. Fix: share it with fewer teams."
  }

  # Source: AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies": 20,480 characters.
  precondition {
    condition     = alltrue(flatten([for it in local.endpoints : [for one in it.policies : length(one.policy) <= 20480]]))
    error_message = "policies: an endpoint policy does not fit 20,480 characters. Fix: share fewer groups with that team, or split the team."
  }
}

output "fill" {
  description = "How full each role's documents are, characters used and allowed, and its form: by name, by reader set (online), or as one of several that a team's offline grants are spread over."
  value       = local.fill
}
