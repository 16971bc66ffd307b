variable "role" {
  description = "The role: its name, path, trust policy, inline policies by name, boundary and longest session in seconds."
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
