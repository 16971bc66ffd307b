# What code that reads the replica needs to know (featureshare.client): its copies, their tables and the workgroup. The same
# documents as a team has of its own store (../team/sharing.tf), in parameters of the replica's account and Region. There is
# no access role among them: readers read as they are.

locals {
  workgroup = local.documents.workgroups["${local.account}/${local.replica.workgroup}"]

  sharing_documents = merge(
    {
      "team" = {
        schema          = 1
        team            = var.replica
        replica         = true
        environment     = local.environment.name
        region          = local.replica.region
        partition       = local.environment.partition
        account         = local.account
        central_account = local.environment.central_account
        access_roles    = {}
        results_bucket  = local.replica.results_bucket
        shared_database = null
        data_catalog    = null
        workgroups = {
          own = {
            name    = local.workgroup.name
            account = local.workgroup.account
            output  = local.workgroup.output_location
            owner   = local.workgroup.owner_account
          }
        }
      }
    },
    {
      # The group is that of the source, whose ARN names it; table and files are the copy's.
      for key, group in local.documents.feature_groups : "groups/${group.name}" => {
        feature_group     = group.name
        arn               = group.arn
        store             = "replica"
        owner             = group.owner
        contact           = group.contact
        verbs             = ["read-offline"]
        record_identifier = group.record_identifier
        event_time        = group.event_time
        features          = [for feature in group.features : [feature.name, feature.type]]
        collections       = {} # only in memory, where nothing is copied from
        expectations      = group.expectations
        freshness         = group.freshness
        online            = false
        offline           = true
        database          = local.replica.database
        table             = local.replica.groups[group.name].table
        s3_uri            = "s3://${local.replica.bucket}/${trimsuffix(local.replica.groups[group.name].prefix, "/")}"
      }
    },
  )
}

module "sharing" {
  source = "../../../modules/published-documents"

  description = "What the replica holds, for featureshare.client."
  documents   = { for name, document in local.sharing_documents : name => jsonencode(document) }
  path        = local.replica.sharing_path
}

moved {
  from = aws_ssm_parameter.sharing
  to   = module.sharing.aws_ssm_parameter.part
}
