# Private reach of the feature store: interface and gateway endpoints with policies, flow logs, prefix lists, DHCP, network ACL.
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_availability_zones" "available" {
  state         = "available"
  exclude_names = ["eu-west-1c"]
}
data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.current.name}.s3"
}

resource "aws_vpc" "ml" {
  cidr_block           = "10.120.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
}
resource "aws_vpc_dhcp_options" "ml" {
  domain_name         = "ml.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
  ntp_servers         = ["169.254.169.123"]
  tags                = { revision = var.revision }
}
resource "aws_vpc_dhcp_options_association" "ml" {
  vpc_id          = aws_vpc.ml.id
  dhcp_options_id = aws_vpc_dhcp_options.ml.id
}
resource "aws_subnet" "private" {
  for_each          = { for index, zone in data.aws_availability_zones.available.names : zone => index }
  vpc_id            = aws_vpc.ml.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.ml.cidr_block, 8, each.value)
}
resource "aws_route_table" "private" {
  vpc_id = aws_vpc.ml.id
}
resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_ec2_managed_prefix_list" "clients" {
  name           = "ml-clients"
  address_family = "IPv4"
  max_entries    = 5
  entry {
    cidr        = "10.1.0.0/16"
    description = "office r${var.revision}"
  }
  dynamic "entry" {
    for_each = var.revision > 1 ? ["10.2.0.0/16"] : []
    content {
      cidr = entry.value
    }
  }
}
resource "aws_ec2_managed_prefix_list" "peers" {
  name           = "ml-peers"
  address_family = "IPv4"
  max_entries    = 3 + var.revision
}
resource "aws_ec2_managed_prefix_list_entry" "peer" {
  for_each       = toset(["192.168.1.0/24", "192.168.2.0/24"])
  prefix_list_id = aws_ec2_managed_prefix_list.peers.id
  cidr           = each.value
  description    = "peer"
}

resource "aws_security_group" "endpoints" {
  name_prefix = "ml-endpoints-"
  description = "interface endpoints"
  vpc_id      = aws_vpc.ml.id
  lifecycle {
    create_before_destroy = true
  }
}
resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id = aws_security_group.endpoints.id
  prefix_list_id    = aws_ec2_managed_prefix_list.clients.id
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
  tags              = { Name = "clients" }
}
resource "aws_security_group_rule" "vpc" {
  type              = "ingress"
  security_group_id = aws_security_group.endpoints.id
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = [aws_vpc.ml.cidr_block]
  description       = "the network itself"
}
resource "aws_security_group_rule" "out" {
  type              = "egress"
  security_group_id = aws_security_group.endpoints.id
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  prefix_list_ids   = [data.aws_prefix_list.s3.id]
}

resource "aws_vpc_endpoint" "interface" {
  for_each = {
    "sagemaker.api"                  = true
    "sagemaker.featurestore-runtime" = true
    "sagemaker.runtime"              = var.revision == 1
    "sts"                            = true
    "athena"                         = true
    "kms"                            = true
  }
  vpc_id              = aws_vpc.ml.id
  service_name        = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = each.value
  ip_address_type     = "ipv4"
  dns_options {
    dns_record_ip_type = "ipv4"
  }
  tags = { Name = each.key }
}
data "aws_iam_policy_document" "runtime" {
  statement {
    actions   = ["sagemaker:GetRecord", "sagemaker:BatchGetRecord"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}
resource "aws_vpc_endpoint_policy" "runtime" {
  vpc_endpoint_id = aws_vpc_endpoint.interface["sagemaker.featurestore-runtime"].id
  policy          = data.aws_iam_policy_document.runtime.json
}
resource "aws_vpc_endpoint" "gateway" {
  for_each          = toset(["s3", "dynamodb"])
  vpc_id            = aws_vpc.ml.id
  service_name      = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type = "Gateway"
}
resource "aws_vpc_endpoint_route_table_association" "gateway" {
  for_each        = aws_vpc_endpoint.gateway
  vpc_endpoint_id = each.value.id
  route_table_id  = aws_route_table.private.id
}

resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.ml.id
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    cidr_block = aws_vpc.ml.cidr_block
    from_port  = 443
    to_port    = 443
  }
  egress {
    rule_no    = 100 * var.revision
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_s3_bucket" "flow" {
  bucket_prefix = "ml-flow-"
  force_destroy = true
}
resource "aws_flow_log" "s3" {
  vpc_id                   = aws_vpc.ml.id
  traffic_type             = var.revision == 1 ? "ALL" : "REJECT"
  log_destination_type     = "s3"
  log_destination          = "${aws_s3_bucket.flow.arn}/flow/"
  max_aggregation_interval = 60
  log_format               = "$${version} $${srcaddr} $${dstaddr} $${action}"
  destination_options {
    file_format                = "parquet"
    hive_compatible_partitions = true
    per_hour_partition         = true
  }
}

resource "aws_default_security_group" "none" {
  vpc_id = aws_vpc.ml.id
}
output "zones" { value = keys(aws_subnet.private) }
