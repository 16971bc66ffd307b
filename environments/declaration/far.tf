# The groups that do not mention the team whose slice is wanted, nor are granted to it by a tag. A misspelt `owner` would take a group out of its owner's
# slice, and a plan made by hand would destroy it: so the keys and the teams of these groups are judged all the same.
locals {
  far_documents = { for name, document in local.all_group_documents : name => document if !can(local.near[name]) }

  far_problems = flatten([
    for name, group in local.far_documents : concat(
      [
        for key in try(setsubtract(keys(group), keys(local.shapes.group)), [""]) : {
          file = "feature-groups/${name}.yaml"
          key  = key
          rule = key == "" ? "cannot be read as a mapping of keys to values." : "unknown key."
          fix  = "correct it, or leave it out"
        }
      ],
      [
        for team in concat([try(trimspace(group.owner), "")], try(keys(group.shared_with), [])) : {
          file = "feature-groups/${name}.yaml"
          key  = team == try(group.owner, "") ? "owner" : "shared_with.${team}"
          rule = "there is no team ${team}."
          fix  = local.name_a_team
        } if !can(local.known_teams[team])
      ],
    )
  ])
}
