variable "boundary" {
  description = "The boundary of the access roles: name, path and document; null when the environment brings its own."
  type        = object({ name = string, path = string, document = string })
  default     = null
}

variable "catalog_policy" {
  description = "The resource policy of the account's Glue catalog, whole, since there is one; null leaves it to others."
  type        = string
  default     = null
}

variable "create_default_database" {
  description = "Whether to create the Glue database `default`, which Athena asks for. An account used before has it already."
  type        = bool
  default     = true
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroy may empty the bucket. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "results" {
  description = "The bucket for results of teams that leave them in the central account: its name and policy; null when no team does."
  type        = object({ name = string, policy = string })
  default     = null
}

variable "store" {
  description = "The store: names of bucket and database, with the documents of the bucket and of the two keys."
  type = object({
    bucket   = object({ name = string, policy = string })
    database = string
    keys = object({
      offline = object({ alias = string, policy = string })
      online  = object({ alias = string, policy = string })
    })
  })
  nullable = false
}
