module "central_store" {
  source = "../../../modules/central-store"

  boundary                = one([for arn, policy in local.documents.managed_policies : policy if policy.account == local.account && policy.team == null])
  catalog_policy          = local.documents.catalogs[local.account].policy
  create_default_database = var.create_default_database
  force_destroy           = local.ephemeral
  results                 = one([for bucket in local.documents.buckets : bucket if bucket.kind == "central-results"])

  store = {
    bucket   = local.documents.buckets[local.store.bucket]
    database = local.store.database
    keys = {
      offline = local.documents.keys["${local.account}/${local.store.offline_alias}"]
      online  = local.documents.keys["${local.account}/${local.store.online_alias}"]
    }
  }
}
