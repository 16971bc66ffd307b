# S3 Access Grants: an instance, places, who may read or write below them, and other accounts that may ask.
data "aws_caller_identity" "me" {}
resource "aws_s3_bucket" "grants" {
  bucket        = "access-grants"
  force_destroy = true
}
resource "aws_iam_role" "grants" {
  count = 2
  name  = "access-grants-${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = { Service = "access-grants.s3.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:SetContext"]
  }] })
}
resource "aws_iam_role_policy" "grants" {
  count  = 2
  role   = aws_iam_role.grants[count.index].id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"], Resource = "${aws_s3_bucket.grants.arn}/*" }] })
}
resource "aws_iam_user" "reader" {
  name = "access-grants-reader"
}
resource "aws_iam_role" "reader" {
  name               = "access-grants-reader"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = "sts:AssumeRole" }] })
}
resource "aws_s3control_access_grants_instance" "here" {
  tags = { a = "1" }
}
resource "aws_s3control_access_grants_location" "all" {
  iam_role_arn   = aws_iam_role.grants[var.revision - 1].arn
  location_scope = "s3://"
  tags           = var.revision == 1 ? { a = "1" } : { b = "2" }
  depends_on     = [aws_s3control_access_grants_instance.here]
}
resource "aws_s3control_access_grants_location" "features" {
  iam_role_arn   = aws_iam_role.grants[0].arn
  location_scope = "s3://${aws_s3_bucket.grants.bucket}/features/*"
  depends_on     = [aws_s3control_access_grants_instance.here]
}
resource "aws_s3control_access_grant" "reader" {
  access_grants_location_id = aws_s3control_access_grants_location.features.access_grants_location_id
  permission                = var.revision == 1 ? "READ" : "READWRITE"
  grantee {
    grantee_type       = "IAM"
    grantee_identifier = aws_iam_user.reader.arn
  }
  tags = var.revision == 1 ? { a = "1" } : { a = "2" }
}
resource "aws_s3control_access_grant" "below" {
  access_grants_location_id = aws_s3control_access_grants_location.all.access_grants_location_id
  permission                = "WRITE"
  access_grants_location_configuration {
    s3_sub_prefix = "${aws_s3_bucket.grants.bucket}/prefix${var.revision}*"
  }
  grantee {
    grantee_type       = "IAM"
    grantee_identifier = aws_iam_role.reader.arn
  }
}
resource "aws_s3control_access_grants_instance_resource_policy" "here" {
  policy = jsonencode({ Version = "2012-10-17", Id = "S3AccessGrantsPolicy", Statement = [{
    Sid       = "AllowAccessToS3AccessGrants"
    Effect    = "Allow"
    Principal = { AWS = "222222222222" }
    Action    = concat(["s3:ListAccessGrants", "s3:ListAccessGrantsLocations"], var.revision == 1 ? [] : ["s3:GetDataAccess"])
    Resource  = aws_s3control_access_grants_instance.here.access_grants_instance_arn
  }] })
}
