# Policies of VPC endpoints: the team's own roles and its access roles, on what is shared with the team or its own, and
# nothing else. A ceiling beside the roles' own policies: credentials of another account that are brought into the VPC
# reach nothing through it, and nothing can be carried out to a bucket elsewhere.

locals {
  endpoint_teams = { for team, it in var.teams : team => it if it.vpc_endpoints != null }

  endpoint_groups = {
    for team, it in local.endpoint_teams : team => sort(distinct(flatten([
      for verb in keys(local.kind_of_verb) : concat(try(local.central_grants["${team}/${verb}"], []), try(local.own_grants["${team}/${verb}"], []))
    ])))
  }
  endpoint_principals = {
    for team, it in local.endpoint_teams : team => sort(distinct(concat(
      flatten([for verb in keys(local.kind_of_verb) : try(local.takers["${team}/${verb}"], [])]),
      [for key in try(local.access_of_team[team], []) : local.access[key].arn],
    )))
  }
  endpoint_stores = {
    for team, it in local.endpoint_teams : team => distinct([for name in local.endpoint_groups[team] : local.groups[name].store_key])
  }

  # Service to template and its holes; both SageMaker endpoints have one policy.
  endpoint_documents = {
    for team, it in local.endpoint_teams : team => merge(
      {
        athena = jsonencode({ Version = "2012-10-17", Statement = concat(jsondecode(format(local.templates["endpoint/athena"], [for name, hole in {
          principals = local.endpoint_principals[team]
          workgroups = concat(
            ["arn:${local.partition}:athena:${local.region}:${local.central}:workgroup/${local.prefix}-${team}", "arn:${local.partition}:athena:${local.region}:${it.account}:workgroup/${local.prefix}-${team}-own"],
            can(local.primary_readers[team]) ? [local.primary] : [],
          )
          } : jsonencode(hole) if contains(local.holes["endpoint/athena"], name)]...)).Statement, flatten([for direct in can(local.direct[team]) ? [local.direct[team]] : [] : jsondecode(format(local.templates["endpoint/direct-catalog"], [for name, hole in {
            data_catalog = direct.data_catalog
            principals   = direct.readers
        } : jsonencode(hole) if contains(local.holes["endpoint/direct-catalog"], name)]...)).Statement])) })
        glue = format(local.templates["endpoint/glue"], [for name, hole in {
          own_tables = local.endpoint_own_tables[team]
          principals = local.endpoint_principals[team]
          tables = sort(distinct(concat(
            flatten([for name in local.endpoint_groups[team] : local.table_arns[name]]),
            flatten([for account in distinct([local.central, it.account]) : ["arn:${local.partition}:glue:${local.region}:${account}:catalog", "arn:${local.partition}:glue:${local.region}:${account}:database/default"]]),
          )))
        } : jsonencode(hole) if contains(local.holes["endpoint/glue"], name)]...)
        kms = format(local.templates["endpoint/kms"], [for name, hole in {
          aliases    = sort(flatten([for key in local.endpoint_stores[team] : [local.stores[key].offline_alias, local.stores[key].online_alias]]))
          keys       = sort(distinct([for key in local.endpoint_stores[team] : "arn:${local.partition}:kms:${local.region}:${local.stores[key].account}:key/*"]))
          principals = local.endpoint_principals[team]
        } : jsonencode(hole) if contains(local.holes["endpoint/kms"], name)]...)
        s3 = format(local.templates["endpoint/storage"], [for name, hole in {
          buckets = concat(
            [for key in local.endpoint_stores[team] : "arn:${local.partition}:s3:::${local.stores[key].bucket}"],
            ["arn:${local.partition}:s3:::${local.prefix}-${team}-results-${it.account}-${local.region}"],
          )
          offline_objects = [for name in local.endpoint_groups[team] : "arn:${local.partition}:s3:::${local.stores[local.groups[name].store_key].bucket}/${name}/*"]
          principals      = local.endpoint_principals[team]
          results_objects = "arn:${local.partition}:s3:::${local.prefix}-${team}-results-${it.account}-${local.region}/*"
        } : jsonencode(hole) if contains(local.holes["endpoint/storage"], name)]...)
        sts = format(local.templates["endpoint/sts"], [for name, hole in {
          access_roles = sort([for key in try(local.access_of_team[team], []) : local.access[key].arn])
          principals   = local.endpoint_principals[team]
        } : jsonencode(hole) if contains(local.holes["endpoint/sts"], name)]...)
      },
      {
        for service in ["sagemaker.api", "sagemaker.featurestore-runtime"] : service => format(local.templates["endpoint/sagemaker"], [for name, hole in {
          groups     = [for name in local.endpoint_groups[team] : local.groups[name].arn]
          principals = local.endpoint_principals[team]
        } : jsonencode(hole) if contains(local.holes["endpoint/sagemaker"], name)]...)
      },
    )
  }
  endpoint_own_tables = {
    for team, it in local.endpoint_teams : team => [
      "arn:${local.partition}:glue:${local.region}:${it.account}:catalog",
      "arn:${local.partition}:glue:${local.region}:${it.account}:database/${local.snake}_${replace(team, "-", "_")}_shared",
      "arn:${local.partition}:glue:${local.region}:${it.account}:table/${local.snake}_${replace(team, "-", "_")}_shared/*",
    ]
  }

  endpoints = {
    for team, it in local.endpoint_teams : team => merge(it.vpc_endpoints, {
      account = it.account
      name    = "${local.prefix}-${team}"
      policies = {
        for service, document in local.endpoint_documents[team] : service => {
          policy  = document
          service = "${local.partition == "aws-cn" ? "cn." : ""}com.amazonaws.${local.region}.${service}"
          type    = service == "s3" ? "Gateway" : "Interface"
        }
      }
      team = team
    })
  }
}

locals {
  # "account" to what its deploy role needs for the endpoints declared there.
  endpoint_deploy_policies = {
    for team, it in local.endpoints : it.account => {
      team = team
      document = format(local.templates["identity/deploy-endpoints"], [for name, hole in {
        endpoints   = "arn:${local.partition}:ec2:${local.region}:${it.account}:vpc-endpoint/*"
        environment = local.env.name
        network = concat(
          ["arn:${local.partition}:ec2:${local.region}:${it.account}:vpc/${it.vpc_id}"],
          [for id in it.subnet_ids : "arn:${local.partition}:ec2:${local.region}:${it.account}:subnet/${id}"],
          [for id in it.security_group_ids : "arn:${local.partition}:ec2:${local.region}:${it.account}:security-group/${id}"],
          [for id in it.route_table_ids : "arn:${local.partition}:ec2:${local.region}:${it.account}:route-table/${id}"],
        )
      } : jsonencode(hole) if contains(local.holes["identity/deploy-endpoints"], name)]...)
    }...
  }
}
