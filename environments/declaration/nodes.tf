# Every mapping in every file with the shape it must have, and one check for all of them.
locals {
  # What is many, and nearly always as plain as this, is recognised by one look at its JSON (whose keys are sorted): with 500
  # teams and 200 groups the checks below would take twice the time.
  usual = {
    feature   = "^{\"description\":\"[ !#-\\[\\]-~]+\",\"name\":\"[a-zA-Z0-9]([_-]*[a-zA-Z0-9])*\",\"type\":\"(String|Integral|Fractional)\"}$"
    principal = "^{(\"compute\":\"(sagemaker|lambda)\",)?\"verbs\":\\[\"${join("", [for verb in local.verbs : "(${verb}\",?\"?)?"])}\\]}$"
  }
  # Lists of verbs of which nothing more is asked, in alphabetical order: 1 to 31 in binary says which.
  common_verbs = [for verb in local.verbs : verb if !contains(["manage", "update"], verb)]
  usual_verbs  = tomap({ for bits in range(1, 32) : join(",", [for at, verb in local.common_verbs : verb if floor(bits / pow(2, at)) % 2 == 1]) => true })

  nodes = flatten([
    [{ file = "environment.yaml", path = "", shape = "environment", value = local.environment_document }],
    [
      for platform in try([local.environment_document.platform], []) :
      { file = "environment.yaml", path = "platform.", shape = "platform", value = platform }
    ],
    [
      for name in try(keys(local.environment_document.replicas), []) :
      { file = "environment.yaml", path = "replicas.${name}.", shape = "replica", value = local.environment_document.replicas[name] }
    ],
    [
      for index, grant in try([for grant in local.environment_document.shared_by_tag : grant], []) : [
        [{ file = "environment.yaml", path = "shared_by_tag[${index}].", shape = "tag_grant", value = grant }],
        [
          for tags in try([grant.tags], []) :
          { file = "environment.yaml", path = "shared_by_tag[${index}].tags.", shape = "tag_match", value = tags }
        ],
      ]
    ],
    [
      for name, team in local.team_documents : [
        [{ file = "teams/${name}.yaml", path = "", shape = "team", value = team }],
        [
          for principal in try(keys(team.principals), []) :
          { file = "teams/${name}.yaml", path = "principals.${principal}.", shape = "principal", value = team.principals[principal] }
          if !can(regex(local.usual.principal, jsonencode(team.principals[principal])))
        ],
        [
          for part in ["athena", "notebook", "vpc_endpoints"] :
          { file = "teams/${name}.yaml", path = "${part}.", shape = part, value = team[part] } if can(team[part])
        ],
      ]
    ],
    [
      for name, group in local.group_documents : [
        [{ file = "feature-groups/${name}.yaml", path = "", shape = "group", value = group }],
        [
          for index, feature in try([for feature in group.features : feature], []) :
          { file = "feature-groups/${name}.yaml", path = "features[${index}].", shape = "feature", value = feature }
          if !(can(regex(local.usual.feature, jsonencode(feature))) && try(length(feature.name) <= 64 && length(feature.description) <= 255, false))
        ],
        [
          for feature in try(keys(group.expectations), []) :
          { file = "feature-groups/${name}.yaml", path = "expectations.${feature}.", shape = "expectation", value = group.expectations[feature] }
        ],
        [
          for store in ["online_store", "offline_store"] :
          { file = "feature-groups/${name}.yaml", path = "${store}.", shape = store, value = group[store] } if can(group[store])
        ],
        [
          for throughput in try([group.throughput], []) :
          { file = "feature-groups/${name}.yaml", path = "throughput.", shape = "throughput", value = throughput }
        ],
        [
          for ttl in try([group.online_store.ttl], []) :
          { file = "feature-groups/${name}.yaml", path = "online_store.ttl.", shape = "ttl", value = ttl }
        ],
      ]
    ],
  ])

  node_problems = flatten([
    for node in local.nodes : can(keys(node.value)) ? concat(
      [
        for key in setsubtract(keys(node.value), keys(local.shapes[node.shape])) : {
          file = node.file
          key  = "${node.path}${key}"
          rule = "unknown key."
          fix  = "correct the spelling, or leave it out"
        }
      ],
      [
        for key, wanted in local.shapes[node.shape] : {
          file = node.file
          key  = "${node.path}${key}"
          rule = "is missing."
          fix  = "add it"
        } if wanted.required && !can(node.value[key])
      ],
      [
        for key, value in node.value : {
          file = node.file
          key  = "${node.path}${key}"
          rule = startswith(jsonencode(value), "\"") && local.shapes[node.shape][key].kind == "text" ? local.shapes[node.shape][key].rule : "must be ${local.shapes[node.shape][key].kind}; a number, yes, no, on or off without quotes is not text, and nothing at all is no value."
          fix  = "correct it, with quotes around text"
        } if !(startswith(jsonencode(value), "\"") ? can(regex(local.shapes[node.shape][key].pattern, value)) && !try(length(value) > local.shapes[node.shape][key].longest, false) : can(regex(local.shapes[node.shape][key].opens, jsonencode(value)))) && can(local.shapes[node.shape][key])
      ],
      ) : [
      {
        file = node.file
        key  = trimsuffix(node.path, ".")
        rule = "cannot be read as a mapping of keys to values."
        fix  = "write key: value lines, in YAML"
      }
    ]
  ])
}
