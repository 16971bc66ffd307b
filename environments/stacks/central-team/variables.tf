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

variable "not_imported" {
  description = "Names in imports.json of groups that are not there, and so cannot be imported. The runner looks."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "team" {
  description = "Name of the team whose stack this is."
  type        = string
  nullable    = false
}
