locals {
  # A grant is (team, feature group, verb). The owner writes; everything else stands in the owner's file.
  granted = flatten([
    for name, group in local.groups : concat(
      # A group declared in a name space is written, and managed, by the right to the whole of it.
      [for verb in can(local.name_spaces[name]) ? ["manage", "write"] : can(regex("--", name)) ? [] : ["write"] : { team = group.owner, group = name, verb = verb, store = group.store }],
      [for team, verbs in group.shared_with : [for verb in verbs : { team = team, group = name, verb = verb, store = group.store }]],
    )
  ])
  # Each once; `distinct` would compare every grant with every other.
  grants = [for key, same in { for grant in local.granted : "${grant.team}/${grant.group}/${grant.verb}" => grant... } : same[0]]

  # "team/verb" to names of groups, in the central store and in the team's own.
  central_grants = { for grant in local.grants : "${grant.team}/${grant.verb}" => grant.group... if grant.store == "central" && can(local.is_team[grant.team]) }
  own_grants     = { for grant in local.grants : "${grant.team}/${grant.verb}" => grant.group... if grant.store == "team" && can(local.is_team[grant.team]) }

  reserved = { for team, it in var.teams : team => "${local.iam}${it.account}:role/aws-reserved/sso.amazonaws.com/" }

  # Own grants on a group that has a customer key online.
  own_with_key = { for key, names in local.own_grants : key => true if anytrue([for name in names : local.groups[name].with_key]) }

  # The principals of a team that may take a verb, by ARN.
  principals = merge([
    for team, it in var.teams : {
      for name, principal in it.principals : "${team}/${name}" => merge(principal, {
        account = it.account
        team    = team
        name    = name
        arn = (
          principal.kind == "user" ? "${local.iam}${it.account}:user/${coalesce(principal.user_name, "-")}" :
          principal.kind == "sso" ? "${local.reserved[team]}AWSReservedSSO_${coalesce(principal.permission_set, "-")}_????????????????" :
          principal.role_arn != null ? principal.role_arn :
          "${local.iam}${it.account}:role/${local.prefix}/execution/${team}/${local.prefix}-${team}-${name}"
        )
      })
    }
  ]...)
  takers = { for pair in flatten([
    for key, principal in local.principals : [
      for verb in principal.verbs : concat(
        [{ key = "${principal.team}/${verb}", arn = principal.arn }],
        # Outside us-east-1 Identity Center puts its Region into the path. A slash before the name keeps a permission set
        # called X apart from one whose name ends in AWSReservedSSO_X.
        principal.kind != "sso" ? [] : [{ key = "${principal.team}/${verb}", arn = replace(principal.arn, local.reserved[principal.team], "${local.reserved[principal.team]}*/") }],
      )
    ]
  ]) : pair.key => pair.arn... }
}
