resource "aws_iam_policy" "boundary" {
  count = var.boundary == null ? 0 : 1

  name        = var.boundary.name
  path        = var.boundary.path
  description = "The most that the replication role may ever hold."
  policy      = var.boundary.document
}

module "role" {
  source = "../iam-role"

  role = var.role

  depends_on = [aws_iam_policy.boundary]
}

resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = var.replication.bucket
  role   = module.role.arn

  dynamic "rule" {
    for_each = var.replication.rules

    content {
      id       = rule.value.id
      priority = rule.value.priority
      status   = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      delete_marker_replication {
        status = rule.value.delete_markers ? "Enabled" : "Disabled"
      }

      # Objects under a customer managed key are left out unless this says otherwise.
      source_selection_criteria {
        sse_kms_encrypted_objects {
          status = "Enabled"
        }
      }

      # The destination enforces the bucket owner's ownership, so no translation of access control is needed.
      destination {
        bucket = rule.value.bucket

        encryption_configuration {
          replica_kms_key_id = rule.value.key
        }

        dynamic "metrics" {
          for_each = rule.value.time_control ? [15] : []

          content {
            status = "Enabled"

            event_threshold {
              minutes = metrics.value
            }
          }
        }

        dynamic "replication_time" {
          for_each = rule.value.time_control ? [15] : []

          content {
            status = "Enabled"

            time {
              minutes = replication_time.value
            }
          }
        }
      }
    }
  }
}
