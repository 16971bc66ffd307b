terraform {
  required_version = ">= 1.11"

  # Native locking needs no table: use_lockfile stands in the environment's backend.hcl.
  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
