variable "created" {
  description = "When each feature group was created, in seconds since 1970, by name; the runner asks SageMaker."
  type        = map(number)
  default     = {}
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

variable "replica" {
  description = "Name of the replica whose stack this is."
  type        = string
  nullable    = false
}
