# A bus of one's own with policy, archive and rules; a pipe from a queue to a state machine, another from a stream.

data "aws_caller_identity" "me" {}

resource "aws_sqs_queue" "dead" {
  name = "buses-and-pipes-dead"
}

resource "aws_cloudwatch_event_bus" "features" {
  name        = "features-platform"
  description = "Events of the feature platform, revision ${var.revision}"
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "OwnRules"
    actions   = ["events:PutRule", "events:PutTargets", "events:DeleteRule", "events:RemoveTargets", "events:DescribeRule"]
    resources = ["arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:rule/${aws_cloudwatch_event_bus.features.name}/*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.me.account_id]
    }
    condition {
      test     = "StringEqualsIfExists"
      variable = "events:creatorAccount"
      values   = ["$${aws:PrincipalAccount}"]
    }
  }
  statement {
    sid       = "Put"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.features.arn]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "events:source"
      values   = var.revision > 1 ? ["features.ingest", "features.catalog"] : ["features.ingest"]
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "features" {
  event_bus_name = aws_cloudwatch_event_bus.features.name
  policy         = data.aws_iam_policy_document.bus.json
}

resource "aws_cloudwatch_event_archive" "features" {
  name             = "features-archive"
  description      = "What was ingested"
  event_source_arn = aws_cloudwatch_event_bus.features.arn
  retention_days   = 30 * var.revision
  event_pattern    = jsonencode({ source = ["features.ingest"], detail = { rows = [{ numeric = [">", 0, "<=", 1000 * var.revision] }] } })
}

resource "aws_cloudwatch_event_rule" "late" {
  name           = "late"
  event_bus_name = aws_cloudwatch_event_bus.features.name
  event_pattern = jsonencode({
    source = ["features.ingest"]
    detail = { "$or" = [{ lag = [{ numeric = [">=", 60] }] }, { status = [{ "equals-ignore-case" = "LATE" }] }] }
  })
  state = var.revision > 1 ? "DISABLED" : "ENABLED"
}

resource "aws_sns_topic" "late" {
  name = "buses-and-pipes-late"
}

resource "aws_cloudwatch_event_target" "late" {
  rule           = aws_cloudwatch_event_rule.late.name
  event_bus_name = aws_cloudwatch_event_bus.features.name
  arn            = aws_sns_topic.late.arn
  input_transformer {
    input_paths    = { group = "$.detail.group", lag = "$.detail.lag" }
    input_template = "\"Group <group> is <lag> s late\""
  }
}

resource "aws_cloudwatch_event_rule" "to_default" {
  name           = "to-default"
  event_bus_name = aws_cloudwatch_event_bus.features.arn
  event_pattern  = jsonencode({ account = [data.aws_caller_identity.me.account_id] })
}

resource "aws_cloudwatch_event_target" "to_default" {
  rule           = aws_cloudwatch_event_rule.to_default.name
  event_bus_name = aws_cloudwatch_event_bus.features.arn
  arn            = "arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:event-bus/default"
  role_arn       = aws_iam_role.pipes.arn
}

resource "aws_cloudwatch_event_connection" "hook" {
  name               = "features-hook"
  description        = "Revision ${var.revision}"
  authorization_type = "OAUTH_CLIENT_CREDENTIALS"
  auth_parameters {
    oauth {
      authorization_endpoint = "https://auth.example.com/token"
      http_method            = "POST"
      client_parameters {
        client_id     = "features"
        client_secret = "not-a-secret"
      }
      oauth_http_parameters {
        body {
          key             = "grant_type"
          value           = "client_credentials"
          is_value_secret = false
        }
      }
    }
    invocation_http_parameters {
      header {
        key             = "X-Team"
        value           = "features"
        is_value_secret = false
      }
      query_string {
        key             = "token"
        value           = "hidden"
        is_value_secret = true
      }
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "hook" {
  name                             = "features-hook"
  connection_arn                   = aws_cloudwatch_event_connection.hook.arn
  invocation_endpoint              = "https://hooks.example.com/features/*"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 10 * var.revision
}

resource "aws_sqs_queue" "requests" {
  name = "buses-and-pipes-requests"
}

resource "aws_kinesis_stream" "changes" {
  name        = "buses-and-pipes-changes"
  shard_count = 1
}

resource "aws_iam_role" "pipes" {
  name = "buses-and-pipes"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["pipes.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com"] }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "pipes" {
  name = "pipes"
  role = aws_iam_role.pipes.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.requests.arn },
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.dead.arn },
      { Effect = "Allow", Action = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"], Resource = aws_kinesis_stream.changes.arn },
      { Effect = "Allow", Action = ["states:StartExecution", "states:StartSyncExecution"], Resource = "*" },
      { Effect = "Allow", Action = ["events:PutEvents"], Resource = "*" },
    ]
  })
}

