resource "aws_athena_workgroup" "this" {
  name          = var.workgroup.name
  description   = "Offline reading by the team; results go to its own bucket."
  force_destroy = var.force_destroy

  configuration {
    # The workgroup decides where results go, whatever a client asks for.
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      expected_bucket_owner = var.workgroup.owner_account
      output_location       = var.workgroup.output_location

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}
