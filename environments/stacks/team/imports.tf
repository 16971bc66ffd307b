# Groups that `featureshare adopt` hands over: the next apply imports them, and takes their names out of the file. A group
# that is imported already is left alone.

locals {
  imports = try(jsondecode(file("${path.module}/../../${var.environment}/imports.json"))["team/${var.team}"], [])
}

import {
  for_each = toset([for name in local.imports : name if !contains(var.not_imported, name) && try(local.documents.feature_groups["${local.account}/${name}"].created_by, "") == "terraform"])

  id = each.key
  to = module.consumer_account.module.feature_groups.aws_sagemaker_feature_group.this[each.key]
}
