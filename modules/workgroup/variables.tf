variable "force_destroy" {
  description = "Whether destroy may drop the workgroup with its history. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "workgroup" {
  description = "The workgroup: its name, where results go and the account that owns that bucket."
  type        = object({ name = string, output_location = string, owner_account = string })
  nullable    = false
}
