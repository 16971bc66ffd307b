# Out of the internet, without root, encrypted under a customer key: the rest is the team's network and the role it runs as.
resource "aws_sagemaker_notebook_instance" "this" {
  name                   = var.notebook.name
  role_arn               = var.notebook.role_arn
  instance_type          = var.notebook.instance_type
  subnet_id              = var.notebook.subnet_id
  security_groups        = var.notebook.security_group_ids
  kms_key_id             = var.notebook.volume_key
  direct_internet_access = "Disabled"
  root_access            = "Disabled"

  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
}
