# A shared file system for notebooks: access points, policy, backups, replication protection; and a vault that backs it up.
data "aws_caller_identity" "me" {}

resource "aws_vpc" "files" {
  cidr_block = "10.140.0.0/24"
}
resource "aws_subnet" "files" {
  count             = 2
  vpc_id            = aws_vpc.files.id
  cidr_block        = cidrsubnet(aws_vpc.files.cidr_block, 1, count.index)
  availability_zone = element(["eu-west-1a", "eu-west-1b"], count.index)
}
resource "aws_security_group" "files" {
  name   = "shared-files"
  vpc_id = aws_vpc.files.id
  ingress {
    protocol    = "tcp"
    from_port   = 2049
    to_port     = 2049
    cidr_blocks = [aws_vpc.files.cidr_block]
  }
}
resource "aws_kms_key" "files" {
  description             = "files"
  deletion_window_in_days = 7
}

resource "aws_efs_file_system" "files" {
  creation_token                  = "shared-files"
  encrypted                       = true
  kms_key_id                      = aws_kms_key.files.arn
  performance_mode                = "generalPurpose"
  throughput_mode                 = "provisioned"
  provisioned_throughput_in_mibps = 10 * var.revision
  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }
  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }
  protection {
    replication_overwrite = var.revision == 1 ? "ENABLED" : "DISABLED"
  }
  tags = { Name = "shared-files" }
}
resource "aws_efs_mount_target" "files" {
  count           = 2
  file_system_id  = aws_efs_file_system.files.id
  subnet_id       = aws_subnet.files[count.index].id
  security_groups = [aws_security_group.files.id]
}
resource "aws_efs_access_point" "team" {
  for_each       = { fraud = 1001, growth = 1002 }
  file_system_id = aws_efs_file_system.files.id
  posix_user {
    gid            = each.value
    uid            = each.value
    secondary_gids = [2000]
  }
  root_directory {
    path = "/${each.key}"
    creation_info {
      owner_gid   = each.value
      owner_uid   = each.value
      permissions = "0750"
    }
  }
  tags = { team = each.key, revision = var.revision }
}
data "aws_iam_policy_document" "files" {
  statement {
    sid       = "Encrypted"
    effect    = "Deny"
    actions   = ["*"]
    resources = [aws_efs_file_system.files.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
  statement {
    sid       = "Mount"
    actions   = concat(["elasticfilesystem:ClientMount"], var.revision > 1 ? ["elasticfilesystem:ClientWrite"] : [])
    resources = [aws_efs_file_system.files.arn]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
    condition {
      test     = "Bool"
      variable = "elasticfilesystem:AccessedViaMountTarget"
      values   = ["true"]
    }
  }
}
resource "aws_efs_file_system_policy" "files" {
  file_system_id = aws_efs_file_system.files.id
  policy         = data.aws_iam_policy_document.files.json
}
resource "aws_efs_backup_policy" "files" {
  file_system_id = aws_efs_file_system.files.id
  backup_policy {
    status = var.revision == 1 ? "ENABLED" : "DISABLED"
  }
}

resource "aws_backup_vault" "files" {
  name          = "shared-files"
  kms_key_arn   = aws_kms_key.files.arn
  force_destroy = true
}
resource "aws_backup_plan" "daily" {
  name = "shared-files"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.files.name
    schedule          = "cron(0 ${var.revision} * * ? *)"
    lifecycle {
      delete_after = 14 * var.revision
    }
  }
}
resource "aws_iam_role" "backup" {
  name               = "shared-files-backup"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }] })
}
resource "aws_backup_selection" "files" {
  name         = "shared-files"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_efs_file_system.files.arn]
}
data "aws_efs_file_system" "files" {
  file_system_id = aws_efs_file_system.files.id
}
output "dns" { value = data.aws_efs_file_system.files.dns_name }
