# Offline grants beyond the size of a policy. Prefixes and tables bear no tags that a policy could ask for, so the grants
# of a team whose reader-offline role would not fit are spread over further roles of the same trust, boundary and path: what
# buckets, keys and boundaries say of reader-offline roles holds for each (docs/decisions/0025).
#
# A group has a code of eight bits: four of its owner's name, then four of its own, so that an owner's groups part last.
# A role holds the groups whose codes end alike; one that would not fit is cut in two by the next bit, and the half with
# bit 0 keeps its name. So a group moves only when its own role is cut, and a slice finds what the whole finds.

locals {
  # The largest that a role may be, less what it holds whatever its groups.
  spread = {
    for key, used in {
      for key, scope in local.offline_scopes : "${scope.team}/read-offline" =>
      length(local.describe_documents[key]) + length(local.read_offline_documents[key]) + length(local.results_documents[key]) + (can(local.primary_readers[scope.team]) ? length(local.primary_documents.reader) : 0)
      if scope.store_key == "central"
    } : key => { team = split("/", key)[0], used = used } if used > var.largest_reader
  }

  # What a group adds to a role's documents, quotes and commas included, and its code.
  spread_groups = {
    for name in distinct(flatten([for key, it in local.spread : local.central_grants[key]])) : name => {
      code = parseint(substr(sha256(local.groups[name].owner), 0, 1), 16) + 16 * parseint(substr(sha256(name), 0, 1), 16)
      size = sum([for text in [local.groups[name].arn, local.table_arns[name][2], "arn:${local.partition}:s3:::${local.stores["central"].bucket}/${name}/*", "${name}/*"] : length(text) + 3])
    }
  }
  spread_room = {
    for key, it in local.spread : key => var.largest_reader - it.used + sum([for name in local.central_grants[key] : local.spread_groups[name].size])
  }
  # How large the part of a team's groups is whose codes end alike, by how many bits are looked at.
  spread_cuts = [1, 2, 4, 8, 16, 32, 64, 128, 256]
  spread_sizes = {
    for part, sizes in {
      for one in flatten([
        for key, it in local.spread : [
          for name in local.central_grants[key] : [
            for cut in local.spread_cuts : { part = "${key}/${cut}/${local.spread_groups[name].code % cut}", size = local.spread_groups[name].size }
          ]
        ]
      ]) : one.part => one.size...
    } : part => sum(sizes)
  }
  # The fewest bits with which a group's part fits; where none does, the role is refused by its size.
  spread_grants = {
    for one in flatten([
      for key, it in local.spread : [
        for name in local.central_grants[key] : {
          group = name
          number = 1 + local.spread_groups[name].code % concat([
            for cut in local.spread_cuts : cut if local.spread_sizes["${key}/${cut}/${local.spread_groups[name].code % cut}"] <= local.spread_room[key]
          ], [256])[0]
          key = key
        }
      ]
    ]) : one.number == 1 ? one.key : "${one.key}/${one.number}" => one.group...
  }

  spread_documents = {
    for key, names in local.spread_grants : key => {
      describe = format(local.templates["identity/describe-groups"], [for name, hole in {
        groups = [for name in sort(names) : local.groups[name].arn]
      } : jsonencode(hole) if contains(local.holes["identity/describe-groups"], name)]...)
      read = format(local.templates["identity/read-offline"], [for name, hole in {
        account          = local.central
        alias            = local.stores["central"].offline_alias
        bucket           = "arn:${local.partition}:s3:::${local.stores["central"].bucket}"
        default_database = local.default_database[local.central]
        keys             = local.any_key[local.central]
        objects          = [for name in sort(names) : "arn:${local.partition}:s3:::${local.stores["central"].bucket}/${name}/*"]
        prefixes         = [for name in sort(names) : "${name}/*"]
        s3               = local.s3
        tables           = sort(distinct(flatten([for name in names : local.table_arns[name]])))
        workgroup        = "arn:${local.partition}:athena:${local.region}:${local.central}:workgroup/${local.prefix}-${split("/", key)[0]}"
      } : jsonencode(hole) if contains(local.holes["identity/read-offline"], name)]...)
    }
  }

  # "team" to the role of each group, for the teams whose grants are spread.
  spread_readers = {
    for key, it in local.spread : it.team => merge([
      for part in try(local.access_of_team[it.team], []) : { for name in local.access[part].groups : name => local.access[part].arn } if local.access[part].verb == "read-offline"
    ]...)
  }
  spread_roles = merge([
    for key, role in local.access : { "${local.central}/${role.name}" = true } if role.verb == "read-offline" && can(local.spread["${role.team}/read-offline"])
  ]...)
}
