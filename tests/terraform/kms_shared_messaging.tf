# A key shared with sister accounts and with AWS services; policy kept in its own resource.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  name = "r4-shared-messaging"

  sister_accounts = concat(
    ["111122223333", "444455556666"],
    var.revision >= 2 ? ["777788889999"] : []
  )
}

resource "aws_kms_key" "shared" {
  description                        = "Messaging and logs"
  deletion_window_in_days            = 7
  enable_key_rotation                = true
  bypass_policy_lockout_safety_check = false

  tags = {
    Shared = "true"
  }
}

resource "aws_kms_alias" "shared" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.shared.key_id
}

data "aws_iam_policy_document" "shared" {
  policy_id = "shared-messaging"

  statement {
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "SisterAccounts"
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = local.sister_accounts
    }

    condition {
      test     = "StringLike"
      variable = "kms:ViaService"
      values   = ["sqs.*.amazonaws.com", "sns.*.amazonaws.com"]
    }
  }

  statement {
    sid       = "Services"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"]
    }
  }

  statement {
    sid = "Logs"
    actions = [
      "kms:Decrypt*",
      "kms:Describe*",
      "kms:Encrypt*",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.current.name}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:log-group:/${local.name}/*"]
    }
  }
}

resource "aws_kms_key_policy" "shared" {
  key_id = aws_kms_key.shared.id
  policy = data.aws_iam_policy_document.shared.json
}

resource "aws_sns_topic" "jobs" {
  name              = "${local.name}-jobs"
  kms_master_key_id = aws_kms_alias.shared.name

  depends_on = [aws_kms_key_policy.shared]
}

resource "aws_sqs_queue" "jobs" {
  name                              = "${local.name}-jobs"
  kms_master_key_id                 = aws_kms_key.shared.arn
  kms_data_key_reuse_period_seconds = var.revision >= 2 ? 3600 : 300

  depends_on = [aws_kms_key_policy.shared]
}

resource "aws_sqs_queue_policy" "jobs" {
  queue_url = aws_sqs_queue.jobs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TopicDelivers"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.jobs.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.jobs.arn } }
    }]
  })
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn = aws_sns_topic.jobs.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.jobs.arn

  filter_policy = jsonencode({
    state = var.revision >= 2 ? ["failed", "stopped"] : ["failed"]
  })

  depends_on = [aws_sqs_queue_policy.jobs]
}

resource "aws_cloudwatch_log_group" "jobs" {
  name              = "/${local.name}/jobs"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.shared.arn

  depends_on = [aws_kms_key_policy.shared]
}
