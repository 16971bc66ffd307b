variable "boundary" {
  description = "The boundary of the replication role: name, path and document; null when the environment brings its own."
  type        = object({ name = string, path = string, document = string })
  default     = null
}

variable "replication" {
  description = "The source bucket and its rules: name, priority, key prefix, destination bucket and key as ARNs (an alias ARN will do), whether delete markers travel and whether replication is timed (15 minutes, with metrics)."
  type = object({
    bucket = string
    rules = list(object({
      bucket         = string
      delete_markers = bool
      id             = string
      key            = string
      prefix         = string
      priority       = number
      time_control   = bool
    }))
  })
  nullable = false

  validation {
    condition     = length(var.replication.rules) > 0 && length(var.replication.rules) <= 1000
    error_message = "replication.rules: a bucket takes 1 to 1000 replication rules."
  }
}

variable "role" {
  description = "The role that S3 replicates as."
  type = object({
    boundary             = optional(string)
    max_session_duration = optional(number, 3600)
    name                 = string
    path                 = string
    policies             = map(string)
    trust                = string
  })
  nullable = false
}
