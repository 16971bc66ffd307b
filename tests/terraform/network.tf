resource "aws_vpc" "this" {
  cidr_block           = "10.8.0.0/16"
  enable_dns_hostnames = true
  tags                 = { revision = tostring(var.revision) }
}
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.8.1.0/24"
}
resource "aws_route_table" "this" { vpc_id = aws_vpc.this.id }
resource "aws_security_group" "this" {
  name   = "others"
  vpc_id = aws_vpc.this.id
  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.8.0.0/16"]
  }
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.this.id]
  policy            = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "R${var.revision}", Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}
resource "aws_vpc_endpoint" "runtime" {
  vpc_id             = aws_vpc.this.id
  service_name       = "com.amazonaws.eu-west-1.sagemaker.featurestore-runtime"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.this.id]
  security_group_ids = [aws_security_group.this.id]
}