resource "aws_sfn_state_machine" "ingest" {
  for_each = toset(["STANDARD", "EXPRESS"])
  name     = "buses-and-pipes-${lower(each.key)}"
  type     = each.key
  role_arn = aws_iam_role.pipes.arn
  definition = jsonencode({
    StartAt = "Wait"
    States = {
      Wait = { Type = "Wait", Seconds = var.revision, Next = "Done" }
      Done = { Type = "Succeed" }
    }
  })
}

resource "aws_pipes_pipe" "requests" {
  name          = "features-requests"
  description   = "Requests to ingest"
  role_arn      = aws_iam_role.pipes.arn
  source        = aws_sqs_queue.requests.arn
  target        = aws_sfn_state_machine.ingest["STANDARD"].arn
  enrichment    = aws_sfn_state_machine.ingest["EXPRESS"].arn
  desired_state = var.revision > 1 ? "STOPPED" : "RUNNING"

  source_parameters {
    sqs_queue_parameters {
      batch_size                         = 5 * var.revision
      maximum_batching_window_in_seconds = 10
    }
    filter_criteria {
      filter {
        pattern = jsonencode({ body = { kind = ["ingest"] } })
      }
      filter {
        pattern = jsonencode({ body = { rows = [{ numeric = [">", 100 * var.revision] }] } })
      }
    }
  }
  enrichment_parameters {
    input_template = "{\"body\": <$.body>}"
  }
  target_parameters {
    input_template = "{\"revision\": ${var.revision}, \"body\": <$.body>}"
    step_function_state_machine_parameters {
      invocation_type = "FIRE_AND_FORGET"
    }
  }
  depends_on = [aws_iam_role_policy.pipes]
}

resource "aws_cloudwatch_log_group" "pipes" {
  name              = "/aws/vendedlogs/pipes/features"
  retention_in_days = 3
}

resource "aws_pipes_pipe" "changes" {
  name_prefix = "features-changes-"
  role_arn    = aws_iam_role.pipes.arn
  source      = aws_kinesis_stream.changes.arn
  target      = aws_cloudwatch_event_bus.features.arn

  source_parameters {
    kinesis_stream_parameters {
      starting_position                  = "LATEST"
      batch_size                         = 100
      maximum_batching_window_in_seconds = 5 * var.revision
      maximum_record_age_in_seconds      = 3600
      maximum_retry_attempts             = 3
      parallelization_factor             = var.revision
      on_partial_batch_item_failure      = "AUTOMATIC_BISECT"
      dead_letter_config {
        arn = aws_sqs_queue.dead.arn
      }
    }
  }
  target_parameters {
    eventbridge_event_bus_parameters {
      detail_type = "RecordChanged"
      source      = "features.ingest"
      resources   = [aws_kinesis_stream.changes.arn]
      time        = "$.data.at"
    }
  }
  log_configuration {
    level                  = var.revision > 1 ? "ERROR" : "INFO"
    include_execution_data = ["ALL"]
    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.pipes.arn
    }
  }
  depends_on = [aws_iam_role_policy.pipes]
}

data "aws_cloudwatch_event_bus" "features" {
  name = aws_cloudwatch_event_bus.features.name
}

output "bus" {
  value = data.aws_cloudwatch_event_bus.features.arn
}
