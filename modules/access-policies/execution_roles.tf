# Execution roles: what notebooks, jobs and functions of a team run as. They may assume the access roles of the verbs
# they declare, and hold the team's own store directly.

locals {
  # Service that assumes the role, whether it says for which account it does so (aws:SourceAccount), and, for kinds that
  # may run one sort of thing only, what it runs (aws:SourceArn). Sources: decision 0009.
  compute = {
    ec2                  = { service = "ec2.amazonaws.com", sends_account = false, source = null }
    ecs                  = { service = "ecs-tasks.amazonaws.com", sends_account = true, source = null }
    emr                  = { service = "ec2.amazonaws.com", sends_account = false, source = null }
    emr-serverless       = { service = "emr-serverless.amazonaws.com", sends_account = true, source = null }
    lambda               = { service = "lambda.amazonaws.com", sends_account = var.probes.source_account_on_lambda_trust, source = null }
    sagemaker            = { service = "sagemaker.amazonaws.com", sends_account = var.probes.source_account_on_service_trust, source = null }
    sagemaker-processing = { service = "sagemaker.amazonaws.com", sends_account = var.probes.source_account_on_service_trust, source = "sagemaker:%s:%s:processing-job/*" }
    sagemaker-training   = { service = "sagemaker.amazonaws.com", sends_account = var.probes.source_account_on_service_trust, source = "sagemaker:%s:%s:training-job/*" }
    sagemaker-transform  = { service = "sagemaker.amazonaws.com", sends_account = var.probes.source_account_on_service_trust, source = "sagemaker:%s:%s:transform-job/*" }
  }

  own_principals = { for key, principal in local.principals : key => principal if principal.kind == "role" && principal.role_arn == null }

  execution_trust = {
    for key, principal in local.own_principals : key => !local.compute[principal.compute].sends_account ? format(local.templates["trust/service-without-source"], [for name, hole in {
      service = local.compute[principal.compute].service
      } : jsonencode(hole) if contains(local.holes["trust/service-without-source"], name)]...) : local.compute[principal.compute].source == null ? format(local.templates["trust/service"], [for name, hole in {
      account = principal.account
      service = local.compute[principal.compute].service
      } : jsonencode(hole) if contains(local.holes["trust/service"], name)]...) : format(local.templates["trust/service-for-source"], [for name, hole in {
      account = principal.account
      service = local.compute[principal.compute].service
      source  = "arn:${local.partition}:${format(local.compute[principal.compute].source, local.region, principal.account)}"
    } : jsonencode(hole) if contains(local.holes["trust/service-for-source"], name)]...) if can(local.compute[principal.compute])
  }

  assumes = {
    for key, principal in local.principals : key => sort(flatten([
      for verb in principal.verbs : local.access_of_verb["${principal.team}/${verb}"] if can(local.access_of_verb["${principal.team}/${verb}"])
    ]))
  }

  execution_policies = {
    for key, principal in local.principals : key => merge(
      { read-sharing = local.sharing_documents[principal.team] },
      length(local.assumes[key]) == 0 ? {} : {
        assume-access-roles = format(local.templates["identity/assume-access-roles"], [for name, hole in { access_roles = local.assumes[key] } : jsonencode(hole) if contains(local.holes["identity/assume-access-roles"], name)]...)
      },
      # The team's own store, in its own account, held directly.
      merge([
        for verb in principal.verbs : {
          "own-${verb}" = format(local.templates["identity/${verb}"], [for name, hole in {
            groups = [for name in sort(local.own_grants["${principal.team}/${verb}"]) : local.groups[name].arn]
          } : jsonencode(hole) if contains(local.holes["identity/${verb}"], name)]...)
        } if can(local.own_grants["${principal.team}/${verb}"]) && contains(["write", "delete", "read-online", "discover"], verb)
      ]...),
      anytrue([for verb in principal.verbs : can(local.own_with_key["${principal.team}/${verb}"]) && contains(["write", "delete", "read-online"], verb)]) ? { own-online-key = local.online_key_documents[principal.team] } : {},
      contains(principal.verbs, "read-offline") && can(local.results_bucket[principal.team]) ? merge(
        {
          combine = local.combine_documents[principal.team]
          results = local.results_documents["combine/${principal.team}"]
        },
        can(local.direct[principal.team]) ? { direct-catalog = local.direct_documents[principal.team] } : {},
        can(local.offline_scopes["own/${principal.team}"]) ? { own-describe-groups = local.describe_documents["own/${principal.team}"], own-read-offline = local.read_offline_documents["own/${principal.team}"] } : {},
      ) : {},
    )
  }

  sharing_documents = {
    for team, arn in local.sharing_arn : team => format(local.templates["identity/read-sharing"], [for name, hole in { sharing = arn } : jsonencode(hole) if contains(local.holes["identity/read-sharing"], name)]...)
  }

  own_boundary = {
    for team, it in var.teams : team => format(local.templates["identity/boundary-execution-role"], [for name, hole in {
      access_roles = "${local.iam}${local.central}:role/${local.prefix}/*/${team}/*"
      account      = it.account
      sharing      = local.sharing_arn[team]
    } : jsonencode(hole) if contains(local.holes["identity/boundary-execution-role"], name)]...)
  }
  execution_boundary = {
    for team, document in local.own_boundary : team => !can(local.direct[team]) ? document : jsonencode({
      Version   = "2012-10-17"
      Statement = concat(jsondecode(document).Statement, jsondecode(local.direct_boundaries[team]).Statement)
    })
  }
}
