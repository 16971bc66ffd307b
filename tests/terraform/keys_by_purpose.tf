# Keys from a map of purposes: aliases by for_each, policies by data source, grants with constraints.

data "aws_caller_identity" "me" {}
data "aws_iam_session_context" "me" {
  arn = data.aws_caller_identity.me.arn
}

locals {
  purposes = {
    offline = { services = ["s3", "sagemaker"], rotation = 90 }
    online  = { services = ["dynamodb", "sagemaker"], rotation = 180 * var.revision }
    logs    = { services = [], rotation = 365 }
  }
}

data "aws_iam_policy_document" "key" {
  for_each = local.purposes

  statement {
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.services) > 0 ? [each.value.services] : []
    content {
      sid       = "ThroughServices"
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      condition {
        test     = "StringEquals"
        variable = "kms:CallerAccount"
        values   = [data.aws_caller_identity.me.account_id]
      }
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for service in statement.value : "${service}.eu-west-1.amazonaws.com"]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? [1] : []
    content {
      sid       = "Logs"
      actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = ["logs.eu-west-1.amazonaws.com"]
      }
      condition {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = ["arn:aws:logs:eu-west-1:${data.aws_caller_identity.me.account_id}:*"]
      }
    }
  }
}

resource "aws_kms_key" "purpose" {
  for_each                           = local.purposes
  description                        = "For ${each.key}"
  policy                             = data.aws_iam_policy_document.key[each.key].json
  enable_key_rotation                = true
  rotation_period_in_days            = each.value.rotation
  deletion_window_in_days            = 10
  bypass_policy_lockout_safety_check = false
  is_enabled                         = each.key != "online" || var.revision == 1
}

resource "aws_kms_alias" "purpose" {
  for_each      = aws_kms_key.purpose
  name          = "alias/purpose/${each.key}"
  target_key_id = each.value.key_id
}

resource "aws_kms_alias" "current" {
  name          = "alias/purpose-current"
  target_key_id = var.revision > 1 ? aws_kms_key.purpose["logs"].arn : aws_kms_key.purpose["offline"].arn
}

resource "aws_kms_alias" "prefixed" {
  name_prefix   = "alias/purpose-"
  target_key_id = aws_kms_key.purpose["offline"].id
}

resource "aws_iam_role" "user" {
  name = "keys-by-purpose"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_iam_session_context.me.issuer_arn } }]
  })
}

resource "aws_kms_grant" "user" {
  name              = "features-${var.revision}"
  key_id            = aws_kms_key.purpose["offline"].key_id
  grantee_principal = aws_iam_role.user.arn
  operations        = ["Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo", "DescribeKey"]
  constraints {
    encryption_context_subset = { store = "features", zone = "a" }
  }
}

resource "aws_kms_grant" "exact" {
  name               = "exact"
  key_id             = aws_kms_key.purpose["logs"].arn
  grantee_principal  = aws_iam_role.user.arn
  retiring_principal = aws_iam_role.user.arn
  retire_on_delete   = false
  operations         = ["Decrypt", "RetireGrant"]
  constraints {
    encryption_context_equals = { "aws:logs:arn" = "arn:aws:logs:eu-west-1:${data.aws_caller_identity.me.account_id}:log-group:features" }
  }
}

resource "aws_cloudwatch_log_group" "sealed" {
  name              = "/features/sealed"
  kms_key_id        = aws_kms_key.purpose["logs"].arn
  retention_in_days = 30
}

resource "aws_kms_ciphertext" "word" {
  key_id    = aws_kms_key.purpose["offline"].key_id
  plaintext = "word-${var.revision}"
  context   = { store = "features" }
}

data "aws_kms_key" "offline" {
  key_id = aws_kms_alias.purpose["offline"].name
}

data "aws_kms_alias" "offline" {
  name = aws_kms_alias.purpose["offline"].name
}

output "same" {
  value = data.aws_kms_key.offline.arn == data.aws_kms_alias.offline.target_key_arn
}
