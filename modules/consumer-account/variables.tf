variable "data_catalogs" {
  description = "Data catalogs of the team's Athena that mean the Glue catalog of another account: name to that account."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "feature_groups" {
  description = "Feature groups of the team's own store, by name."
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
  default  = {}
  nullable = false
}

variable "force_destroy" {
  description = "Whether destroy may empty buckets and drop the workgroup. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "offline_store_role" {
  description = "The role that SageMaker uses to write the team's own offline store; null without an own store."
  type = object({
    boundary             = optional(string)
    max_session_duration = optional(number, 3600)
    name                 = string
    path                 = string
    policies             = map(string)
    trust                = string
  })
  default = null
}

variable "results" {
  description = "The results bucket with its policy, the database for materialised tables and the team's own workgroup; null without offline reading."
  type = object({
    bucket    = string
    database  = string
    policy    = string
    workgroup = object({ name = string, output_location = string, owner_account = string })
  })
  default = null
}

variable "roles" {
  description = "Execution roles that read (and may write), by name; `existing_role` names one that is brought."
  type = map(object({
    boundary             = optional(string)
    existing_role        = optional(string)
    max_session_duration = optional(number, 3600)
    name                 = string
    path                 = optional(string, "/")
    policies             = map(string)
    trust                = optional(string, "")
  }))
  nullable = false
}

variable "store" {
  description = "The team's own store: names of bucket and database, with the documents of the bucket and of the two keys; null without one."
  type = object({
    bucket   = object({ name = string, policy = string })
    database = string
    keys = object({
      offline = object({ alias = string, policy = string })
      online  = object({ alias = string, policy = string })
    })
  })
  default = null
}
