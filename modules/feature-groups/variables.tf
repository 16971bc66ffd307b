variable "feature_groups" {
  description = "Feature groups by name, with where their data lies and the tags that say whose they are."
  type = map(object({
    database    = string
    description = string
    event_time  = string
    features = list(object({
      collection = optional(string)
      dimension  = optional(number)
      name       = string
      type       = string
    }))
    offline_role_arn  = string
    offline_store     = object({ enabled = bool, format = string })
    online_store      = object({ enabled = bool, storage = string, ttl = optional(object({ value = number, unit = string })) })
    record_identifier = string
    s3_uri            = string
    table             = string
    throughput        = optional(object({ read = optional(number), write = number }))
    tags              = map(string)
    with_key          = bool
  }))
  nullable = false
}

variable "keys" {
  description = "ARNs of the store's two keys, which all its groups share."
  type        = object({ offline = string, online = string })
  nullable    = false
}
