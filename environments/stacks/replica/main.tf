locals {
  boundary = one([for arn, policy in local.documents.managed_policies : policy if policy.account == local.account && endswith(policy.name, "-${var.replica}-replica-boundary")])

  # Roles are ours, or brought and only given policies.
  readers = {
    for name, arn in local.replica.readers : name => merge(
      try(local.roles["${local.account}/${local.environment.prefix}-${var.replica}-${name}"], {
        name     = local.environment.prefix
        policies = try(local.documents.brought_roles["${var.replica}/${element(split("/", arn), length(split("/", arn)) - 1)}"].policies, {})
      }),
      { existing_role = startswith(name, "arn:") ? element(split("/", arn), length(split("/", arn)) - 1) : null },
    )
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
