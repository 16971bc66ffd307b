# Online grants beyond the size of a policy. Every shared group bears a tag with the id of its exact set of readers; a role whose
# list of groups would grow too long names the ids it belongs to instead. The tag stands on every group, so the switch changes
# the role alone, and the form is a matter of size, never of access: a test holds the two against each other.

locals {
  readers_tag = "feature-share-readers"

  # A group made through the API has no tag that we set: it always goes by name.
  readers_of = {
    for pair in local.grants : pair.group => pair.team...
    if pair.verb == "read-online" && pair.store == "central" && can(local.made_here[pair.group])
  }
  made_here  = { for name, group in local.groups : name => true if group.created_by == "terraform" }
  reader_set = { for name, teams in local.readers_of : name => substr(sha256(join(",", sort(teams))), 0, 16) }

  group_tags = {
    for name, group in local.groups : name => merge(
      { owner = group.owner },
      group.classification == null ? {} : { classification = group.classification },
      can(local.made_here[name]) ? { contact = group.contact } : {},
      can(local.reader_set[name]) ? { (local.readers_tag) = local.reader_set[name] } : {},
    )
  }

  named_reading = {
    for key, role in local.access : key => format(local.templates["identity/read-online"], [for name, hole in {
      groups = [for name in role.groups : local.groups[name].arn]
    } : jsonencode(hole) if contains(local.holes["identity/read-online"], name)]...) if role.verb == "read-online"
  }
  by_set = { for key, document in local.named_reading : key => true if length(document) > var.longest_list }
  read_online_documents = {
    for key, role in local.access : key => !can(local.by_set[key]) ? { read-online = local.named_reading[key] } : merge(
      {
        read-online-of-sets = format(local.templates["identity/read-online-of-sets"], [for name, hole in {
          groups = "arn:${local.partition}:sagemaker:${local.region}:${local.central}:feature-group/*"
          sets   = sort(distinct([for name in role.groups : local.reader_set[name] if can(local.reader_set[name])]))
        } : jsonencode(hole) if contains(local.holes["identity/read-online-of-sets"], name)]...)
      },
      anytrue([for name in role.groups : !can(local.reader_set[name])]) ? {
        read-online = format(local.templates["identity/read-online"], [for name, hole in {
          groups = [for name in role.groups : local.groups[name].arn if !can(local.reader_set[name])]
        } : jsonencode(hole) if contains(local.holes["identity/read-online"], name)]...)
      } : {},
    ) if role.verb == "read-online"
  }
}
