locals {
  roles = module.access_policies.documents.roles
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.account]

  # Local AWS speaks path-style S3 on loopback and has no instance metadata; the signatures and policies are the real ones.
  s3_use_path_style       = var.local
  skip_metadata_api_check = var.local ? "true" : null
  skip_region_validation  = var.local

  assume_role {
    role_arn     = local.roles["${local.account}/${local.environment.prefix}-deploy"].arn
    session_name = substr(replace(local.identity, "/", "-"), 0, 64)
  }

  default_tags {
    tags = merge(local.environment.tags, { feature-share = local.environment.name, stack = local.identity })
  }
}
