variable "created" {
  description = "When each feature group was created, in seconds since 1970, by name: the last part of the folder that SageMaker writes to. A group that is not here gets a table without partitions."
  type        = map(number)
  default     = {}
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroy may empty the buckets and drop the workgroup. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "readers" {
  description = "Roles that read the replica, by name; `existing_role` names one that is brought."
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

variable "replica" {
  description = "The replica: bucket and key with their documents, Glue database, and the groups with features, table, key prefix in the source bucket and the folder (without the time of creation) that SageMaker writes to."
  type = object({
    bucket   = object({ name = string, policy = string })
    database = string
    groups = map(object({
      features      = list(object({ name = string, type = string }))
      prefix        = string
      source_folder = string
      table         = string
    }))
    key = object({ alias = string, policy = string })
  })
  nullable = false
}

variable "results" {
  description = "Where queries of the readers leave their results: bucket with its policy, and the workgroup."
  type = object({
    bucket    = string
    policy    = string
    workgroup = object({ name = string, output_location = string, owner_account = string })
  })
  nullable = false
}
