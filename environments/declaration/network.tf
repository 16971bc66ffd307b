# What a team runs in a network of its own: ids that must look like what they are, and a notebook that runs as a role of ours.
locals {
  id_lists = flatten([
    for name, team in local.team_documents : [
      for p in [
        { part = "notebook", list = "security_group_ids", kind = "sg", most = 5 },
        { part = "vpc_endpoints", list = "subnet_ids", kind = "subnet", most = 1000 },
        { part = "vpc_endpoints", list = "security_group_ids", kind = "sg", most = 1000 },
        { part = "vpc_endpoints", list = "route_table_ids", kind = "rtb", most = 1000 },
      ] : { part = p.part, list = p.list, kind = p.kind, most = p.most, team = name, ids = jsonencode(team[p.part][p.list]) } if can(team[p.part][p.list])
    ]
  ])

  network_problems = concat(
    [
      for p in local.id_lists : {
        file = "teams/${p.team}.yaml"
        key  = "${p.part}.${p.list}"
        rule = "must be 1 to ${p.most} ids such as ${p.kind}-0123456789abcdef0."
        fix  = "copy them"
      } if !can(regex("^\\[(\"${p.kind}-[0-9a-f]{8,17}\",?)+\\]$", p.ids)) || length(split(",", p.ids)) > p.most
    ],
    flatten([
      for name, team in local.team_documents : [
        for p in [
          {
            bad = !try(
              !can(team.principals[team.notebook.principal].role_arn) &&
              try(team.principals[team.notebook.principal].kind, "role") == "role" &&
              try(team.principals[team.notebook.principal].compute, "sagemaker") == "sagemaker" &&
              can(team.principals[team.notebook.principal].verbs), false
            )
            key  = "notebook.principal"
            rule = "must be a principal of the team, a role of ours with compute sagemaker."
            fix  = "name one"
          },
          {
            bad  = !try(startswith(team.notebook.volume_key, "arn:${local.partition}:kms:${local.region}:${team.account}:key/"), false)
            key  = "notebook.volume_key"
            rule = "the key lies outside the team's account or the environment's Region."
            fix  = "name another key"
          },
        ] : { file = "teams/${name}.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad
      ] if can(keys(team.notebook))
    ]),
  )
}
