variable "feature_groups" {
  description = "The team's feature groups in the central account, by name."
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

variable "force_destroy" {
  description = "Whether destroy may drop the workgroup with its history. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "key_aliases" {
  description = "Aliases of the central store's two keys."
  type        = object({ offline = string, online = string })
  nullable    = false
}

variable "roles" {
  description = "The team's access roles and its offline store role, by name."
  type = map(object({
    boundary             = optional(string)
    max_session_duration = optional(number, 3600)
    name                 = string
    path                 = string
    policies             = map(string)
    trust                = string
  }))
  nullable = false
}

variable "workgroup" {
  description = "The Athena workgroup in which the team reads shared features: name, where results go and who owns that bucket; null without offline grants."
  type        = object({ name = string, output_location = string, owner_account = string })
  default     = null
}
