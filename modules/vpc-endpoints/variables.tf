variable "endpoints" {
  description = "The endpoints: a name, the VPC with its subnets, security groups and route tables, and the policy, service name and type of each."
  type = object({
    name               = string
    policies           = map(object({ policy = string, service = string, type = string }))
    route_table_ids    = list(string)
    security_group_ids = list(string)
    subnet_ids         = list(string)
    vpc_id             = string
  })
  nullable = false
}
