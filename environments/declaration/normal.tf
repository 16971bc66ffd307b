# The normal form: every key present, every default written out, every list of verbs sorted. Python builds the same
# (featureshare/declaration/normal.py) and every plan compares the two.
locals {
  sound = length(local.problems) == 0

  environment = local.sound ? {
    name                 = local.environment_document.name
    ephemeral            = local.environment_document.ephemeral
    region               = local.environment_document.region
    partition            = try(local.environment_document.partition, "aws")
    organization_id      = try(local.environment_document.organization_id, null)
    prefix               = local.environment_document.prefix
    central_account      = local.environment_document.central_account
    platform_principal   = local.environment_document.platform.principal
    permissions_boundary = try(local.environment_document.permissions_boundary, null)
    tags                 = tomap(try(local.environment_document.tags, {}))
    # Every slice knows whether the central store is replicated at all: its bucket and key let that in or not.
    replicated = length(try(local.environment_document.replicas, {})) > 0
  } : null

  teams = tomap({
    for name, team in local.team_documents : name => {
      account        = team.account
      contact        = team.contact
      namespace      = try(team.namespace, false)
      direct_catalog = try(team.direct_catalog, false)
      results        = try(team.results, "team")
      athena         = { allow_primary = try(team.athena.allow_primary, false) }
      notebook = can(team.notebook) ? {
        principal          = try(tostring(team.notebook.principal), null)
        instance_type      = try(tostring(team.notebook.instance_type), null)
        subnet_id          = try(tostring(team.notebook.subnet_id), null)
        security_group_ids = tolist([for id in try(team.notebook.security_group_ids, []) : try(tostring(id), null)])
        volume_key         = try(tostring(team.notebook.volume_key), null)
      } : null
      vpc_endpoints = can(team.vpc_endpoints) ? {
        vpc_id             = try(tostring(team.vpc_endpoints.vpc_id), null)
        subnet_ids         = tolist([for id in try(team.vpc_endpoints.subnet_ids, []) : try(tostring(id), null)])
        security_group_ids = tolist([for id in try(team.vpc_endpoints.security_group_ids, []) : try(tostring(id), null)])
        route_table_ids    = tolist([for id in try(team.vpc_endpoints.route_table_ids, []) : try(tostring(id), null)])
      } : null
      principals = tomap({
        for principal, declared in team.principals : principal => {
          kind           = try(declared.kind, "role")
          verbs          = sort(declared.verbs)
          compute        = try(declared.compute, can(declared.role_arn) || try(declared.kind, "role") != "role" ? "none" : "sagemaker")
          role_arn       = try(tostring(declared.role_arn), null)
          permission_set = try(tostring(declared.permission_set), null)
          user_name      = try(tostring(declared.user_name), null)
        }
      })
    } if local.sound
  })

  # An empty map has no element type, and groups of several types make no map; an empty slice of a list keeps its type.
  shared = {
    for name, group in local.group_documents : name => merge(try(group.shared_with, {}), {
      for team in distinct(flatten([for shared in try(local.shared_by_tag[name], []) : keys(shared)])) :
      team => distinct(concat(try(group.shared_with[team], []), flatten([for shared in local.shared_by_tag[name] : try(shared[team], [])])))
    }) if local.sound
  }
  shared_verbs = { for name, shared in local.shared : name => tolist(concat([for verbs in values(shared) : sort(verbs)], [tolist([""])])) }

  updates          = { for name, group in local.group_documents : name => try(group.updates, {}) if local.sound }
  updates_features = { for name, updates in local.updates : name => tolist(concat([for features in values(updates) : sort(features)], [tolist([""])])) }

  expected = { for name, group in local.group_documents : name => try(group.expectations, {}) if local.sound }
  expected_values = {
    for name, expected in local.expected : name => tolist(concat(
      [
        for it in values(expected) : {
          allowed  = slice(tolist(concat(try([for value in it.allowed : value], []), [""])), 0, try(length(it.allowed), 0))
          max      = try(tostring(it.max), null)
          min      = try(tostring(it.min), null)
          required = try(it.required, false)
          unique   = try(it.unique, false)
        }
      ],
      [{ allowed = tolist([""]), max = tostring(null), min = tostring(null), required = false, unique = false }],
    ))
  }

  feature_groups = tomap({
    for name, group in local.group_documents : name => {
      store             = group.store
      owner             = group.owner
      contact           = group.contact
      pipeline          = try(tostring(group.pipeline), null)
      description       = group.description
      record_identifier = group.record_identifier
      event_time        = group.event_time
      features = tolist([
        for feature in group.features : {
          name        = feature.name
          type        = feature.type
          description = feature.description
          collection  = try(tostring(feature.collection), null)
          dimension   = try(tonumber(feature.dimension), null)
          parameters  = zipmap(try(keys(feature.parameters), []), slice(tolist(concat(try([for value in values(feature.parameters) : tostring(value)], []), [""])), 0, try(length(feature.parameters), 0)))
        }
      ])
      online_store = {
        enabled = group.online_store.enabled
        storage = try(group.online_store.storage, "standard")
        ttl = can(group.online_store.ttl) ? {
          value = try(tonumber(group.online_store.ttl.value), null)
          unit  = try(tostring(group.online_store.ttl.unit), null)
        } : null
      }
      offline_store = {
        enabled = group.offline_store.enabled
        format  = try(group.offline_store.format, "glue")
      }
      throughput = can(group.throughput) ? {
        read  = try(tonumber(group.throughput.read), null)
        write = try(tonumber(group.throughput.write), null)
      } : null
      classification = try(group.classification, "internal")
      freshness      = try(tostring(group.freshness), null)
      expectations   = zipmap(keys(local.expected[name]), slice(local.expected_values[name], 0, length(local.expected[name])))
      purpose        = try(tostring(group.purpose), null)
      created_by     = try(group.created_by, "terraform")
      updates        = zipmap(keys(local.updates[name]), slice(local.updates_features[name], 0, length(local.updates[name])))
      shared_with    = zipmap(keys(local.shared[name]), slice(local.shared_verbs[name], 0, length(local.shared[name])))
    } if local.sound
  })

  replicas = tomap({
    for name, replica in try(local.environment_document.replicas, {}) : name => {
      account                  = replica.account
      region                   = try(replica.region, local.environment_document.region)
      feature_groups           = tolist(sort(replica.feature_groups))
      replication_time_control = try(replica.replication_time_control, false)
      delete_markers           = try(replica.delete_markers, false)
      readers                  = tolist(sort(replica.readers))
    } if local.sound
  })

  # A team's slice: what it owns or is granted. Groups it does not see do not change its stacks, and nor does what others
  # are granted: of a group that is not its own it sees its own grants. A replica sees no grants.
  normal = {
    environment = local.environment
    teams       = local.teams
    feature_groups = {
      for name, group in local.feature_groups : name => merge(group, {
        shared_with = {
          for team, verbs in group.shared_with : team => verbs
          if var.replica == null && (var.team == null || group.owner == var.team || team == var.team)
        }
        updates = {
          for team, features in group.updates : team => features
          if var.replica == null && (var.team == null || group.owner == var.team || team == var.team)
        }
      })
      if var.team == null || group.owner == var.team || can(group.shared_with[coalesce(var.team, "-")])
    }
    replicas = { for name, replica in local.replicas : name => replica if var.team == null && (var.replica == null || name == var.replica) }
  }
}
