# A VPC without a way out but endpoints, as a public module would build it: default resources taken over, flow logs, NAT by choice.
data "aws_region" "current" {}
data "aws_availability_zones" "this" { state = "available" }
data "aws_caller_identity" "me" {}
data "aws_ec2_managed_prefix_list" "s3" { name = "com.amazonaws.${data.aws_region.current.name}.s3" }

locals {
  name       = "others-private"
  cidr       = "10.40.0.0/16"
  zones      = slice(data.aws_availability_zones.this.names, 0, 2)
  interfaces = ["sagemaker.api", "sagemaker.runtime", "sagemaker.featurestore-runtime", "sts", "kms", "glue", "athena", "logs"]
}
resource "aws_vpc" "this" {
  cidr_block           = local.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = local.name }
}
resource "aws_default_security_group" "this" { vpc_id = aws_vpc.this.id }
resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id
  tags                   = { Name = "${local.name}-default" }
}
resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
  ingress {
    protocol   = -1
    rule_no    = 100
    action     = "allow"
    cidr_block = local.cidr
    from_port  = 0
    to_port    = 0
  }
  egress {
    protocol   = -1
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  lifecycle { ignore_changes = [subnet_ids] }
}
resource "aws_subnet" "private" {
  for_each          = { for index, zone in local.zones : zone => index }
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(local.cidr, 4, each.value)
  tags              = { Name = "${local.name}-private-${each.key}", revision = tostring(var.revision) }
}
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zones[0]
  cidr_block              = cidrsubnet(local.cidr, 4, 8)
  map_public_ip_on_launch = true
}
resource "aws_internet_gateway" "this" { vpc_id = aws_vpc.this.id }
resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.this]
}
resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id
}
resource "aws_route_table" "public" { vpc_id = aws_vpc.this.id }
resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
resource "aws_route_table" "private" {
  for_each = aws_subnet.private
  vpc_id   = aws_vpc.this.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this.id
  }
}
resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}
resource "aws_network_acl_rule" "private" {
  for_each       = { in = false, out = true }
  network_acl_id = aws_network_acl.private.id
  rule_number    = 100 * var.revision
  egress         = each.value
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = local.cidr
  from_port      = 443
  to_port        = 443
}
resource "aws_security_group" "endpoints" {
  name_prefix = "${local.name}-endpoints-"
  description = "Endpoints"
  vpc_id      = aws_vpc.this.id
  lifecycle { create_before_destroy = true }
}
resource "aws_security_group" "compute" {
  name        = "${local.name}-compute"
  description = "Notebooks and jobs"
  vpc_id      = aws_vpc.this.id
}
resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = aws_security_group.compute.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
resource "aws_vpc_security_group_egress_rule" "endpoints" {
  security_group_id            = aws_security_group.compute.id
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
resource "aws_vpc_security_group_egress_rule" "s3" {
  security_group_id = aws_security_group.compute.id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.s3.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
resource "aws_security_group_rule" "self" {
  type              = "ingress"
  security_group_id = aws_security_group.compute.id
  self              = true
  protocol          = "tcp"
  from_port         = 0
  to_port           = 65535
  description       = "between workers"
}
data "aws_iam_policy_document" "endpoint" {
  statement {
    effect    = "Allow"
    actions   = ["*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}
resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(local.interfaces)
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = data.aws_iam_policy_document.endpoint.json
  tags                = { Name = each.key, revision = tostring(var.revision) }
}
resource "aws_vpc_endpoint" "gateway" {
  for_each          = toset(["s3", "dynamodb"])
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type = "Gateway"
}
resource "aws_vpc_endpoint_route_table_association" "gateway" {
  for_each        = { for pair in setproduct(["s3", "dynamodb"], local.zones) : join("-", pair) => { service = pair[0], zone = pair[1] } }
  vpc_endpoint_id = aws_vpc_endpoint.gateway[each.value.service].id
  route_table_id  = aws_route_table.private[each.value.zone].id
}
resource "aws_vpc_endpoint_policy" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.gateway["s3"].id
  policy          = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "R${var.revision}", Effect = "Allow", Principal = "*", Action = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], Resource = "*" }] })
}
resource "aws_cloudwatch_log_group" "flow" {
  name              = "/others/flow"
  retention_in_days = 7
}
resource "aws_iam_role" "flow" {
  name               = "others-flow"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "vpc-flow-logs.amazonaws.com" } }] })
}
resource "aws_flow_log" "this" {
  vpc_id          = aws_vpc.this.id
  traffic_type    = var.revision == 1 ? "ALL" : "REJECT"
  iam_role_arn    = aws_iam_role.flow.arn
  log_destination = aws_cloudwatch_log_group.flow.arn
}
data "aws_vpc" "this" { id = aws_vpc.this.id }
data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.this.id]
  }
}
data "aws_security_group" "compute" { id = aws_security_group.compute.id }
