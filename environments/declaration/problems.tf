# Everything wrong with the declaration, as {file, key, rule, fix}. Python judges more finely and with line numbers; these
# are the rules without which a plan made by hand would be unsafe.
locals {
  problems = concat(
    local.file_problems,
    local.text_problems,
    local.node_problems,
    local.environment_problems,
    local.replica_problems,
    local.tag_problems,
    local.team_problems,
    local.group_problems,
    local.expectation_problems,
    local.grant_problems,
    local.far_problems,
    local.foreign_problems,
    local.network_problems,
  )

  # A line that begins with a space is not wrapped by Terraform.
  complaint = join("\n", concat(
    ["The declaration of ${var.environment} is refused:"],
    sort(distinct([for p in local.problems : "  ${local.shown}/${p.file}: ${p.key == "" ? "" : "${p.key}: "}${p.rule} Fix: ${p.fix}"])),
  ))

  read_files = { for file in concat(local.team_files, local.group_files) : file => true }
  file_problems = concat(
    [
      for file in local.yaml_files : {
        file = file
        key  = ""
        rule = "nothing reads a file of this name."
        fix  = "end it with .yaml and put it in teams/ or feature-groups/, or delete it"
      } if file != "environment.yaml" && !can(local.read_files[file])
    ],
    [
      for team in var.team == null ? [] : [var.team] : {
        file = "teams/${team}.yaml"
        key  = "var.team"
        rule = "there is no team ${team}."
        fix  = local.name_a_team
      } if !can(local.known_teams[team])
    ],
    [
      for replica in var.replica == null ? [] : [var.replica] : {
        file = "environment.yaml"
        key  = "var.replica"
        rule = "there is no replica ${replica}."
        fix  = "name one of: ${join(", ", try(keys(local.environment_document.replicas), []))}"
      } if !can(local.environment_document.replicas[replica])
    ],
  )

  # What yamldecode hides: a second key of the same name wins, and words such as yes and off become true and false.
  boolean_words = "y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF"
  # The text cut at every key that is not indented.
  sections = { for file, text in local.texts : file => split("\n\u0001", replace("\n${text}", "/\n([\\w\"'])/", "\n\u0001$1")) }
  repeated = {
    for file, sections in local.sections : file => concat(
      [for key, times in { for key in regexall("(?m)^([\\w-]+)[ \t]*:", local.texts[file]) : key[0] => true... } : key if length(times) > 1],
      flatten([
        for section in sections : [
          for key, times in { for key in regexall("\n  ([\\w-]+)[ \t]*:", section) : key[0] => true... } :
          "${split(":", section)[0]}.${key}" if length(times) > 1
        ]
      ])
    )
  }
  text_problems = flatten([
    for file, text in local.texts : concat(
      [
        for key in distinct(local.repeated[file]) : {
          file = file
          key  = key
          rule = "is there twice."
          fix  = "keep one of the two"
        }
      ],
      [
        for word in distinct(flatten(regexall("(?m)^[ \t]*(${local.boolean_words})[ \t]*:", text))) : {
          file = file
          key  = word
          rule = "the key ${word} has no quotes, and YAML readers take it for true or false."
          fix  = "write \"${word}\""
        }
      ],
      [
        for found in distinct(regexall("(?m)\\b(allow_primary|direct_catalog|enabled|ephemeral|namespace|replication_time_control|delete_markers|required|shared_by_tag|unique)[ \t]*:[ \t]*(${local.boolean_words})[ \t]*(?:[,}#]|$)", text)) : {
          file = file
          key  = found[0]
          rule = "must be true or false, not ${found[1]}."
          fix  = "write true or false"
        }
      ],
    )
  ])

  environment_problems = [
    for p in concat([
      for key in try(keys(local.environment_document.tags), []) : {
        bad  = !can(regex("^\"[\\w .:/=+@-]{0,256}\"$", jsonencode(local.environment_document.tags[key]))) || !can(regex("^[\\w .:/=+@-]{1,128}$", key)) || startswith(key, "aws:")
        key  = "tags.${key}"
        rule = "a tag is text: letters, digits, spaces or _ . : / = + - @, and its key does not begin with aws:."
        fix  = "correct it, with quotes around text"
      }
      ], [
      {
        bad  = try(local.environment_document.name != var.environment, false)
        key  = "name"
        rule = "must be the name of the folder, ${var.environment}."
        fix  = "write ${var.environment}"
      },
      {
        bad  = local.principal_partition != local.partition
        key  = "platform.principal"
        rule = "the ARN lies outside partition ${local.partition}."
        fix  = "begin it with arn:${local.partition}:"
      },
      {
        bad  = local.region_partition != local.partition
        key  = "partition"
        rule = "the Region lies in partition ${local.region_partition}, not ${local.partition}."
        fix  = "write partition: ${local.region_partition}"
      },
      {
        bad  = length(local.team_files) == 0
        key  = ""
        rule = "no team is declared."
        fix  = "add a file to teams/"
      },
    ]) : { file = "environment.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad
  ]
  partition           = try(trimspace(local.environment_document.partition), "aws")
  principal_partition = try(split(":", local.environment_document.platform.principal)[1], local.partition)
  region              = try(trimspace(local.environment_document.region), "")
  region_partition    = startswith(local.region, "cn-") ? "aws-cn" : startswith(local.region, "us-gov-") ? "aws-us-gov" : "aws"
}
