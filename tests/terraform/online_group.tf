# An online group with a time to live, its own key and tags.
resource "aws_kms_key" "this" { description = "online" }
resource "aws_iam_role" "this" {
  name               = "online-group"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_feature_group" "this" {
  feature_group_name             = "others-online"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "ts"
  role_arn                       = aws_iam_role.this.arn
  description                    = "Clicks per visitor"
  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }
  feature_definition {
    feature_name = "ts"
    feature_type = "Fractional"
  }
  feature_definition {
    feature_name = "clicks"
    feature_type = "Integral"
  }
  online_store_config {
    enable_online_store = true
    security_config { kms_key_id = aws_kms_key.this.arn }
    ttl_duration {
      unit  = "Hours"
      value = var.revision * 12
    }
  }
  tags = { team = "growth", revision = tostring(var.revision) }
}
