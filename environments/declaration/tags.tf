# Grants by tag, as what they come to: grants by name. What is enforced and proved is exact, and a tag in AWS decides nothing.
locals {
  tag_verbs = ["discover", "read-offline", "read-online"]

  # What tags look at, of all groups: that a group is granted to a team by a tag does not show in a text that names the team.
  tag_facts = tomap({
    for name, group in local.all_group_documents : name => {
      classification = try(trimspace(group.classification), "internal")
      owner          = try(trimspace(group.owner), "")
      # Its owner lets tags share it, and it is none of those that are shared with nobody.
      open = try(tostring(group.shared_by_tag) == "true" && trimspace(group.store) == "central", false) && try(trimspace(group.classification), "") != "restricted"
      # Verbs that read a store which the group does not have.
      idle = concat(
        try(tostring(group.online_store.enabled) == "true", false) ? [] : ["read-online"],
        try(tostring(group.offline_store.enabled) == "true", false) ? [] : ["read-offline"],
      )
    }
  })

  tag_grants = [
    for index, grant in try([for grant in local.environment_document.shared_by_tag : grant], []) : {
      at             = "shared_by_tag[${index}]"
      named          = try(length(grant.tags), 1)
      classification = try(trimspace(grant.tags.classification), null)
      owner          = try(trimspace(grant.tags.owner), null)
      shared         = { for team in try(keys(grant.shared_with), []) : team => try([for verb in grant.shared_with[team] : trimspace(verb)], []) }
      tagged = tomap({
        for name, facts in local.tag_facts : name => true
        if facts.open && try(facts.classification == trimspace(grant.tags.classification), !can(grant.tags.classification)) && try(facts.owner == trimspace(grant.tags.owner), !can(grant.tags.owner)) && try(length(grant.tags) > 0, false)
      })
    }
  ]

  # By group, what each entry gives to whom: no team its own groups.
  shared_by_tag = {
    for name, facts in local.tag_facts : name => [
      for grant in local.tag_grants : {
        for team, verbs in grant.shared : team => [for verb in verbs : verb if !contains(facts.idle, verb)]
        if team != facts.owner && length(setsubtract(verbs, facts.idle)) > 0
      } if can(grant.tagged[name])
    ] if facts.open
  }

  tag_problems = concat(
    [
      for p in flatten([
        for grant in local.tag_grants : [
          {
            bad  = grant.named == 0
            key  = "${grant.at}.tags"
            rule = "no tag is named, which would be every group."
            fix  = "name a classification, an owner or both"
          },
          {
            bad  = length(grant.shared) == 0
            key  = "${grant.at}.shared_with"
            rule = "must name a team or more."
            fix  = "name one, or leave the entry out"
          },
          {
            bad  = grant.classification == "restricted"
            key  = "${grant.at}.tags.classification"
            rule = "a restricted group is shared with nobody."
            fix  = "name another class"
          },
          {
            bad  = grant.owner != null && !can(local.known_teams[coalesce(grant.owner, "-")])
            key  = "${grant.at}.tags.owner"
            rule = "there is no team ${coalesce(grant.owner, "-")}."
            fix  = local.name_a_team
          },
          {
            bad  = grant.named > 0 && length(grant.tagged) == 0
            key  = "${grant.at}.tags"
            rule = "no group of the central store bears these tags and says shared_by_tag: true."
            fix  = "correct them, ask an owner for shared_by_tag: true, or leave the entry out"
          },
          [
            for team, verbs in grant.shared : [
              {
                bad  = !can(local.known_teams[team])
                key  = "${grant.at}.shared_with.${team}"
                rule = "there is no team ${team}."
                fix  = local.name_a_team
              },
              {
                bad  = length(verbs) == 0 || length(distinct(verbs)) < length(verbs) || length(setsubtract(verbs, local.tag_verbs)) > 0
                key  = "${grant.at}.shared_with.${team}"
                rule = "must be a list of ${join(", ", local.tag_verbs)}, each at most once: whoever changes a group is named in its file."
                fix  = "correct it"
              },
            ]
          ],
        ]
      ]) : { file = "environment.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad
    ],
    [
      for name, group in local.groups : {
        file = "feature-groups/${name}.yaml"
        key  = "shared_by_tag"
        rule = "a restricted group, or one in a team's own store, is shared with nobody."
        fix  = "leave it out"
      } if group.by_tag && (group.classification == "restricted" || group.store == "team")
    ],
  )
}
