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
