# Arguments want key ARNs; policies never hold one. Read here and not in the module below: a data source under depends_on is
# read at apply, so that every change of a role would plan the replacement of every group.
data "aws_kms_key" "by_alias" {
  for_each = length(var.feature_groups) == 0 ? {} : var.key_aliases

  key_id = each.value
}

module "feature_groups" {
  source = "../feature-groups"

  feature_groups = var.feature_groups
  keys = {
    offline = try(data.aws_kms_key.by_alias["offline"].arn, "")
    online  = try(data.aws_kms_key.by_alias["online"].arn, "")
  }

  # SageMaker checks the offline store role when it creates a group.
  depends_on = [module.role]
}
