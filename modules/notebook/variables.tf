variable "notebook" {
  description = "The notebook instance: its name, type, the role it runs as, its subnet and security groups, and the key of its volume."
  type = object({
    instance_type      = string
    name               = string
    role_arn           = string
    security_group_ids = list(string)
    subnet_id          = string
    volume_key         = string
  })
  nullable = false
}
