# One folder serves many states, so a wrong backend key could plan the destruction of another team's groups. The state
# remembers whose it is and refuses to be planned as another's.

locals {
  identity = "${var.environment}/replication"
}

resource "terraform_data" "identity" {
  input = local.identity

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.output == local.identity
      error_message = "identity: this state belongs to ${self.output}, not to ${local.identity}. Fix: use the backend key that `featureshare env` prints for this stack."
    }
  }
}
