# One variable of objects with optional parts makes all groups: what is left out is left out of the call.
variable "groups" {
  type = map(object({
    description = optional(string)
    id          = optional(string, "id")
    time        = optional(string, "event_time")
    features    = map(string)
    online      = optional(object({ ttl = optional(object({ unit = string, value = number })), storage = optional(string) }))
    offline     = optional(object({ prefix = string, iceberg = optional(bool, false) }))
    tags        = optional(map(string), {})
  }))
  default = {
    plain = {
      features = { price = "Fractional" }
      online   = {}
    }
    timed = {
      description = "Forgets"
      features    = { price = "Fractional", note = "String" }
      online      = { ttl = { unit = "Weeks", value = 3 } }
      tags        = { kind = "timed" }
    }
    kept = {
      id       = "order-id"
      time     = "ordered_at"
      features = { amount = "Fractional" }
      offline  = { prefix = "kept" }
    }
    both = {
      features = { amount = "Integral" }
      online   = { storage = "Standard" }
      offline  = { prefix = "both", iceberg = true }
    }
  }
  validation {
    condition     = alltrue([for group in var.groups : group.online != null || group.offline != null])
    error_message = "A group needs a store."
  }
}
locals {
  wanted = { for name, group in var.groups : name => group if var.revision > 1 || name != "both" }
  used   = anytrue([for group in local.wanted : group.offline != null])
}
resource "aws_s3_bucket" "offline" {
  count         = local.used ? 1 : 0
  bucket        = "group-of-options"
  force_destroy = true
}
resource "aws_iam_role" "group" {
  for_each           = local.wanted
  name               = "group-of-options-${each.key}"
  description        = "Store of ${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "group" {
  for_each   = { for pair in setproduct(keys(local.wanted), ["AmazonS3FullAccess", "AmazonSageMakerFullAccess", "service-role/AWSGlueServiceRole"]) : "${pair[0]}/${basename(pair[1])}" => pair }
  role       = aws_iam_role.group[each.value[0]].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value[1]}"
}
resource "aws_sagemaker_feature_group" "this" {
  for_each                       = local.wanted
  feature_group_name             = "options-${each.key}"
  description                    = each.value.description
  record_identifier_feature_name = each.value.id
  event_time_feature_name        = each.value.time
  role_arn                       = aws_iam_role.group[each.key].arn
  dynamic "feature_definition" {
    for_each = merge({ (each.value.id) = "String", (each.value.time) = "String" }, each.value.features)
    content {
      feature_name = feature_definition.key
      feature_type = feature_definition.value
    }
  }
  dynamic "online_store_config" {
    for_each = each.value.online[*]
    content {
      enable_online_store = true
      storage_type        = online_store_config.value.storage
      dynamic "ttl_duration" {
        for_each = online_store_config.value.ttl[*]
        content {
          unit  = ttl_duration.value.unit
          value = ttl_duration.value.value + var.revision
        }
      }
    }
  }
  dynamic "offline_store_config" {
    for_each = each.value.offline[*]
    content {
      table_format = offline_store_config.value.iceberg ? "Iceberg" : null
      s3_storage_config {
        s3_uri = "s3://${one(aws_s3_bucket.offline[*].id)}/${offline_store_config.value.prefix}"
      }
    }
  }
  tags       = merge(each.value.tags, { revision = var.revision })
  depends_on = [aws_iam_role_policy_attachment.group]
}
output "arns" {
  value = { for name, group in aws_sagemaker_feature_group.this : name => group.arn }
}
