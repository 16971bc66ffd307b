# The access roles of the central account: one for each team and verb that is both granted and taken, and further ones
# where offline grants do not fit one role.

locals {
  # By "team/verb", or "team/read-offline/<number>" (offline_spread.tf).
  access = {
    for key, groups in merge({ for key, groups in local.central_grants : key => groups if !can(local.spread[key]) }, local.spread_grants) : key => {
      team   = split("/", key)[0]
      verb   = split("/", key)[1]
      kind   = local.kind_of_verb[split("/", key)[1]]
      groups = sort(groups)
      name   = "${local.prefix}-${split("/", key)[0]}-${local.kind_of_verb[split("/", key)[1]]}${join("", [for number in slice(split("/", key), 2, length(split("/", key))) : "-${number}"])}"
      path   = "/${local.prefix}/${local.kind_of_verb[split("/", key)[1]]}/${split("/", key)[0]}/"
      arn    = "${local.iam}${local.central}:role/${local.prefix}/${local.kind_of_verb[split("/", key)[1]]}/${split("/", key)[0]}/${local.prefix}-${split("/", key)[0]}-${local.kind_of_verb[split("/", key)[1]]}${join("", [for number in slice(split("/", key), 2, length(split("/", key))) : "-${number}"])}"
    } if can(local.takers[join("/", slice(split("/", key), 0, 2))])
  }

  # "team/verb" to the ARNs of its roles.
  access_of_verb = { for key, role in local.access : "${role.team}/${role.verb}" => role.arn... }

  access_trust = {
    for key, role in local.access : key => local.env.organization_id == null ? format(local.templates["trust/access-role-without-organization"], [for name, hole in {
      principals = sort(local.takers["${role.team}/${role.verb}"])
      team_root  = "${local.iam}${var.teams[role.team].account}:root"
      } : jsonencode(hole) if contains(local.holes["trust/access-role-without-organization"], name)]...) : format(local.templates["trust/access-role"], [for name, hole in {
      organization_id = local.env.organization_id
      principals      = sort(local.takers["${role.team}/${role.verb}"])
      team_root       = "${local.iam}${var.teams[role.team].account}:root"
    } : jsonencode(hole) if contains(local.holes["trust/access-role"], name)]...)
  }

  access_policies = {
    for key, role in local.access : key => merge(
      # manage: one document for each group, since the conditions tie a name to its own location.
      role.verb == "manage" ? {
        for name in role.groups : (can(local.name_spaces[name]) ? "name-space" : "manage-${name}") => local.manage_documents[name]
        } : role.verb == "update" ? {
        # update: likewise, since the conditions name features of one group.
        for name in role.groups : "update-${name}" => local.update_documents["${role.team}/${name}"]
        } : role.verb == "read-offline" ? merge(
        {
          describe-groups = can(local.spread["${role.team}/read-offline"]) ? local.spread_documents[key].describe : local.describe_documents["central/${role.team}"]
          read-offline    = can(local.spread["${role.team}/read-offline"]) ? local.spread_documents[key].read : local.read_offline_documents["central/${role.team}"]
          results         = local.results_documents["central/${role.team}"]
        },
        can(local.primary_readers[role.team]) ? { read-offline-primary = local.primary_documents.reader } : {},
        ) : role.verb == "read-online" ? local.read_online_documents[key] : role.verb == "discover" ? {
        discover = format(local.templates["identity/discover"], [for name, hole in { groups = [for name in role.groups : local.groups[name].arn] } : jsonencode(hole) if contains(local.holes["identity/discover"], name)]...)
        } : {
        (role.verb) = format(local.templates["identity/${role.verb}"], [for name, hole in { groups = [for name in role.groups : local.groups[name].arn] } : jsonencode(hole) if contains(local.holes["identity/${role.verb}"], name)]...)
      },
      # In-memory and offline-only groups have no customer key: a role that reaches only those gets none.
      contains(["write", "delete", "read-online", "update"], role.verb) && anytrue([for name in role.groups : local.groups[name].with_key]) ? {
        online-key = local.online_key_documents["central"]
      } : {},
    )
  }

  update_documents = merge([
    for key, role in local.access : {
      for group in role.groups : "${role.team}/${group}" => format(local.templates["identity/update"], [for name, hole in {
        features = sort(local.groups[group].updates[role.team])
        group    = local.groups[group].arn
      } : jsonencode(hole) if contains(local.holes["identity/update"], name)]...)
    } if role.verb == "update"
  ]...)

  manage_documents = {
    for name in distinct(flatten([for key, names in local.central_grants : names if endswith(key, "/manage")])) : name => format(local.templates["identity/manage"], [for name, hole in {
      classifications    = local.groups[name].classification == null ? ["confidential", "internal", "public"] : [local.groups[name].classification]
      group              = local.groups[name].arn
      keys               = local.any_key[local.groups[name].account]
      offline_alias      = local.stores[local.groups[name].store_key].offline_alias
      offline_store_role = "${local.iam}${local.groups[name].account}:${local.groups[name].role_suffix}"
      online_alias       = local.stores[local.groups[name].store_key].online_alias
      s3_uri             = local.groups[name].s3_uri
      sagemaker          = local.sagemaker
      table              = local.table_arns[name]
      # The tags that Terraform gives the others, and none that says who reads.
      tags = sort(distinct(concat(["classification", "contact", "feature-share", "owner", "stack"], keys(local.env.tags))))
      team = local.groups[name].owner
    } : jsonencode(hole) if contains(local.holes["identity/manage"], name)]...)
  }

  table_arns = {
    for name, group in local.groups : name => [
      "arn:${local.partition}:glue:${local.region}:${group.account}:catalog",
      "arn:${local.partition}:glue:${local.region}:${group.account}:database/${local.stores[group.store_key].database}",
      "arn:${local.partition}:glue:${local.region}:${group.account}:table/${local.stores[group.store_key].database}/${group.table}",
    ]
  }

  online_key_documents = {
    for store_key, store in local.stores : store_key => format(local.templates["identity/online-key"], [for name, hole in {
      alias     = store.online_alias
      keys      = "arn:${local.partition}:kms:${local.region}:${store.account}:key/*"
      sagemaker = local.sagemaker
    } : jsonencode(hole) if contains(local.holes["identity/online-key"], name)]...)
  }
}
