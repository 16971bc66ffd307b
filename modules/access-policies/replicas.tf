# Copies of the offline store in accounts or Regions of their own. One role of the central account replicates, since a bucket's
# replication configuration names one; who reads a replica has rights in the replica's account and nowhere else.

locals {
  replication = {
    arn  = "${local.iam}${local.central}:role/${local.prefix}/replication/${local.prefix}-replication"
    name = "${local.prefix}-replication"
    path = "/${local.prefix}/replication/"
  }
  central_root = "${local.iam}${local.central}:root"

  replicas = {
    for name, it in var.replicas : name => {
      account        = it.account
      alias          = "alias/${local.prefix}-${name}-replica"
      arn            = "arn:${local.partition}:s3:::${local.prefix}-${name}-replica-${it.account}-${local.replica_regions[name]}"
      boundary       = coalesce(local.brought_boundary[it.account], "${local.iam}${it.account}:policy${local.boundary_path}${local.prefix}-${name}-replica-boundary")
      bucket         = "${local.prefix}-${name}-replica-${it.account}-${local.replica_regions[name]}"
      database       = "${local.snake}_${replace(name, "-", "_")}_replica"
      delete_markers = it.delete_markers
      glue           = "arn:${local.partition}:glue:${local.replica_regions[name]}:${it.account}:"
      groups         = sort(it.feature_groups)
      keys           = "arn:${local.partition}:kms:${local.replica_regions[name]}:${it.account}:key/*"
      region         = local.replica_regions[name]
      results        = "${local.prefix}-${name}-results-${it.account}-${local.replica_regions[name]}"
      rtc            = it.replication_time_control
      s3             = "s3.${local.replica_regions[name]}.amazonaws.com"
      # A replica is told like a team, under a name that no team has.
      sharing      = "arn:${local.partition}:ssm:${local.replica_regions[name]}:${it.account}:parameter/${local.prefix}/${name}/sharing"
      sharing_path = "/${local.prefix}/${name}/sharing"
      workgroup    = "${local.prefix}-${name}-replica"
      # By the name or ARN under which the declaration has it.
      readers = {
        for reader in it.readers : reader => {
          arn  = startswith(reader, "arn:") ? reader : "${local.iam}${it.account}:role/${local.prefix}/replica-reader/${name}/${local.prefix}-${name}-${reader}"
          ours = !startswith(reader, "arn:")
        }
      }
    }
  }
  replica_regions = { for name, it in var.replicas : name => coalesce(it.region, local.region) }
  replica_readers = { for name, replica in local.replicas : name => sort([for reader in replica.readers : reader.arn]) }
  copied_groups   = sort(distinct(flatten([for replica in local.replicas : replica.groups])))

  # Each (replica, group) is a rule, and S3 wants the priorities of rules to differ.
  copies = flatten([for name, replica in local.replicas : [for group in replica.groups : { replica = name, group = group }]])

  replication_policies = length(local.replicas) == 0 ? {} : merge(
    {
      replicate = format(local.templates["identity/replicate"], [for name, hole in {
        account = local.central
        alias   = local.stores["central"].offline_alias
        bucket  = "arn:${local.partition}:s3:::${local.stores["central"].bucket}"
        keys    = local.any_key[local.central]
        objects = [for group in local.copied_groups : "arn:${local.partition}:s3:::${local.stores["central"].bucket}/${group}/*"]
        s3      = local.s3
      } : jsonencode(hole) if contains(local.holes["identity/replicate"], name)]...)
    },
    {
      for name, replica in local.replicas : "replicate-to-${name}" => format(local.templates["identity/replicate-to"], [for name, hole in {
        account = replica.account
        alias   = replica.alias
        bucket  = replica.arn
        keys    = replica.keys
        objects = [for group in replica.groups : "${replica.arn}/${group}/*"]
        s3      = replica.s3
      } : jsonencode(hole) if contains(local.holes["identity/replicate-to"], name)]...)
    },
    {
      for name, replica in local.replicas : "replicate-deletes-${name}" => format(local.templates["identity/replicate-deletes"], [for name, hole in {
        account = replica.account
        objects = [for group in replica.groups : "${replica.arn}/${group}/*"]
      } : jsonencode(hole) if contains(local.holes["identity/replicate-deletes"], name)]...) if replica.delete_markers
    },
  )

  replication_trust = var.probes.source_account_on_service_trust ? format(local.templates["trust/replication"], [for name, hole in {
    account = local.central
    bucket  = "arn:${local.partition}:s3:::${local.stores["central"].bucket}"
  } : jsonencode(hole) if contains(local.holes["trust/replication"], name)]...) : format(local.templates["trust/replication-without-source"], [for name, hole in {} : jsonencode(hole) if contains(local.holes["trust/replication-without-source"], name)]...)

  replica_reader_trust = {
    for name, replica in local.replicas : name => var.probes.source_account_on_service_trust ? format(local.templates["trust/service"], [for name, hole in {
      account = replica.account
      service = "sagemaker.amazonaws.com"
      } : jsonencode(hole) if contains(local.holes["trust/service"], name)]...) : format(local.templates["trust/service-without-source"], [for name, hole in {
      service = "sagemaker.amazonaws.com"
    } : jsonencode(hole) if contains(local.holes["trust/service-without-source"], name)]...)
  }

  replica_reader_policies = {
    for name, replica in local.replicas : name => {
      read-offline = format(local.templates["identity/read-offline"], [for name, hole in {
        account          = replica.account
        alias            = replica.alias
        bucket           = replica.arn
        default_database = ["${replica.glue}catalog", "${replica.glue}database/default"]
        keys             = replica.keys
        objects          = [for group in replica.groups : "${replica.arn}/${group}/*"]
        prefixes         = [for group in replica.groups : "${group}/*"]
        s3               = replica.s3
        tables           = concat(["${replica.glue}catalog", "${replica.glue}database/${replica.database}"], [for group in replica.groups : "${replica.glue}table/${replica.database}/${replace(group, "-", "_")}"])
        workgroup        = "arn:${local.partition}:athena:${replica.region}:${replica.account}:workgroup/${replica.workgroup}"
      } : jsonencode(hole) if contains(local.holes["identity/read-offline"], name)]...)
      read-sharing = format(local.templates["identity/read-sharing"], [for name, hole in { sharing = replica.sharing } : jsonencode(hole) if contains(local.holes["identity/read-sharing"], name)]...)
      results = format(local.templates["identity/results"], [for name, hole in {
        account = replica.account
        bucket  = "arn:${local.partition}:s3:::${replica.results}"
        objects = "arn:${local.partition}:s3:::${replica.results}/*"
      } : jsonencode(hole) if contains(local.holes["identity/results"], name)]...)
    }
  }

  replica_bucket_policy = {
    for name, replica in local.replicas : name => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        jsondecode(format(local.templates["resource/replica-bucket-writer"], [for name, hole in {
          central_root = local.central_root
          objects      = "${replica.arn}/*"
          replication  = local.replication.arn
        } : jsonencode(hole) if contains(local.holes["resource/replica-bucket-writer"], name)]...)).Statement,
        !replica.delete_markers ? [] : jsondecode(format(local.templates["resource/replica-bucket-deletes"], [for name, hole in {
          central_root = local.central_root
          objects      = "${replica.arn}/*"
          replication  = local.replication.arn
        } : jsonencode(hole) if contains(local.holes["resource/replica-bucket-deletes"], name)]...)).Statement,
        # What guards an offline bucket guards its copy; here the replication role is who writes.
        jsondecode(format(local.templates["resource/offline-bucket"], [for name, hole in {
          bucket   = replica.arn
          deleters = concat([local.deploy_role[replica.account]], replica.delete_markers ? [local.replication.arn] : [])
          listers  = concat(local.replica_readers[name], [local.deploy_role[replica.account]])
          objects  = "${replica.arn}/*"
          readers  = local.replica_readers[name]
          writers  = [local.replication.arn]
        } : jsonencode(hole) if contains(local.holes["resource/offline-bucket"], name)]...)).Statement,
        jsondecode(format(local.templates["resource/offline-bucket-others"], [for name, hole in {
          objects = "${replica.arn}/*"
        } : jsonencode(hole) if contains(local.holes["resource/offline-bucket-others"], name)]...)).Statement,
      )
    })
  }

  replica_results_policy = {
    for name, replica in local.replicas : name => format(local.templates["resource/results-bucket"], [for name, hole in {
      bucket  = "arn:${local.partition}:s3:::${replica.results}"
      deploy  = local.deploy_role[replica.account]
      listers = concat(local.replica_readers[name], [local.deploy_role[replica.account]])
      objects = "arn:${local.partition}:s3:::${replica.results}/*"
      users   = local.replica_readers[name]
    } : jsonencode(hole) if contains(local.holes["resource/results-bucket"], name)]...)
  }

  replica_key_policy = {
    for name, replica in local.replicas : name => format(local.templates["resource/replica-key"], [for name, hole in {
      bucket       = replica.arn
      central_root = local.central_root
      deploy       = local.deploy_role[replica.account]
      readers      = local.replica_readers[name]
      replication  = local.replication.arn
      root         = "${local.iam}${replica.account}:root"
      s3           = replica.s3
    } : jsonencode(hole) if contains(local.holes["resource/replica-key"], name)]...)
  }

  replica_roles = merge(
    length(local.replicas) == 0 ? {} : {
      "${local.central}/${local.replication.name}" = {
        account              = local.central
        arn                  = local.replication.arn
        boundary             = local.replication_boundary.arn
        kind                 = "replication"
        max_session_duration = 3600
        name                 = local.replication.name
        path                 = local.replication.path
        policies             = local.replication_policies
        principal            = null
        stack                = "replication"
        team                 = null
        trust                = local.replication_trust
      }
    },
    merge([
      for name, replica in local.replicas : {
        for reader, role in replica.readers : "${replica.account}/${local.prefix}-${name}-${reader}" => {
          account              = replica.account
          arn                  = role.arn
          boundary             = replica.boundary
          kind                 = "replica-reader"
          max_session_duration = 3600
          name                 = "${local.prefix}-${name}-${reader}"
          path                 = "/${local.prefix}/replica-reader/${name}/"
          policies             = local.replica_reader_policies[name]
          principal            = reader
          stack                = "replica"
          team                 = null
          trust                = local.replica_reader_trust[name]
        } if role.ours
      }
    ]...),
  )

  replica_boundaries = local.env.permissions_boundary != null || length(local.replicas) == 0 ? {} : merge(
    { (local.replication_boundary.arn) = local.replication_boundary },
    {
      for name, replica in local.replicas : replica.boundary => {
        account = replica.account
        arn     = replica.boundary
        document = format(local.templates["identity/boundary-replica-reader"], [for name, hole in {
          account = replica.account
          sharing = replica.sharing
        } : jsonencode(hole) if contains(local.holes["identity/boundary-replica-reader"], name)]...)
        name = "${local.prefix}-${name}-replica-boundary"
        path = local.boundary_path
        team = null
      }
    },
  )
  replication_boundary = {
    account = local.central
    arn     = coalesce(local.brought_boundary[local.central], "${local.iam}${local.central}:policy${local.boundary_path}${local.prefix}-s3-replication-boundary")
    document = format(local.templates["identity/boundary-replication"], [for name, hole in {
      accounts = sort(distinct(concat([local.central], [for replica in local.replicas : replica.account])))
    } : jsonencode(hole) if contains(local.holes["identity/boundary-replication"], name)]...)
    name = "${local.prefix}-s3-replication-boundary"
    path = local.boundary_path
    team = null
  }

  # Deploying replicas: only in accounts that have one, and in the central account when there is any.
  replica_deploy_policies = {
    for account in local.accounts : account => merge(
      account == local.central && local.env.replicated ? {
        replication = format(local.templates["identity/deploy-replication"], [for name, hole in {
          account = local.central
          bucket  = "arn:${local.partition}:s3:::${local.stores["central"].bucket}"
          jobs    = "arn:${local.partition}:s3:${local.region}:${local.central}:job/*"
          role    = local.replication.arn
        } : jsonencode(hole) if contains(local.holes["identity/deploy-replication"], name)]...)
      } : {},
      !contains(local.replica_accounts, account) ? {} : {
        replica = format(local.templates["identity/deploy-replica"], [for name, hole in {
          tables = distinct(flatten([
            for replica in local.replicas : [
              "${replica.glue}catalog",
              "${replica.glue}database/${replica.database}",
              "${replica.glue}table/${replica.database}/*",
            ] if replica.account == account
          ]))
        } : jsonencode(hole) if contains(local.holes["identity/deploy-replica"], name)]...)
      },
    )
  }

  replica_outputs = {
    for name, replica in local.replicas : name => {
      account         = replica.account
      bucket          = replica.bucket
      database        = replica.database
      delete_markers  = replica.delete_markers
      key_alias       = replica.alias
      output_location = "s3://${replica.results}/athena/"
      readers         = { for reader, role in replica.readers : reader => role.arn }
      region          = replica.region
      results_bucket  = replica.results
      sharing_path    = replica.sharing_path
      workgroup       = replica.workgroup
      groups = {
        for group in replica.groups : group => {
          features = [for feature in var.feature_groups[group].features : { name = feature.name, type = feature.type }]
          prefix   = "${group}/"
          table    = replace(group, "-", "_")
          # SageMaker adds the account, the Region and the group with its time of creation; replication keeps keys.
          source_folder = "${group}/${local.central}/sagemaker/${local.region}/offline-store/${group}"
        }
      }
    }
  }

  replication_output = length(local.replicas) == 0 ? null : {
    bucket = local.stores["central"].bucket
    role   = local.replication.arn
    rules = [
      for index, copy in local.copies : {
        id             = "${copy.replica}-${copy.group}"
        account        = local.replicas[copy.replica].account
        bucket         = local.replicas[copy.replica].arn
        delete_markers = local.replicas[copy.replica].delete_markers
        key            = "arn:${local.partition}:kms:${local.replicas[copy.replica].region}:${local.replicas[copy.replica].account}:${local.replicas[copy.replica].alias}"
        prefix         = "${copy.group}/"
        priority       = index + 1
        time_control   = local.replicas[copy.replica].rtc
      }
    ]
  }
}
