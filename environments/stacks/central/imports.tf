# An account's Glue catalog has one resource policy. Where one stands already the runner says so, and it is taken over instead of made:
# the plan then shows what becomes of it. A policy that is imported already is left alone.
import {
  for_each = toset(var.catalog_policy_exists && local.documents.catalogs[local.account].policy != null ? [local.account] : [])

  id = each.key
  to = module.central_store.aws_glue_resource_policy.this[0]
}
