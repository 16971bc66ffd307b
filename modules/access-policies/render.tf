# Rendering goes through jsondecode and jsonencode: a broken template fails the plan with a reason, and white space
# never counts toward a quota.

locals {
  policies = "${path.module}/../../policies"
}
