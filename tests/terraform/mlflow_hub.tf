# Experiments and shared models: an MLflow server, a private hub, an edge fleet, the account's Service Catalog switch.
data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "mlflow" {
  bucket        = "mlflow-hub-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}
resource "aws_iam_role" "mlflow" {
  name = "mlflow-hub"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["sagemaker.amazonaws.com", "credentials.iot.amazonaws.com"] } }]
  })
}
resource "aws_iam_role_policy" "mlflow" {
  name = "artifacts"
  role = aws_iam_role.mlflow.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:Get*", "s3:Put*", "s3:List*"], Resource = [aws_s3_bucket.mlflow.arn, "${aws_s3_bucket.mlflow.arn}/*"] },
      { Effect = "Allow", Action = ["sagemaker:AddTags", "sagemaker:CreateModelPackageGroup", "sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage", "sagemaker:DescribeModelPackageGroup"], Resource = "*" },
    ]
  })
}

resource "aws_sagemaker_mlflow_tracking_server" "this" {
  tracking_server_name            = "features"
  role_arn                        = aws_iam_role.mlflow.arn
  artifact_store_uri              = "s3://${aws_s3_bucket.mlflow.bucket}/artifacts"
  tracking_server_size            = var.revision == 1 ? "Small" : "Medium"
  mlflow_version                  = "2.16"
  automatic_model_registration    = true
  weekly_maintenance_window_start = "Sun:03:00"
  tags                            = { team = "science" }
}

resource "aws_sagemaker_hub" "private" {
  hub_name            = "mlflow-hub"
  hub_display_name    = "Private hub r${var.revision}"
  hub_description     = "approved models"
  hub_search_keywords = ["churn", "features"]
  s3_storage_config {
    s3_output_path = "s3://${aws_s3_bucket.mlflow.bucket}/hub"
  }
}

resource "aws_sagemaker_device_fleet" "shops" {
  device_fleet_name = "shops"
  role_arn          = aws_iam_role.mlflow.arn
  description       = "r${var.revision}"
  output_config {
    s3_output_location = "s3://${aws_s3_bucket.mlflow.bucket}/edge"
  }
}

resource "aws_sagemaker_device" "till" {
  device_fleet_name = aws_sagemaker_device_fleet.shops.device_fleet_name
  device {
    device_name = "till-1"
    description = "till r${var.revision}"
  }
}

resource "aws_sagemaker_servicecatalog_portfolio_status" "this" {
  status = "Enabled"
}

resource "aws_iam_policy" "users" {
  name = "mlflow-hub-users"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sagemaker-mlflow:*", Resource = aws_sagemaker_mlflow_tracking_server.this.arn },
      { Effect = "Allow", Action = "sagemaker:CreatePresignedMlflowTrackingServerUrl", Resource = aws_sagemaker_mlflow_tracking_server.this.arn },
      { Effect = "Allow", Action = ["sagemaker:DescribeHub", "sagemaker:ListHubContents"], Resource = aws_sagemaker_hub.private.arn },
    ]
  })
}

output "mlflow" { value = aws_sagemaker_mlflow_tracking_server.this.tracking_server_url }
