variable "existing_role" {
  description = "Name of a role that exists already and only gets the policies; null makes a role of our own."
  type        = string
  default     = null
}

variable "role" {
  description = "The role: its name, path, trust policy, inline policies by name, boundary and longest session in seconds."
  type = object({
    boundary             = optional(string)
    max_session_duration = optional(number, 3600)
    name                 = string
    path                 = optional(string, "/")
    policies             = map(string)
    trust                = optional(string, "")
  })
  nullable = false
}
