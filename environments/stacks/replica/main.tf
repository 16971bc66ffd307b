locals {
  boundary = one([for arn, policy in local.documents.managed_policies : policy if policy.account == local.account && endswith(policy.name, "-${var.replica}-replica-boundary")])

  # Readers that are brought are not here: the deploy role has no right on what others made. Their owners attach what
  # `featureshare render` lists under `brought_roles`.
  readers = {
    for name, arn in local.replica.readers : name => merge(
      local.roles["${local.account}/${local.environment.prefix}-${var.replica}-${name}"], { existing_role = null },
    ) if !startswith(name, "arn:")
  }
}

resource "aws_iam_policy" "boundary" {
  count = local.boundary == null ? 0 : 1

  name        = local.boundary.name
  path        = local.boundary.path
  description = "The most that a reader of the replica may ever hold."
  policy      = local.boundary.document
}

module "offline_replica" {
  source = "../../../modules/offline-replica"

  created       = { for name, seconds in var.created : name => seconds if contains(keys(local.replica.groups), name) }
  force_destroy = local.ephemeral
  readers       = local.readers

  replica = {
    bucket   = local.documents.buckets[local.replica.bucket]
    database = local.replica.database
    groups   = local.replica.groups
    key      = local.documents.keys["${local.account}/${local.replica.key_alias}"]
  }

  results = {
    bucket    = local.replica.results_bucket
    policy    = local.documents.buckets[local.replica.results_bucket].policy
    workgroup = local.documents.workgroups["${local.account}/${local.replica.workgroup}"]
  }

  depends_on = [aws_iam_policy.boundary]
}
