# The service roles that SageMaker uses to write offline stores: one for each owner and store, reaching only that owner's
# prefixes.

locals {
  offline_groups = { for name, group in local.groups : group.owner => name... if group.store == "central" && group.offline_store.enabled && (can(local.name_spaces[name]) || !can(regex("--", name))) }
  own_offline    = { for name, group in local.groups : group.owner => name... if group.store == "team" && group.offline_store.enabled }

  # A feature group names a role even when it has no offline store, so every owner has one.
  central_owners = distinct([for group in local.groups : group.owner if group.store == "central" && can(local.is_team[group.owner])])

  offline_store_roles = merge(
    { for team in local.central_owners : "central/${team}" => { name = "${local.prefix}-${team}-offline-store", team = team, store_key = "central", groups = sort(try(local.offline_groups[team], [])), stack = "central-team" } },
    { for team in local.owners_of_own_store : "own/${team}" => { name = "${local.prefix}-${team}-${can(local.own_in_central[team]) ? "own-" : ""}offline-store", team = team, store_key = team, groups = sort(try(local.own_offline[team], [])), stack = "team" } },
  )

  offline_store_policies = {
    for key, role in local.offline_store_roles : key => merge(length(role.groups) == 0 ? {} : {
      offline-store = format(local.templates["identity/offline-store"], [for name, hole in {
        account = local.stores[role.store_key].account
        alias   = local.stores[role.store_key].offline_alias
        bucket  = "arn:${local.partition}:s3:::${local.stores[role.store_key].bucket}"
        keys    = "arn:${local.partition}:kms:${local.region}:${local.stores[role.store_key].account}:key/*"
        objects = [for name in role.groups : "arn:${local.partition}:s3:::${local.stores[role.store_key].bucket}/${name}/*"]
      } : jsonencode(hole) if contains(local.holes["identity/offline-store"], name)]...)
      }, length(local.iceberg_groups[key]) == 0 ? {} : {
      offline-store-iceberg = format(local.templates["identity/offline-store-iceberg"], [for name, hole in {
        account  = local.stores[role.store_key].account
        alias    = local.stores[role.store_key].offline_alias
        keys     = "arn:${local.partition}:kms:${local.region}:${local.stores[role.store_key].account}:key/*"
        metadata = [for group in local.iceberg_groups[key] : "arn:${local.partition}:s3:::${local.stores[role.store_key].bucket}/${group}/*/metadata/*"]
        s3       = local.s3
        tables   = sort(distinct(flatten([for group in local.iceberg_groups[key] : local.table_arns[group]])))
      } : jsonencode(hole) if contains(local.holes["identity/offline-store-iceberg"], name)]...)
    })
  }

  # Whoever writes an Iceberg table reads its metadata and commits to the catalog.
  iceberg_groups = {
    for key, role in local.offline_store_roles : key => [for name in role.groups : name if try(local.groups[name].offline_store.format, "glue") == "iceberg"]
  }

  offline_store_trust = {
    for key, role in local.offline_store_roles : key => var.probes.source_account_on_service_trust ? format(local.templates["trust/service"], [for name, hole in {
      account = local.stores[role.store_key].account
      service = "sagemaker.amazonaws.com"
      } : jsonencode(hole) if contains(local.holes["trust/service"], name)]...) : format(local.templates["trust/service-without-source"], [for name, hole in {
      service = "sagemaker.amazonaws.com"
    } : jsonencode(hole) if contains(local.holes["trust/service-without-source"], name)]...)
  }
}
