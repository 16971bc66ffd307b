variable "environment" {
  description = "Name of the environment: a folder beside `stacks`."
  type        = string
  nullable    = false
}

variable "team" {
  description = "Renders the slice of one team; null renders the whole."
  type        = string
  default     = null
}
