# Bucket and key policies of each store, and the boundary of the access roles. They hold path patterns of constant size
# instead of lists, so a new team or grant changes none of them.

locals {
  # Who uses a store: access roles of their kind in the central account; in a team's own, exactly the principals that
  # take the verb. Where nobody does, the offline store role stands in: a condition must not be empty, and that role
  # holds no right to what is conditioned here.
  store_users = {
    for key, store in local.stores : key => key == "central" ? {
      creators = [local.deploy_role[store.account], "${local.iam}${store.account}:role/${local.prefix}/manager/*"]
      online   = [for kind in ["deleter", "reader-online", "updater", "writer"] : "${local.iam}${store.account}:role/${local.prefix}/${kind}/*"]
      readers  = ["${local.iam}${store.account}:role/${local.prefix}/reader-offline/*"]
      writers  = ["${local.iam}${store.account}:role/${local.prefix}/offline-store/*"]
      } : {
      creators = [local.deploy_role[store.account]]
      online   = sort(distinct(flatten([for verb in ["delete", "read-online", "write"] : try(local.takers["${key}/${verb}"], []) if can(local.own_with_key["${key}/${verb}"])])))
      readers  = coalescelist(can(local.own_grants["${key}/read-offline"]) ? try(sort(local.takers["${key}/read-offline"]), []) : [], [local.own_writer[key]])
      writers  = [local.own_writer[key]]
    }
  }
  own_writer = {
    for key, store in local.stores : key => "${local.iam}${store.account}:role/${local.prefix}/offline-store/${key}/${local.prefix}-${key}-${can(local.own_in_central[key]) ? "own-" : ""}offline-store"
  }

  # Offline store roles that commit Iceberg tables. The central store's documents are the same whatever groups there are.
  committers = {
    for key, store in local.stores : key =>
    key == "central" || length(try([for name in local.own_offline[key] : name if local.groups[name].offline_store.format == "iceberg"], [])) > 0 ? local.store_users[key].writers : []
  }

  # Roles of other accounts that read through a data catalog of their own: denied to all but them, allowed to each in its place.
  direct_users = { for key, store in local.stores : key => key == "central" ? local.direct_readers : [] }
  # The replication role reads versions as it finds them, whatever readers may.
  replicators = { for key, store in local.stores : key => key == "central" && local.env.replicated ? [local.replication.arn] : [] }

  offline_bucket_policy = {
    for key, store in local.stores : key => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        jsondecode(format(local.templates["resource/offline-bucket"], [for name, hole in {
          bucket   = "arn:${local.partition}:s3:::${store.bucket}"
          deleters = [local.deploy_role[store.account]]
          listers  = concat(local.store_users[key].readers, local.direct_users[key], local.replicators[key], [local.deploy_role[store.account]])
          objects  = "arn:${local.partition}:s3:::${store.bucket}/*"
          readers  = distinct(concat(local.store_users[key].readers, local.direct_users[key], local.replicators[key], local.committers[key]))
          writers  = local.store_users[key].writers
        } : jsonencode(hole) if contains(local.holes["resource/offline-bucket"], name)]...)).Statement,
        # An Iceberg table is committed by who writes it, which reads the table's metadata and nothing else.
        flatten([for writers in [local.committers[key]] : jsondecode(format(local.templates["resource/offline-bucket-metadata"], [for name, hole in {
          bucket   = "arn:${local.partition}:s3:::${store.bucket}"
          metadata = "arn:${local.partition}:s3:::${store.bucket}/*/metadata/*"
          writers  = writers
        } : jsonencode(hole) if contains(local.holes["resource/offline-bucket-metadata"], name)]...)).Statement if length(writers) > 0]),
        flatten([for none in length(local.replicators[key]) == 0 ? [true] : [] : jsondecode(format(local.templates["resource/offline-bucket-others"], [for name, hole in {
          objects = "arn:${local.partition}:s3:::${store.bucket}/*"
        } : jsonencode(hole) if contains(local.holes["resource/offline-bucket-others"], name)]...)).Statement]),
        flatten([for role in local.replicators[key] : jsondecode(format(local.templates["resource/offline-bucket-replicated"], [for name, hole in {
          objects     = "arn:${local.partition}:s3:::${store.bucket}/*"
          replication = role
        } : jsonencode(hole) if contains(local.holes["resource/offline-bucket-replicated"], name)]...)).Statement]),
        [for statement in local.direct_bucket_statements : statement if key == "central"],
      )
    })
  }

  online_key_policy = {
    for key, store in local.stores : key => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        jsondecode(format(local.templates["resource/online-key"], [for name, hole in {
          creators  = local.store_users[key].creators
          deploy    = local.deploy_role[store.account]
          root      = "${local.iam}${store.account}:root"
          sagemaker = local.sagemaker
        } : jsonencode(hole) if contains(local.holes["resource/online-key"], name)]...)).Statement,
        length(local.store_users[key].online) == 0 ? [] : jsondecode(format(local.templates["resource/online-key-users"], [for name, hole in {
          root      = "${local.iam}${store.account}:root"
          sagemaker = local.sagemaker
          users     = local.store_users[key].online
        } : jsonencode(hole) if contains(local.holes["resource/online-key-users"], name)]...)).Statement,
      )
    })
  }

  offline_key_policy = {
    for key, store in local.stores : key => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        jsondecode(format(local.templates["resource/offline-key"], [for name, hole in {
          creators  = local.store_users[key].creators
          deploy    = local.deploy_role[store.account]
          readers   = distinct(concat(local.store_users[key].readers, local.committers[key]))
          root      = "${local.iam}${store.account}:root"
          s3        = local.s3
          sagemaker = local.sagemaker
          writers   = local.store_users[key].writers
        } : jsonencode(hole) if contains(local.holes["resource/offline-key"], name)]...)).Statement,
        length(local.replicators[key]) == 0 ? [] : jsondecode(format(local.templates["resource/offline-key-replication"], [for name, hole in {
          bucket      = "arn:${local.partition}:s3:::${store.bucket}"
          replication = local.replicators[key]
          root        = "${local.iam}${store.account}:root"
          s3          = local.s3
        } : jsonencode(hole) if contains(local.holes["resource/offline-key-replication"], name)]...)).Statement,
        [for statement in local.direct_key_statements : statement if key == "central"],
      )
    })
  }

  results_users = {
    for team in local.offline_readers : team => concat(
      try(local.access_of_verb["${team}/read-offline"], []),
      sort(local.takers["${team}/read-offline"]),
    )
  }

  results_bucket_policy = {
    for team in local.offline_readers : team => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        flatten([for readers in try([local.access_of_verb["${team}/read-offline"]], []) : jsondecode(format(local.templates["resource/results-bucket-reader"], [for name, hole in {
          bucket       = "arn:${local.partition}:s3:::${local.results_bucket[team]}"
          central_root = "${local.iam}${local.central}:root"
          objects      = "arn:${local.partition}:s3:::${local.results_bucket[team]}/${local.results_place[team].prefix}*"
          prefix       = "${local.results_place[team].prefix}*"
          # One as itself, several as a list.
          reader_offline = try(one(readers), readers)
        } : jsonencode(hole) if contains(local.holes["resource/results-bucket-reader"], name)]...)).Statement]),
        jsondecode(format(local.templates["resource/results-bucket"], [for name, hole in {
          bucket  = "arn:${local.partition}:s3:::${local.results_bucket[team]}"
          deploy  = local.deploy_role[var.teams[team].account]
          listers = concat(local.results_users[team], [local.deploy_role[var.teams[team].account]])
          objects = "arn:${local.partition}:s3:::${local.results_bucket[team]}/*"
          users   = local.results_users[team]
        } : jsonencode(hole) if contains(local.holes["resource/results-bucket"], name)]...)).Statement,
      )
    })
  }

  # No team stands in it: which prefix is whose is said by the role of each team, as with the offline bucket. A tag of the
  # role as a variable in a resource would be one more wall, and one that a session tag of the same name walks through.
  central_results_policy = format(local.templates["resource/results-bucket"], [for name, hole in {
    bucket  = "arn:${local.partition}:s3:::${local.central_bucket}"
    deploy  = local.deploy_role[local.central]
    listers = ["${local.iam}${local.central}:role/${local.prefix}/reader-offline/*", local.deploy_role[local.central]]
    objects = "arn:${local.partition}:s3:::${local.central_bucket}/*"
    users   = ["${local.iam}${local.central}:role/${local.prefix}/reader-offline/*"]
  } : jsonencode(hole) if contains(local.holes["resource/results-bucket"], name)]...)

  access_boundary = format(local.templates["identity/boundary-access-role"], [for name, hole in {
    offline_store_roles = "${local.iam}${local.central}:role/${local.prefix}/offline-store/*"
  } : jsonencode(hole) if contains(local.holes["identity/boundary-access-role"], name)]...)

  protect_sharing = format(local.templates["organization/protect-sharing"], [for name, hole in {
    aliases = ["arn:${local.partition}:kms:*:*:alias/${local.prefix}-*"]
    deploy  = "${local.iam}*:role/${local.prefix}/deploy/${local.prefix}-deploy"
    groups  = "arn:${local.partition}:sagemaker:*:*:feature-group/*"
    roles   = ["${local.iam}*:role/${local.prefix}/*"]
  } : jsonencode(hole) if contains(local.holes["organization/protect-sharing"], name)]...)
}
