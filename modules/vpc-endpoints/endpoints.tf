resource "aws_vpc_endpoint" "this" {
  for_each = var.endpoints.policies

  vpc_id            = var.endpoints.vpc_id
  service_name      = each.value.service
  vpc_endpoint_type = each.value.type
  policy            = each.value.policy

  # An interface has addresses in subnets and answers to the service's own name; a gateway is a route.
  private_dns_enabled = each.value.type == "Interface" ? true : null
  route_table_ids     = each.value.type == "Gateway" ? var.endpoints.route_table_ids : null
  security_group_ids  = each.value.type == "Interface" ? var.endpoints.security_group_ids : null
  subnet_ids          = each.value.type == "Interface" ? var.endpoints.subnet_ids : null

  tags = { Name = "${var.endpoints.name}-${each.key}" }
}
