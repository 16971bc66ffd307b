# Reading the offline store with Athena, in the central account and in a team's own. Results of the first lie under
# `shared/` of the team's results bucket, or, where the team says `results: central`, under its prefix of the central
# account's one; results of the second under `own/`, where no role of the central account reads.

locals {
  # The teams that read offline, shared or own. Those that keep their results have a bucket and a workgroup of their own.
  all_offline_readers = toset([
    for key in concat(keys(local.central_grants), keys(local.own_grants)) : split("/", key)[0]
    if endswith(key, "/read-offline") && can(local.takers[key])
  ])
  offline_readers = toset([for team in local.all_offline_readers : team if var.teams[team].results == "team"])

  # One bucket for the results of every team that leaves them here; its policy does not grow with them.
  central_results = anytrue([for team in var.teams : team.results == "central"])
  central_bucket  = "${local.prefix}-results-${local.central}-${local.region}"
  # The account id comes first; the team after it keeps apart two teams of one account.
  results_place = {
    for team in local.all_offline_readers : team => var.teams[team].results == "central" ? {
      account = local.central
      bucket  = local.central_bucket
      prefix  = "${var.teams[team].account}/${team}/"
      } : {
      account = var.teams[team].account
      bucket  = local.results_bucket[team]
      prefix  = "shared/"
    }
  }

  results_bucket = { for team in local.offline_readers : team => "${local.prefix}-${team}-results-${var.teams[team].account}-${local.region}" }
  # Tables that a team materialises from shared features; apart from its own features, so that nothing here may drop those.
  shared_database = { for team in local.offline_readers : team => "${local.snake}_${replace(team, "-", "_")}_shared" }

  # "central/team" and "own/team": where a team's offline reading happens and what it covers.
  offline_scopes = merge(
    { for team in local.all_offline_readers : "central/${team}" => { team = team, store_key = "central", groups = sort(local.central_grants["${team}/read-offline"]) } if can(local.central_grants["${team}/read-offline"]) },
    { for team in local.all_offline_readers : "own/${team}" => { team = team, store_key = team, groups = sort(local.own_grants["${team}/read-offline"]) } if can(local.own_grants["${team}/read-offline"]) },
  )

  workgroup_name = { for team in local.all_offline_readers : team => "${local.prefix}-${team}" }
  workgroups = merge(
    {
      for key, scope in local.offline_scopes : "${local.central}/${local.workgroup_name[scope.team]}" => {
        account = local.central
        team    = scope.team
        stack   = "central-team"
      } if scope.store_key == "central"
    },
    {
      for team in local.offline_readers : "${var.teams[team].account}/${local.prefix}-${team}-own" => {
        account = var.teams[team].account
        team    = team
        stack   = "team"
      }
    },
  )

  # `primary` is the workgroup of a query that names none: each account has one, and the teams that may use it share it.
  primary         = "arn:${local.partition}:athena:${local.region}:${local.central}:workgroup/primary"
  primary_readers = { for key, scope in local.offline_scopes : scope.team => true if scope.store_key == "central" && var.teams[scope.team].athena.allow_primary }
  primary_documents = {
    deploy = format(local.templates["identity/deploy-primary"], [for name, hole in { primary = local.primary } : jsonencode(hole) if contains(local.holes["identity/deploy-primary"], name)]...)
    reader = format(local.templates["identity/read-offline-primary"], [for name, hole in { primary = local.primary } : jsonencode(hole) if contains(local.holes["identity/read-offline-primary"], name)]...)
  }

  read_offline_documents = {
    for key, scope in local.offline_scopes : key => format(local.templates["identity/read-offline"], [for name, hole in {
      account          = local.stores[scope.store_key].account
      alias            = local.stores[scope.store_key].offline_alias
      bucket           = "arn:${local.partition}:s3:::${local.stores[scope.store_key].bucket}"
      default_database = local.default_database[local.stores[scope.store_key].account]
      keys             = local.any_key[local.stores[scope.store_key].account]
      objects          = [for name in scope.groups : "arn:${local.partition}:s3:::${local.stores[scope.store_key].bucket}/${name}/*"]
      prefixes         = [for name in scope.groups : "${name}/*"]
      s3               = local.s3
      tables           = sort(distinct(flatten([for name in scope.groups : local.table_arns[name]])))
      workgroup        = "arn:${local.partition}:athena:${local.region}:${local.stores[scope.store_key].account}:workgroup/${local.prefix}-${scope.team}${scope.store_key == "central" ? "" : "-own"}"
    } : jsonencode(hole) if contains(local.holes["identity/read-offline"], name)]...)
  }

  # Where a group's table lies is what the SageMaker SDK asks before each query.
  describe_documents = {
    for key, scope in local.offline_scopes : key => format(local.templates["identity/describe-groups"], [for name, hole in {
      groups = [for name in scope.groups : local.groups[name].arn]
    } : jsonencode(hole) if contains(local.holes["identity/describe-groups"], name)]...)
  }

  results_documents = merge({
    for key, scope in local.offline_scopes : key => format(local.templates["identity/results-folder"], [for name, hole in {
      account = local.results_place[scope.team].account
      bucket  = "arn:${local.partition}:s3:::${local.results_place[scope.team].bucket}"
      objects = "arn:${local.partition}:s3:::${local.results_place[scope.team].bucket}/${local.results_place[scope.team].prefix}*"
      prefix  = "${local.results_place[scope.team].prefix}*"
    } : jsonencode(hole) if contains(local.holes["identity/results-folder"], name)]...) if scope.store_key == "central"
    }, {
    for key in concat([for key, scope in local.offline_scopes : key if scope.store_key != "central"], [for team in local.offline_readers : "combine/${team}"]) : key => format(local.templates["identity/results"], [for name, hole in {
      account = var.teams[split("/", key)[1]].account
      bucket  = "arn:${local.partition}:s3:::${local.results_bucket[split("/", key)[1]]}"
      objects = "arn:${local.partition}:s3:::${local.results_bucket[split("/", key)[1]]}/*"
    } : jsonencode(hole) if contains(local.holes["identity/results"], name)]...) if can(local.results_bucket[split("/", key)[1]])
  })

  combine_documents = {
    for team in local.offline_readers : team => format(local.templates["identity/combine"], [for name, hole in {
      default_database = [
        "arn:${local.partition}:glue:${local.region}:${var.teams[team].account}:catalog",
        "arn:${local.partition}:glue:${local.region}:${var.teams[team].account}:database/default",
      ]
      tables = [
        "arn:${local.partition}:glue:${local.region}:${var.teams[team].account}:catalog",
        "arn:${local.partition}:glue:${local.region}:${var.teams[team].account}:database/${local.shared_database[team]}",
        "arn:${local.partition}:glue:${local.region}:${var.teams[team].account}:table/${local.shared_database[team]}/*",
      ]
      workgroup = "arn:${local.partition}:athena:${local.region}:${var.teams[team].account}:workgroup/${local.prefix}-${team}-own"
    } : jsonencode(hole) if contains(local.holes["identity/combine"], name)]...)
  }
}
