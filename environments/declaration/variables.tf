variable "environment" {
  description = "Name of the environment: the folder that holds its environment.yaml."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.environment))
    error_message = "environment: must be the name of a folder: lower-case letters, digits and single hyphens."
  }
}

variable "replica" {
  description = "Replica whose slice is wanted; null for the whole environment."
  type        = string
  default     = null
}

variable "root" {
  description = "Folder that holds the environments; null for the one this module lies in."
  type        = string
  default     = null
}

variable "team" {
  description = "Team whose slice is wanted; null for the whole environment."
  type        = string
  default     = null
}
