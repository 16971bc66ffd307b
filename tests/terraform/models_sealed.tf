# Models whose image comes from a private registry, whose data needs a licence accepted, and pipelines of containers.
resource "aws_vpc" "models" {
  cidr_block = "10.103.0.0/16"
}
resource "aws_subnet" "models" {
  count      = 2
  vpc_id     = aws_vpc.models.id
  cidr_block = cidrsubnet(aws_vpc.models.cidr_block, 8, count.index)
}
resource "aws_security_group" "models" {
  name   = "models-sealed"
  vpc_id = aws_vpc.models.id
}
resource "aws_iam_role" "models" {
  name               = "models-sealed"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}
resource "aws_sagemaker_model" "private" {
  name                     = "models-private"
  execution_role_arn       = aws_iam_role.models.arn
  enable_network_isolation = var.revision > 1
  primary_container {
    image = "registry.internal/team/model:1"
    image_config {
      repository_access_mode = "Vpc"
      repository_auth_config {
        repository_credentials_provider_arn = "arn:aws:lambda:eu-west-1:123456789012:function:registry-keys"
      }
    }
    environment = { STAGE = "r${var.revision}" }
  }
  vpc_config {
    subnets            = aws_subnet.models[*].id
    security_group_ids = [aws_security_group.models.id]
  }
}
resource "aws_sagemaker_model" "platform" {
  execution_role_arn = aws_iam_role.models.arn
  primary_container {
    image = "012345678912.dkr.ecr.eu-west-1.amazonaws.com/model:${var.revision}"
    image_config {
      repository_access_mode = "Platform"
    }
    container_hostname = "first"
    mode               = "SingleModel"
  }
  tags = { kind = "platform" }
}
resource "aws_sagemaker_model" "licensed" {
  name               = "models-licensed"
  execution_role_arn = aws_iam_role.models.arn
  primary_container {
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/huggingface-pytorch-tgi-inference:2.1"
    model_data_source {
      s3_data_source {
        s3_uri           = "s3://jumpstart-private-cache-prod-eu-west-1/meta/llama/"
        s3_data_type     = "S3Prefix"
        compression_type = "None"
        model_access_config {
          accept_eula = true
        }
      }
    }
  }
}
resource "aws_sagemaker_model" "packaged" {
  name               = "models-packaged"
  execution_role_arn = aws_iam_role.models.arn
  primary_container {
    model_package_name = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/marketplace/1"
  }
  enable_network_isolation = true
}
resource "aws_sagemaker_model" "chain" {
  name               = "models-chain"
  execution_role_arn = aws_iam_role.models.arn
  inference_execution_config {
    mode = "Direct"
  }
  dynamic "container" {
    for_each = ["clean", "score"]
    content {
      image              = "012345678912.dkr.ecr.eu-west-1.amazonaws.com/${container.value}:1"
      container_hostname = container.value
      model_data_url     = "s3://models/${container.value}.tar.gz"
      environment        = container.key == 0 ? { ORDER = "first" } : {}
    }
  }
}
