# A standard parameter holds 4 KB, so a document is cut into parts of 4,000 characters; readers put them together again
# by their numbers (featureshare/client/sharing.py). Source: Systems Manager User Guide, "Managing parameter tiers".

locals {
  size = 4000

  parts = merge([
    for name, text in var.documents : {
      for part in range(ceil(length(text) / local.size)) :
      "${var.path}/${name}/${format("%03d", part)}" => substr(text, part * local.size, local.size)
    }
  ]...)
}

resource "aws_ssm_parameter" "part" {
  for_each = local.parts

  name        = each.key
  description = var.description
  type        = "String"
  value       = each.value
}
