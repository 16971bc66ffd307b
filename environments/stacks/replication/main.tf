module "replication" {
  source = "../../../modules/replication"

  boundary    = one([for arn, policy in local.documents.managed_policies : policy if policy.account == local.account && endswith(policy.name, "-s3-replication-boundary")])
  replication = local.documents.replication
  role        = one([for key, role in local.roles : role if role.kind == "replication"])
}
