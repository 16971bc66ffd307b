# Every name and ARN of the product is built here and nowhere else, so that every policy is known at plan.

locals {
  env       = var.environment
  prefix    = local.env.prefix
  central   = local.env.central_account
  region    = local.env.region
  partition = local.env.partition
  snake     = replace(local.prefix, "-", "_")

  iam       = "arn:${local.partition}:iam::"
  sagemaker = "sagemaker.${local.region}.amazonaws.com"
  s3        = "s3.${local.region}.amazonaws.com"

  # One access role for each verb: the trust of a role then names exactly the principals that declared the verb.
  kind_of_verb = {
    delete       = "deleter"
    discover     = "discoverer"
    manage       = "manager"
    read-offline = "reader-offline"
    read-online  = "reader-online"
    update       = "updater"
    write        = "writer"
  }

  platform_account = split(":", local.env.platform_principal)[4]
  state_bucket     = "${local.prefix}-state-${local.platform_account}-${local.region}"

  # An index, since a function that is given a large object in a loop costs the whole object at each turn.
  is_team = { for team, it in var.teams : team => true }

  # A store is the central one or a team's own: the same shape, the same templates, other names.
  owners_of_own_store = toset([for name, group in var.feature_groups : group.owner if group.store == "team" && can(local.is_team[group.owner])])
  stores = merge(
    {
      central = {
        account       = local.central
        bucket        = "${local.prefix}-offline-${local.central}-${local.region}"
        database      = "${local.snake}_features"
        offline_alias = "alias/${local.prefix}-offline"
        online_alias  = "alias/${local.prefix}-online"
        team          = null
      }
    },
    {
      for team in local.owners_of_own_store : team => {
        account       = var.teams[team].account
        bucket        = "${local.prefix}-${team}-offline-${var.teams[team].account}-${local.region}"
        database      = "${local.snake}_${replace(team, "-", "_")}_features"
        offline_alias = "alias/${local.prefix}-${team}-offline"
        online_alias  = "alias/${local.prefix}-${team}-online"
        team          = team
      }
    }
  )

  # A team of the central account may write both stores: names of roles are unique in an account whatever their path.
  own_in_central = { for team in local.owners_of_own_store : team => true if var.teams[team].account == local.central }

  # What a team makes in its name space has names that nobody knows yet: one pattern stands for all of them.
  name_spaces = {
    for team, it in var.teams : "${team}--*" => {
      account        = local.central
      arn            = "arn:${local.partition}:sagemaker:${local.region}:${local.central}:feature-group/${team}--*"
      classification = null
      contact        = it.contact
      created_by     = "name-space"
      offline_store  = { enabled = true, format = "glue" }
      online_store   = { enabled = true, storage = "standard", ttl = null }
      owner          = team
      role_suffix    = "role/${local.prefix}/offline-store/${team}/${local.prefix}-${team}-offline-store"
      s3_uri         = "s3://${local.stores["central"].bucket}/${team}--*"
      shared_with    = {}
      store          = "central"
      store_key      = "central"
      table          = "${replace(team, "-", "_")}__*"
      with_key       = true
    } if it.namespace
  }

  groups = merge(local.name_spaces, {
    for name, group in var.feature_groups : name => merge(group, {
      arn         = "arn:${local.partition}:sagemaker:${local.region}:${local.stores[group.store == "central" ? "central" : group.owner].account}:feature-group/${name}"
      store_key   = group.store == "central" ? "central" : group.owner
      table       = replace(name, "-", "_")
      account     = local.stores[group.store == "central" ? "central" : group.owner].account
      s3_uri      = "s3://${local.stores[group.store == "central" ? "central" : group.owner].bucket}/${name}"
      with_key    = group.online_store.enabled && group.online_store.storage != "in-memory"
      role_suffix = "role/${local.prefix}/offline-store/${group.owner}/${local.prefix}-${group.owner}-${group.store == "team" && can(local.own_in_central[group.owner]) ? "own-" : ""}offline-store"
    })
    # A slice holds the groups a team is granted; another team's own store is never among them.
    if can(local.stores[group.store == "central" ? "central" : group.owner])
  })

  default_database = {
    for account in distinct([for store in local.stores : store.account]) : account => [
      "arn:${local.partition}:glue:${local.region}:${account}:catalog",
      "arn:${local.partition}:glue:${local.region}:${account}:database/default",
    ]
  }
  # Accounts of teams and replicas, the latter wherever they lie.
  replica_accounts = toset([for replica in var.replicas : replica.account])
  any_key          = { for account in toset(concat([local.central], [for team in var.teams : team.account], tolist(local.replica_accounts))) : account => "arn:${local.partition}:kms:${local.region}:${account}:key/*" }

  deploy_role = { for account in keys(local.any_key) : account => "${local.iam}${account}:role/${local.prefix}/deploy/${local.prefix}-deploy" }
  # Where a team stack publishes, in the team's own account, what its code needs to know; the ARN of a parameter has no
  # second slash before the name.
  sharing_path = { for team, it in var.teams : team => "/${local.prefix}/${team}/sharing" }
  sharing_arn  = { for team, it in var.teams : team => "arn:${local.partition}:ssm:${local.region}:${it.account}:parameter${local.sharing_path[team]}" }

  boundary_path = "/${local.prefix}/boundary/"
  # A boundary that the platform brings is a policy of that name in every account.
  brought_boundary = { for account in keys(local.any_key) : account => try("${local.iam}${account}:policy/${local.env.permissions_boundary}", null) }
}
