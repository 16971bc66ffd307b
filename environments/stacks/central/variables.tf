variable "catalog_policy_exists" {
  description = "Whether the account's Glue catalog has a resource policy already; the runner looks."
  type        = bool
  default     = false
  nullable    = false
}

variable "create_default_database" {
  description = "Whether to create the Glue database `default`. An account where Athena was used before has it: set false, or import it."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "Name of the environment: a folder beside `stacks`."
  type        = string
  nullable    = false
}

variable "local" {
  description = "Whether this runs against the local AWS."
  type        = bool
  default     = false
  nullable    = false
}
