# Rules between keys and between files.
locals {
  role_kinds = ["writer", "deleter", "reader-online", "reader-offline", "discoverer", "manager", "updater", "offline-store", "execution", "deploy", "replication", "replica-reader"]
  prefix     = try(trimspace(local.environment_document.prefix), "")
  # Role names have 64 characters, bucket names 63 (<prefix>-<team>-results-<account>-<region>).
  longest_name = min(46, 63 - length("--results-111122223333-") - length(local.region))

  # A map of one type is quick to look into, an object of hundreds of attributes is not.
  known_teams = tomap({ for name in local.team_names : name => true })
  name_a_team = "name one of: ${join(", ", keys(local.known_teams))}"

  team_problems = flatten([
    for name, team in local.team_documents : concat(
      [
        for p in [
          {
            bad  = try(team.team != name, false)
            key  = "team"
            rule = "must be the name of the file, ${name}: no two teams have one name."
            fix  = "write ${name}, or rename the file"
          },
          {
            bad  = length(local.prefix) + length(name) > local.longest_name
            key  = "team"
            rule = "the environment's prefix and the team's name have more than ${local.longest_name} characters together."
            fix  = "shorten one of them"
          },
          {
            bad  = try(length(team.principals), 1) == 0
            key  = "principals"
            rule = "a team has a principal or more."
            fix  = "add one"
          },
          {
            bad  = try(team.results == "central" && can(local.own_stores[name]), false)
            key  = "results"
            rule = "a team that combines shared features with a store of its own needs its results in its own account."
            fix  = "write results: team"
          },
          {
            bad  = try(tobool(team.direct_catalog) && team.results == "central", false)
            key  = "direct_catalog"
            rule = "queries through a data catalog of the team's own leave their results in its account."
            fix  = "write results: team, or leave direct_catalog out"
          },
          {
            bad  = try(tobool(team.direct_catalog) && team.account == local.environment_document.central_account, false)
            key  = "direct_catalog"
            rule = "the team's account is the central one, whose catalog it has already."
            fix  = "leave it out"
          },
          {
            bad  = try(tobool(team.direct_catalog) && !can(local.environment_document.organization_id), false)
            key  = "direct_catalog"
            rule = "without an organization, one lock alone would stand before what is read without an access role."
            fix  = "name the organization_id, or leave direct_catalog out"
          },
          {
            bad  = try(tobool(team.direct_catalog) && !can(local.own_stores[name]), false)
            key  = "direct_catalog"
            rule = "the team has no store of its own, so that there is nothing to join directly."
            fix  = "leave it out: queries under the access role read shared features"
          },
        ] : { file = "teams/${name}.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad
      ],
      [for p in flatten([
        for principal, declared in try({ for key in keys(team.principals) : key => team.principals[key] }, {}) : [
          {
            bad  = !can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", principal)) || length(principal) > 16 || contains(local.role_kinds, principal)
            key  = "principals.${principal}"
            rule = "must be at most 16 lower-case letters, digits and single hyphens, and not the name of a kind of access role."
            fix  = "rename it"
          },
          {
            bad  = can(declared.verbs) && try(length(declared.verbs) == 0 || length(distinct(declared.verbs)) < length(declared.verbs) || length(setsubtract([for verb in declared.verbs : trimspace(verb)], local.verbs)) > 0, true)
            key  = "principals.${principal}.verbs"
            rule = "must be a list of ${join(", ", local.verbs)}, each at most once."
            fix  = "correct it"
          },
          {
            bad  = can(declared.role_arn) != (can(declared.role_arn) && try(declared.kind, "role") == "role")
            key  = "principals.${principal}.role_arn"
            rule = "only a principal of kind role has role_arn."
            fix  = "leave it out"
          },
          {
            bad  = can(declared.permission_set) != (try(declared.kind, "role") == "sso")
            key  = "principals.${principal}.permission_set"
            rule = "a principal of kind sso, and no other, names its permission_set."
            fix  = "add it, or leave it out"
          },
          {
            bad  = can(declared.user_name) != (try(declared.kind, "role") == "user")
            key  = "principals.${principal}.user_name"
            rule = "a principal of kind user, and no other, names its user_name."
            fix  = "add it, or leave it out"
          },
          {
            bad  = try(declared.compute, "none") != "none" && (can(declared.role_arn) || try(declared.kind, "role") != "role")
            key  = "principals.${principal}.compute"
            rule = "compute is for a role of ours, and this principal is not one."
            fix  = "leave it out"
          },
          {
            bad  = try(declared.compute, "") == "none" && !can(declared.role_arn) && try(declared.kind, "role") == "role"
            key  = "principals.${principal}.compute"
            rule = "nothing could run as a role of ours with compute none."
            fix  = "name what runs as it, or the role_arn of one that is there"
          },
          {
            bad  = can(declared.role_arn) && !try(startswith(declared.role_arn, "arn:${local.partition}:iam::${team.account}:role/"), false)
            key  = "principals.${principal}.role_arn"
            rule = "the role lies outside the team's account."
            fix  = "name a role of that account"
          },
        ]
        # As plain as most: what is said above holds.
        if !(can(regex(local.usual.principal, jsonencode(declared))) && can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", principal)) && length(principal) <= 16 && !contains(local.role_kinds, principal))
      ]) : { file = "teams/${name}.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad],
    )
  ])

  # A group as far as it can be made out, so that one mistake does not hide the others. trimspace fails, and try falls back,
  # on what is no text; spaces are refused elsewhere.
  groups = {
    for name, group in local.group_documents : name => {
      owner          = try(trimspace(group.owner), "")
      store          = try(trimspace(group.store), "")
      classification = try(trimspace(group.classification), "")
      created_by     = try(trimspace(group.created_by), "terraform")
      storage        = try(trimspace(group.online_store.storage), "standard")
      format         = try(trimspace(group.offline_store.format), "glue")
      online         = try(tobool(group.online_store.enabled), null)
      offline        = try(tobool(group.offline_store.enabled), null)
      identifier     = try(trimspace(group.record_identifier), "")
      event_time     = try(trimspace(group.event_time), "")
      features       = try([for feature in group.features : try(trimspace(feature.name), "")], [])
      columns        = try([for feature in group.features : lower(try(trimspace(feature.name), ""))], [])
      time_types     = try([for feature in group.features : feature.type if feature.name == group.event_time], [])
      plain          = try(trimspace(group.store) == "central" && try(trimspace(group.classification), "") != "restricted" && tobool(group.online_store.enabled) && tobool(group.offline_store.enabled), false)
      shared         = { for team in try(keys(group.shared_with), []) : team => try([for verb in group.shared_with[team] : trimspace(verb)], []) }
      updates        = { for team in try(keys(group.updates), []) : team => try([for feature in group.updates[team] : trimspace(feature)], []) }
      by_tag         = try(tostring(group.shared_by_tag) == "true", false)
      special        = try([for feature in group.features : feature if length(setintersection(try(keys(feature), []), ["collection", "dimension", "parameters"])) > 0], [])
    }
  }
  own_stores = { for name, group in local.groups : group.owner => name... if group.store == "team" }
  tables     = { for name in keys(local.group_texts) : replace(lower(name), "-", "_") => name... }

  group_problems = flatten([
    for name, group in local.groups : [
      for p in [
        {
          bad  = try(local.group_documents[name].feature_group != name, false)
          key  = "feature_group"
          rule = "must be the name of the file, ${name}: no two groups have one name."
          fix  = "write ${name}, or rename the file"
        },
        {
          bad  = length(name) > 64 || length(local.tables[replace(lower(name), "-", "_")]) > 1
          key  = "feature_group"
          rule = "must have at most 64 characters and differ from every other group's when - becomes _."
          fix  = "rename it"
        },
        {
          bad  = group.owner != "" && !can(local.known_teams[group.owner])
          key  = "owner"
          rule = "there is no team ${group.owner}."
          fix  = local.name_a_team
        },
        {
          bad  = group.classification == "restricted" && group.store == "central"
          key  = "store"
          rule = "restricted data stays in its team's account."
          fix  = "write store: team, or another classification"
        },
        {
          bad  = length(group.features) < 2 || length(group.features) > 2500
          key  = "features"
          rule = "a group has 2 to 2500 features."
          fix  = "list a record identifier and an event time at least"
        },
        {
          bad  = length(distinct(group.columns)) < length(group.columns)
          key  = "features"
          rule = "two features have the same name (case does not count)."
          fix  = "keep one of the two"
        },
        {
          bad  = length(setintersection(group.columns, concat(["is_deleted", "write_time", "api_invocation_time"], group.offline == true && group.format == "glue" ? ["year", "month", "day", "hour"] : []))) > 0
          key  = "features"
          rule = "is_deleted, write_time, api_invocation_time and, with a glue offline store, year, month, day and hour are columns of the table already."
          fix  = "rename the feature"
        },
        {
          bad  = group.identifier != "" && !contains(group.features, group.identifier)
          key  = "record_identifier"
          rule = "${group.identifier} is none of the features."
          fix  = "name a feature, or add one"
        },
        {
          bad  = group.event_time != "" && (!contains(group.features, group.event_time) || group.event_time == group.identifier)
          key  = "event_time"
          rule = "${group.event_time} is none of the features, or the record identifier."
          fix  = "name another feature, or add one"
        },
        {
          bad  = contains(group.time_types, "Integral") || (contains(group.time_types, "Fractional") && group.format == "iceberg")
          key  = "event_time"
          rule = "an event time is String or Fractional; with an iceberg offline store it is String."
          fix  = "change the feature's type"
        },
        {
          bad  = group.online == false && group.offline == false
          key  = "online_store.enabled"
          rule = "a group needs a store."
          fix  = "enable one of the two"
        },
        {
          bad  = group.online == false && can(local.group_documents[name].online_store.ttl)
          key  = "online_store.ttl"
          rule = "ttl says something of an online store that is not there."
          fix  = "leave it out"
        },
        {
          bad  = group.online == false && can(local.group_documents[name].online_store.storage)
          key  = "online_store.storage"
          rule = "storage says something of an online store that is not there."
          fix  = "leave it out"
        },
        {
          bad  = try(local.group_documents[name].online_store.ttl.value < 1 || floor(local.group_documents[name].online_store.ttl.value) != local.group_documents[name].online_store.ttl.value, false)
          key  = "online_store.ttl.value"
          rule = "must be a whole number, 1 or more."
          fix  = "write a larger number"
        },
        {
          bad  = group.offline == false && can(local.group_documents[name].offline_store.format)
          key  = "offline_store.format"
          rule = "format says something of an offline store that is not there."
          fix  = "leave it out"
        },
        {
          bad  = group.storage == "in-memory" && group.offline == true
          key  = "offline_store.enabled"
          rule = "an in-memory group is online only."
          fix  = "write enabled: false"
        },
        {
          bad  = group.storage == "in-memory" && contains(["confidential", "restricted"], group.classification)
          key  = "classification"
          rule = "an in-memory store has no customer key, so it cannot hold ${group.classification} data."
          fix  = "write storage: standard"
        },
        {
          bad = length(group.special) > 0 && anytrue([
            for feature in group.special : (try(trimspace(feature.collection), "") == "vector") != can(feature.dimension) ||
            (try(trimspace(feature.collection), "") == "vector" && contains(["String", "Integral"], try(trimspace(feature.type), ""))) ||
            try(feature.dimension < 1 || feature.dimension > 8192 || floor(feature.dimension) != feature.dimension, false)
          ])
          key  = "features"
          rule = "a vector, and no other feature, has a dimension (1 to 8192), and holds numbers of type Fractional."
          fix  = "correct the feature"
        },
        {
          bad  = length([for feature in group.special : true if try(trimspace(feature.collection), "") == "vector"]) > 1
          key  = "features"
          rule = "a group has one vector at most."
          fix  = "keep one of them"
        },
        {
          bad  = group.storage != "in-memory" && anytrue([for feature in group.special : can(feature.collection)])
          key  = "features"
          rule = "only an in-memory store holds collections."
          fix  = "write storage: in-memory, or leave collection out"
        },
        {
          bad  = length([for feature in group.special : true if can(feature.collection) && contains([group.identifier, group.event_time], try(trimspace(feature.name), "-"))]) > 0
          key  = "features"
          rule = "the record identifier and the event time hold one value, and are no collection."
          fix  = "leave collection out"
        },
        {
          bad = length(group.special) > 0 && anytrue(flatten([
            for feature in group.special : [
              length(try(keys(feature.parameters), [])) > 25,
              [
                for key in try(keys(feature.parameters), []) : !can(regex("^[\\w .:/=+@-]+$", key)) || length(key) > 255 ||
                !startswith(jsonencode(feature.parameters[key]), "\"") || !can(regex("^[\\w .:/=+@-]+$", feature.parameters[key])) || try(length(feature.parameters[key]) > 255, true)
              ],
            ]
          ]))
          key  = "features"
          rule = "a feature has at most 25 parameters; a key and a value are 1 to 255 letters, digits, spaces or _ . : / = + - @, in quotes where they could be a number or a boolean word."
          fix  = "correct the parameters"
        },
        {
          bad  = can(local.group_documents[name].throughput) && group.storage != "standard"
          key  = "throughput"
          rule = "a ${group.storage} store is served on demand."
          fix  = "leave it out, or write storage: standard"
        },
        {
          bad  = can(keys(local.group_documents[name].throughput)) && group.online != null && can(local.group_documents[name].throughput.read) != coalesce(group.online, true)
          key  = "throughput.read"
          rule = "a group with an online store, and no other, says how much is read."
          fix  = "add read, or leave it out"
        },
        {
          bad = anytrue([
            for key in ["read", "write"] :
            try(local.group_documents[name].throughput[key] < 1 || local.group_documents[name].throughput[key] > 40000 || floor(local.group_documents[name].throughput[key]) != local.group_documents[name].throughput[key], false)
          ])
          key  = "throughput"
          rule = "read and write are whole numbers from 1 to 40000."
          fix  = "correct them"
        },
        {
          bad  = length(group.updates) > 0 && (!contains(["standard-v2", "in-memory"], group.storage) || group.store == "team")
          key  = "updates"
          rule = "single features are updated in the central store only, where it is standard-v2 or in-memory."
          fix  = "write storage: standard-v2, or share write"
        },
        {
          bad = anytrue(flatten([
            for team, names in group.updates : [
              !contains(try(group.shared[team], []), "update"),
              length(names) == 0, length(names) > 100, length(distinct(names)) < length(names),
              length(setsubtract(names, group.features)) > 0, contains(names, group.identifier),
            ]
          ]))
          key  = "updates"
          rule = "names, for each team that is granted update and for no other, 1 to 100 features of the group, each once and not the record identifier."
          fix  = "correct the list, or the grant"
        },
        {
          bad  = length([for team, verbs in group.shared : team if contains(verbs, "update") && length(try(group.updates[team], [])) == 0]) > 0
          key  = "updates"
          rule = "update is a right to named features, and none is named."
          fix  = "list them for each team that is granted update"
        },
        {
          bad  = group.created_by == "api" && group.store == "team"
          key  = "created_by"
          rule = "the groups of a team's own store are made by its stack; through the API only those of the central store."
          fix  = "leave created_by out, and manage under shared_with"
        },
        {
          bad  = group.created_by == "api" && group.store != "team" && !strcontains(name, "--") && !contains(try(group.shared[group.owner], []), "manage")
          key  = "created_by"
          rule = "the owner cannot make the group through the API without manage."
          fix  = "add manage under shared_with for the owner"
        },
        {
          bad  = group.created_by == "api" && group.store != "team" && (group.online == false || group.offline == false || group.storage == "in-memory")
          key  = group.offline == false ? "offline_store" : "online_store"
          rule = "a group made through the API has an online and an offline store, both under the store's keys."
          fix  = "write both stores, or leave created_by out"
        },
        {
          # The owner's file is read in the whole and in the owner's own slice.
          bad = strcontains(name, "--") && (
            split("--", name)[0] != group.owner || group.created_by != "api" || group.store != "central" ||
            (can(local.team_documents[group.owner]) && !try(tobool(local.team_documents[group.owner].namespace), false))
          )
          key  = "feature_group"
          rule = "a name with two hyphens in a row is one of its owner's name space: a group of the central store that the team makes through the API."
          fix  = "write the owner before --, store: central, created_by: api, and namespace: true in the owner's file; or a name without --"
        },
        {
          bad  = strcontains(name, "--") && contains(try(group.shared[group.owner], []), "manage")
          key  = "shared_with.${group.owner}"
          rule = "the name space gives its owner manage already."
          fix  = "leave manage out"
        },
      ] : { file = "feature-groups/${name}.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad
    ]
  ])

  # Grants but for those as plain as most, of which every rule below holds.
  grants = flatten([
    for name, group in local.groups : [
      for team, verbs in group.shared : {
        group   = name
        team    = team
        verbs   = verbs
        owned   = team == group.owner
        private = group.classification == "restricted" || group.store == "team"
        by_api  = group.created_by == "api"
        # Verbs that read a store which the group does not have.
        idle = concat(group.online == false ? ["read-online"] : [], group.offline == false ? ["read-offline"] : [])
      }
      if !(group.plain && team != group.owner && can(local.known_teams[team]) && can(local.usual_verbs[join(",", verbs)]))
    ]
  ])
  grant_problems = [
    for p in concat(
      [
        for g in local.grants : {
          grant = g
          rule  = "there is no team ${g.team}."
          fix   = local.name_a_team
        } if !can(local.known_teams[g.team])
      ],
      [
        for g in local.grants : {
          grant = g
          rule  = "a restricted group, or one in a team's own store, is shared with nobody."
          fix   = "leave the team out"
        } if g.private && !g.owned
      ],
      [
        for g in local.grants : {
          grant = g
          rule  = "must be a list of ${join(", ", local.verbs)}, each at most once."
          fix   = "correct it"
        } if length(g.verbs) == 0 || length(distinct(g.verbs)) < length(g.verbs) || length(setsubtract(g.verbs, local.verbs)) > 0
      ],
      [
        for g in local.grants : {
          grant = g
          rule  = "an owner has write already."
          fix   = "leave it out"
        } if g.owned && contains(g.verbs, "write")
      ],
      [
        for g in local.grants : {
          grant = g
          rule  = "manage is for the owner of a group with created_by: api."
          fix   = "leave it out"
        } if contains(g.verbs, "manage") && !(g.owned && g.by_api)
      ],
      [
        for g in local.grants : {
          grant = g
          rule  = "${join(" and ", g.idle)} cannot be granted: the group has no such store."
          fix   = "enable the store, or leave the verb out"
        } if length(setintersection(g.verbs, g.idle)) > 0
      ],
    ) : { file = "feature-groups/${p.grant.group}.yaml", key = "shared_with.${p.grant.team}", rule = p.rule, fix = p.fix }
  ]
}
