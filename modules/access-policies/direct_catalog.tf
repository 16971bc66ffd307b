# The central catalog as a data catalog of a team's own Athena (`direct_catalog`): its roles that read offline then read the tables
# and files of the groups that the team is granted without an access role, so that one query joins them with the team's own. Every
# such team adds a statement of its own to the catalog's and the bucket's policy, which are counted against their limits.

locals {
  # Restricted groups stand in their team's own store; were one among the grants all the same, it would stay with the access role.
  direct_groups = {
    for team, it in var.teams : team => [for name in sort(local.central_grants["${team}/read-offline"]) : name if local.groups[name].classification != "restricted"]
    if it.direct_catalog && can(local.central_grants["${team}/read-offline"]) && can(local.takers["${team}/read-offline"])
  }
  direct = {
    for team, groups in local.direct_groups : team => {
      account      = var.teams[team].account
      data_catalog = "arn:${local.partition}:athena:${local.region}:${var.teams[team].account}:datacatalog/${local.data_catalog[team]}"
      groups       = groups
      objects      = [for name in groups : "arn:${local.partition}:s3:::${local.stores["central"].bucket}/${name}/*"]
      prefixes     = [for name in groups : "${name}/*"]
      readers      = sort(local.takers["${team}/read-offline"])
      root         = "${local.iam}${var.teams[team].account}:root"
      tables       = sort(distinct(flatten([for name in groups : local.table_arns[name]])))
      # Team names hold single hyphens between lower-case words.
      word = join("", [for word in split("-", team) : title(word)])
    } if length(groups) > 0
  }
  data_catalog       = { for team in keys(local.direct_groups) : team => "${local.snake}_${replace(team, "-", "_")}_central" }
  direct_readers     = sort(distinct(flatten([for it in local.direct : it.readers])))
  central_bucket_arn = "arn:${local.partition}:s3:::${local.stores["central"].bucket}"

  direct_documents = {
    for team, it in local.direct : team => format(local.templates["identity/direct-catalog"], [for name, hole in {
      account      = local.central
      alias        = local.stores["central"].offline_alias
      bucket       = local.central_bucket_arn
      data_catalog = it.data_catalog
      keys         = local.any_key[local.central]
      objects      = it.objects
      prefixes     = it.prefixes
      s3           = local.s3
      tables       = it.tables
    } : jsonencode(hole) if contains(local.holes["identity/direct-catalog"], name)]...)
  }

  direct_boundaries = {
    for team, it in local.direct : team => format(local.templates["identity/boundary-direct-catalog"], [for name, hole in {
      central      = local.central
      data_catalog = it.data_catalog
    } : jsonencode(hole) if contains(local.holes["identity/boundary-direct-catalog"], name)]...)
  }

  # Sids are unique within a policy, so that of a statement that each team has ends in the team's name.
  direct_catalog_statements = flatten([
    for team, it in local.direct : jsondecode(replace(format(local.templates["resource/direct-catalog"], [for name, hole in {
      organization_id = local.env.organization_id
      readers         = it.readers
      tables          = it.tables
      team_root       = it.root
    } : jsonencode(hole) if contains(local.holes["resource/direct-catalog"], name)]...), "Directly\"", "Directly${it.word}\"")).Statement
  ])
  direct_bucket_statements = flatten([
    for team, it in local.direct : jsondecode(replace(format(local.templates["resource/direct-bucket"], [for name, hole in {
      bucket          = local.central_bucket_arn
      objects         = it.objects
      organization_id = local.env.organization_id
      prefixes        = it.prefixes
      readers         = it.readers
      team_root       = it.root
    } : jsonencode(hole) if contains(local.holes["resource/direct-bucket"], name)]...), "Directly\"", "Directly${it.word}\"")).Statement
  ])
  direct_key_statements = length(local.direct) == 0 ? [] : jsondecode(format(local.templates["resource/direct-key"], [for name, hole in {
    bucket          = local.central_bucket_arn
    organization_id = local.env.organization_id
    readers         = local.direct_readers
    s3              = local.s3
    team_roots      = sort(distinct([for it in local.direct : it.root]))
  } : jsonencode(hole) if contains(local.holes["resource/direct-key"], name)]...)).Statement

  # One document, one owner: what others have put into the policy of the central catalog stands in it as they wrote it.
  catalog_statements = concat([for text in var.foreign_catalog_statements : jsondecode(text)], local.direct_catalog_statements)
  catalog_policy     = length(local.catalog_statements) == 0 ? null : jsonencode({ Version = "2012-10-17", Statement = local.catalog_statements })

  # What the deploy roles need: the central one owns the catalog's policy, a team's registers the catalog.
  direct_deploy_policies = {
    for account in local.accounts : account => merge(
      account == local.central && local.catalog_policy != null ? {
        catalog-policy = format(local.templates["identity/deploy-catalog-policy"], [for name, hole in {
          catalog = "arn:${local.partition}:glue:${local.region}:${account}:catalog"
        } : jsonencode(hole) if contains(local.holes["identity/deploy-catalog-policy"], name)]...)
      } : {},
      anytrue([for it in local.direct : it.account == account]) ? {
        direct-catalog = format(local.templates["identity/deploy-direct-catalog"], [for name, hole in {
          data_catalogs = [for team, it in local.direct : it.data_catalog if it.account == account]
        } : jsonencode(hole) if contains(local.holes["identity/deploy-direct-catalog"], name)]...)
      } : {},
    )
  }
}
