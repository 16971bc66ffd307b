variable "roles" {
  description = "Execution roles that only write, by name; `existing_role` names one that is brought."
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
