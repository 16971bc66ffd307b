# Rules for replicas. What can be copied shows in a group's own file: of a slice, in those it has.
locals {
  declared_replicas = {
    for name in try(keys(local.environment_document.replicas), []) : name => {
      account = try(trimspace(local.environment_document.replicas[name].account), "")
      region  = try(trimspace(local.environment_document.replicas[name].region), local.region)
      groups  = try([for group in local.environment_document.replicas[name].feature_groups : trimspace(group)], null)
      readers = try([for reader in local.environment_document.replicas[name].readers : trimspace(reader)], null)
    }
  }
  known_groups = tomap({ for name in keys(local.group_texts) : name => true })
  reader       = "^([a-z][a-z0-9]*(-[a-z0-9]+)*|arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[\\w+=,.@/-]+)$"

  replica_problems = [
    for p in concat(
      [
        {
          bad  = sum(concat([0], [for replica in local.declared_replicas : length(coalesce(replica.groups, []))])) > 1000
          key  = "replicas"
          rule = "a bucket takes 1000 replication rules, one for each replica and group."
          fix  = "copy fewer groups, or to fewer places"
        },
      ],
      flatten([
        for name, replica in local.declared_replicas : [
          {
            bad  = !can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name)) || can(local.known_teams[name]) || length(local.prefix) + length(name) > min(46, 63 - length("--replica-111122223333-") - length(replica.region))
            key  = "replicas.${name}"
            rule = "must be lower-case letters, digits and single hyphens, not the name of a team, and short enough for names of roles and buckets."
            fix  = "rename it"
          },
          {
            bad  = (startswith(replica.region, "cn-") ? "aws-cn" : startswith(replica.region, "us-gov-") ? "aws-us-gov" : "aws") != local.partition
            key  = "replicas.${name}.region"
            rule = "the Region lies in another partition."
            fix  = "name another Region"
          },
          {
            bad  = replica.groups == null || length(coalesce(replica.groups, [])) == 0 || length(distinct(coalesce(replica.groups, []))) < length(coalesce(replica.groups, []))
            key  = "replicas.${name}.feature_groups"
            rule = "must be a list of feature groups, each once."
            fix  = "correct it"
          },
          {
            bad  = replica.readers == null || length(coalesce(replica.readers, [])) == 0 || length(distinct(coalesce(replica.readers, []))) < length(coalesce(replica.readers, []))
            key  = "replicas.${name}.readers"
            rule = "must be a list of roles, each once."
            fix  = "correct it"
          },
          [
            for index, group in coalesce(replica.groups, []) : {
              bad  = !can(local.known_groups[group])
              key  = "replicas.${name}.feature_groups[${index}]"
              rule = "there is no feature group ${group}."
              fix  = "name a group that is there"
            }
          ],
          [
            for index, group in coalesce(replica.groups, []) : {
              bad  = local.groups[group].classification == "restricted" || local.groups[group].store == "team" || local.groups[group].offline == false || local.groups[group].format == "iceberg"
              key  = "replicas.${name}.feature_groups[${index}]"
              rule = "cannot be replicated: a group that is restricted, in a team's own store, without an offline store, or iceberg (whose metadata names its files in the source bucket)."
              fix  = "leave it out"
            } if can(local.groups[group])
          ],
          [
            for index, reader in coalesce(replica.readers, []) : {
              bad  = !can(regex(local.reader, reader)) || contains(local.role_kinds, reader) || (startswith(reader, "arn:") ? !startswith(reader, "arn:${local.partition}:iam::${replica.account}:role/") : length(reader) > 16)
              key  = "replicas.${name}.readers[${index}]"
              rule = "must be a name of at most 16 lower-case letters, digits and single hyphens, and of no kind of role, or the ARN of a role of the replica's account."
              fix  = "correct it"
            }
          ],
        ]
      ]),
    ) : { file = "environment.yaml", key = p.key, rule = p.rule, fix = p.fix } if p.bad
  ]
}
