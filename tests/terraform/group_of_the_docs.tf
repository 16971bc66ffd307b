# The example of the provider's own page: one feature is identifier and event time.
data "aws_iam_policy_document" "example" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "test" {
  name               = "doc-example"
  path               = "/"
  assume_role_policy = data.aws_iam_policy_document.example.json
}
resource "aws_sagemaker_feature_group" "example" {
  feature_group_name             = "doc-example"
  record_identifier_feature_name = "example"
  event_time_feature_name        = "example"
  role_arn                       = aws_iam_role.test.arn
  feature_definition {
    feature_name = "example"
    feature_type = "String"
  }
  online_store_config { enable_online_store = true }
  tags = { revision = tostring(var.revision) }
}
