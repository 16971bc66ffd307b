# Online grants beyond the size of a policy. Every shared group bears tags that list its readers; a role whose list of groups would
# grow too long asks for its team's name in that list instead. The tags stand on every group, so the switch changes the role
# alone, and the form is a matter of size, never of access: a test holds the two against each other.

locals {
  readers_tag = "feature-share-readers-"

  # A value has 256 characters, so the readers of a group are spread over sixteen tags by a digit that follows from a team's
  # name alone: a reader knows its tag without knowing who else reads.
  reader_digit = { for team in distinct([for pair in local.grants : pair.team]) : team => substr(sha256(team), 0, 1) }

  # A group made through the API has no tag that we set: it always goes by name.
  made_here = { for name, group in local.groups : name => true if group.created_by == "terraform" }
  reader_lists = {
    for pair in local.grants : "${pair.group}/${local.reader_digit[pair.team]}" => pair.team...
    if pair.verb == "read-online" && pair.store == "central" && can(local.made_here[pair.group])
  }
  reader_tags = {
    for key, teams in local.reader_lists : split("/", key)[0] => { key = "${local.readers_tag}${split("/", key)[1]}", value = ":${join(":", sort(teams))}:" }...
  }

  group_tags = {
    for name, group in local.groups : name => merge(
      { owner = group.owner },
      group.classification == null ? {} : { classification = group.classification },
      can(local.made_here[name]) ? { contact = group.contact } : {},
      # Only its owner knows all readers of a group.
      can(local.is_team[group.owner]) ? { for tag in try(local.reader_tags[name], []) : tag.key => tag.value } : {},
    )
  }

  named_reading = {
    for key, role in local.access : key => format(local.templates["identity/read-online"], [for name, hole in {
      groups = [for name in role.groups : local.groups[name].arn]
    } : jsonencode(hole) if contains(local.holes["identity/read-online"], name)]...) if role.verb == "read-online"
  }
  by_set = { for key, document in local.named_reading : key => true if length(document) > var.longest_list }

  # The name of the tag is part of the condition's key, which no hole of a template can be: it is put in place of a word.
  read_online_documents = {
    for key, role in local.access : key => !can(local.by_set[key]) ? { read-online = local.named_reading[key] } : merge(
      {
        read-online-of-sets = replace(format(local.templates["identity/read-online-of-sets"], [for name, hole in {
          groups = "arn:${local.partition}:sagemaker:${local.region}:${local.central}:feature-group/*"
          reader = "*:${role.team}:*"
        } : jsonencode(hole) if contains(local.holes["identity/read-online-of-sets"], name)]...), "feature-share-readers-digit", "${local.readers_tag}${local.reader_digit[role.team]}")
      },
      anytrue([for name in role.groups : !can(local.made_here[name])]) ? {
        read-online = format(local.templates["identity/read-online"], [for name, hole in {
          groups = [for name in role.groups : local.groups[name].arn if !can(local.made_here[name])]
        } : jsonencode(hole) if contains(local.holes["identity/read-online"], name)]...)
      } : {},
    ) if role.verb == "read-online"
  }
}
