variable "description" {
  description = "What the parameters are for, in a sentence: it stands at each of them."
  type        = string
  nullable    = false
}

variable "documents" {
  description = "The documents by name, each as JSON text. All of it is ASCII."
  type        = map(string)
  nullable    = false
}

variable "path" {
  description = "The path below which the parameters lie, such as /example/core-search/sharing."
  type        = string
  nullable    = false
}
