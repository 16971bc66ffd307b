variable "bucket" {
  description = "The offline bucket: its name and its policy document."
  type        = object({ name = string, policy = string })
  nullable    = false
}

variable "databases" {
  description = "Glue databases to create, by name, with a description."
  type        = map(string)
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroy may empty the bucket. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "keys" {
  description = "The two customer managed keys: alias and key policy. They stay apart since kms:ViaService fits only the online one."
  type = object({
    offline = object({ alias = string, policy = string })
    online  = object({ alias = string, policy = string })
  })
  nullable = false
}

variable "key_deletion_window" {
  description = "Days between the destroy of a key and its deletion, 7 to 30."
  type        = number
  default     = 30
  nullable    = false
}
