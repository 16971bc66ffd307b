# Endpoints of a network joined from many sides: groups and subnets of their own resources, a service, what is found.
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
resource "aws_vpc" "shared" {
  cidr_block                       = "10.108.0.0/16"
  enable_dns_hostnames             = true
  assign_generated_ipv6_cidr_block = false
  tags                             = { Name = "endpoints-shared" }
}
resource "aws_subnet" "shared" {
  count             = 3
  vpc_id            = aws_vpc.shared.id
  cidr_block        = cidrsubnet(aws_vpc.shared.cidr_block, 8, count.index)
  availability_zone = "${data.aws_region.here.name}${element(["a", "b", "c"], count.index)}"
  tags              = { tier = count.index == 0 ? "public" : "private" }
}
resource "aws_security_group" "shared" {
  count  = 2
  name   = "endpoints-shared-${count.index}"
  vpc_id = aws_vpc.shared.id
}
resource "aws_vpc_endpoint" "sagemaker" {
  for_each           = toset(["api", "runtime", "featurestore-runtime"])
  vpc_id             = aws_vpc.shared.id
  service_name       = "com.amazonaws.${data.aws_region.here.name}.sagemaker.${each.key}"
  vpc_endpoint_type  = "Interface"
  security_group_ids = [aws_security_group.shared[0].id]
  subnet_ids         = [aws_subnet.shared[0].id]
  tags               = var.revision == 1 ? { a = "1" } : { b = "2" }
  lifecycle {
    ignore_changes = [security_group_ids, subnet_ids]
  }
}
resource "aws_vpc_endpoint_security_group_association" "more" {
  vpc_endpoint_id   = aws_vpc_endpoint.sagemaker["api"].id
  security_group_id = aws_security_group.shared[1].id
}
resource "aws_vpc_endpoint_subnet_association" "more" {
  count           = var.revision
  vpc_endpoint_id = aws_vpc_endpoint.sagemaker["runtime"].id
  subnet_id       = aws_subnet.shared[1 + count.index].id
}
resource "aws_vpc_endpoint" "buckets" {
  vpc_id          = aws_vpc.shared.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = var.revision == 1 ? [aws_vpc.shared.main_route_table_id] : [aws_route_table.shared.id]
  policy = var.revision == 1 ? null : jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "Own", Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*", Condition = { StringEquals = { "aws:ResourceAccount" = data.aws_caller_identity.me.account_id } }
  }] })
}
resource "aws_route_table" "shared" {
  vpc_id = aws_vpc.shared.id
  tags   = { r = var.revision }
}
resource "aws_route_table_association" "shared" {
  count          = 2
  route_table_id = aws_route_table.shared.id
  subnet_id      = aws_subnet.shared[count.index].id
}
data "aws_vpc_endpoint" "api" {
  id = aws_vpc_endpoint.sagemaker["api"].id
}
data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}
data "aws_vpc_endpoint_service" "sagemaker" {
  service_name = "com.amazonaws.${data.aws_region.here.name}.sagemaker.api"
}
data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.shared.id]
  }
  tags       = { tier = "private" }
  depends_on = [aws_subnet.shared]
}
data "aws_security_groups" "shared" {
  filter {
    name   = "group-name"
    values = ["endpoints-shared-*"]
  }
  depends_on = [aws_security_group.shared]
}
data "aws_route_table" "shared" {
  subnet_id  = aws_subnet.shared[0].id
  depends_on = [aws_route_table_association.shared]
}
output "read" {
  value = [data.aws_vpc_endpoint.api.state, data.aws_vpc_endpoint_service.s3.service_name, data.aws_vpc_endpoint_service.sagemaker.private_dns_name, length(data.aws_subnets.private.ids), length(data.aws_security_groups.shared.ids), data.aws_route_table.shared.id]
}
