variable "force_destroy" {
  description = "Whether destroy may empty the bucket. Only for ephemeral environments."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key for default encryption; null means keys managed by S3."
  type        = string
  default     = null
}

variable "name" {
  description = "Name of the bucket."
  type        = string
  nullable    = false
}

variable "policy" {
  description = "The bucket policy."
  type        = string
  nullable    = false
}

variable "with_kms_key" {
  description = "Whether `kms_key_arn` is given; said apart since the ARN is unknown before the first apply."
  type        = bool
  default     = false
  nullable    = false
}
