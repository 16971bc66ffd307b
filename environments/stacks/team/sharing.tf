# What the team's own code needs to know (featureshare.client): which access roles, groups and workgroups it has. One
# document for the team and one for each group, as JSON, in parameters of the team's own account.

locals {
  sharing_documents = merge(
    {
      "team" = {
        schema          = 1
        team            = var.team
        environment     = local.environment.name
        region          = local.environment.region
        partition       = local.environment.partition
        account         = local.account
        central_account = local.environment.central_account
        access_roles    = local.team.access_roles
        results_bucket  = local.team.results_bucket
        shared_database = local.team.shared_database
        data_catalog    = local.team.data_catalog
        workgroups = {
          for key, workgroup in local.documents.workgroups : (workgroup.stack == "central-team" ? "central" : "own") => {
            name    = workgroup.name
            account = workgroup.account
            output  = workgroup.output_location
            owner   = workgroup.owner_account
          } if workgroup.team == var.team
        }
      }
    },
    {
      for key, group in local.documents.feature_groups : "groups/${group.name}" => merge({
        feature_group     = group.name
        arn               = group.arn
        store             = group.store
        owner             = group.owner
        contact           = group.contact
        verbs             = sort(distinct(concat(group.owner == var.team ? ["write"] : [], try(group.shared_with[var.team], []))))
        record_identifier = group.record_identifier
        event_time        = group.event_time
        features          = [for feature in group.features : [feature.name, feature.type]]
        collections       = { for feature in group.features : feature.name => { kind = feature.collection, dimension = feature.dimension } if feature.collection != null }
        expectations      = group.expectations
        freshness         = group.freshness
        online            = group.online_store.enabled
        offline           = group.offline_store.enabled
        database          = group.database
        table             = group.table
        s3_uri            = group.s3_uri
        },
        # Where offline grants are spread over several roles, the one that reads this group.
        can(local.team.spread_readers[group.name]) ? { access_roles = { read-offline = local.team.spread_readers[group.name] } } : {},
      )
    },
  )
}

module "sharing" {
  source = "../../../modules/published-documents"

  description = "What is shared with the team, for featureshare.client."
  documents   = { for name, document in local.sharing_documents : name => jsonencode(document) }
  path        = local.team.sharing_path
}

moved {
  from = aws_ssm_parameter.sharing
  to   = module.sharing.aws_ssm_parameter.part
}
