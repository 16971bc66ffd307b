# What each kind of mapping may hold. A key that is not here is refused: Terraform's typed variables would drop it in
# silence, and a misspelt `clasification` would become the default class.
#
# `opens` is how the JSON of a value of that kind begins (can(tostring(x)) would take true and 12 for text), `pattern` what
# the text itself must match; `rule` says so. `longest` counts letters where the pattern leaves only ASCII: a pattern that
# counts to 256 takes a millisecond to compile, each time.
locals {
  nothing = "[^\\s\\S]"

  any_text    = { kind = "text", opens = "^\"", required = true, pattern = "^.+$", rule = "must be one line of text." }
  bool        = { kind = "bool", opens = "^[tf]", required = true, pattern = local.nothing, rule = "" }
  list        = { kind = "list", opens = "^\\[", required = true, pattern = local.nothing, rule = "" }
  mapping     = { kind = "mapping", opens = "^{", required = true, pattern = local.nothing, rule = "" }
  name        = { kind = "text", opens = "^\"", required = true, pattern = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", rule = "must be lower-case letters, digits and single hyphens, a letter first." }
  account     = { kind = "text", opens = "^\"", required = true, pattern = "^[0-9]{12}$", rule = "must be an account id, 12 digits in quotes." }
  contact     = { kind = "text", opens = "^\"", required = true, pattern = "^[\\w .:/=+@-]+$", longest = 256, rule = "must be 1 to 256 letters, digits, spaces or _ . : / = + - @." }
  feature     = { kind = "text", opens = "^\"", required = true, pattern = "^[a-zA-Z0-9]([_-]*[a-zA-Z0-9])*$", longest = 64, rule = "must be 1 to 64 letters, digits, hyphens and underscores." }
  description = { kind = "text", opens = "^\"", required = true, pattern = "^.{1,128}$", rule = "must be one line of 1 to 128 characters." }

  any_number = { kind = "number", opens = "^[-0-9]", required = true, pattern = local.nothing, rule = "" }
  number     = { kind = "text", opens = "^\"", required = false, pattern = "^-?[0-9]{1,15}(\\.[0-9]{1,9})?$", rule = "must be a decimal number in quotes." }

  one_of = {
    for key, words in {
      collection     = ["list", "set", "vector"]
      classification = ["public", "internal", "confidential", "restricted"]
      compute        = ["sagemaker", "sagemaker-processing", "sagemaker-training", "sagemaker-transform", "lambda", "ecs", "ec2", "emr", "emr-serverless", "none"]
      created_by     = ["terraform", "api"]
      format         = ["glue", "iceberg"]
      kind           = ["role", "user", "sso"]
      partition      = ["aws", "aws-cn", "aws-us-gov"]
      purpose        = ["canary"]
      results        = ["team", "central"]
      storage        = ["standard", "standard-v2", "in-memory"]
      store          = ["central", "team"]
      type           = ["String", "Integral", "Fractional"]
      unit           = ["Seconds", "Minutes", "Hours", "Days", "Weeks"]
      } : key => {
      kind     = "text"
      opens    = "^\""
      required = contains(["store", "type", "unit"], key)
      pattern  = "^(${join("|", words)})$"
      rule     = "must be one of ${join(", ", words)}."
    }
  }

  shapes = {
    environment = {
      name                 = local.name
      ephemeral            = local.bool
      region               = merge(local.any_text, { pattern = "^[a-z]{2}(-[a-z]+)+-[0-9]$", rule = "must be a Region such as eu-west-1." })
      partition            = local.one_of.partition
      organization_id      = merge(local.any_text, { required = false, pattern = "^o-[a-z0-9]{10,32}$", rule = "must be o- and 10 to 32 letters or digits." })
      prefix               = local.name
      central_account      = local.account
      platform             = local.mapping
      permissions_boundary = merge(local.any_text, { required = false, pattern = "^([\\w+=,.@-]+/)*[\\w+=,.@-]{1,128}$", rule = "must be the name of a managed policy, without the ARN." })
      tags                 = merge(local.mapping, { required = false })
      replicas             = merge(local.mapping, { required = false })
      shared_by_tag        = merge(local.list, { required = false })
    }
    tag_grant = {
      tags        = local.mapping
      shared_with = local.mapping
    }
    tag_match = {
      classification = local.one_of.classification
      owner          = merge(local.name, { required = false })
    }
    replica = {
      account                  = local.account
      region                   = merge(local.any_text, { required = false, pattern = "^[a-z]{2}(-[a-z]+)+-[0-9]$", rule = "must be a Region such as eu-west-1." })
      feature_groups           = local.list
      replication_time_control = merge(local.bool, { required = false })
      delete_markers           = merge(local.bool, { required = false })
      readers                  = local.list
    }
    platform = {
      principal = merge(local.any_text, { pattern = "^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+$", rule = "must be the ARN of one role or user, not a whole account." })
    }
    team = {
      team       = local.name
      account    = local.account
      contact    = local.contact
      principals = local.mapping

      direct_catalog = merge(local.bool, { required = false })
      namespace      = merge(local.bool, { required = false })
      results        = local.one_of.results
      athena         = merge(local.mapping, { required = false })
      notebook       = merge(local.mapping, { required = false })
      vpc_endpoints  = merge(local.mapping, { required = false })
    }
    athena = {
      allow_primary = merge(local.bool, { required = false })
    }
    notebook = {
      principal          = local.name
      instance_type      = merge(local.any_text, { pattern = "^ml\\.[a-z0-9-]+\\.[a-z0-9]+$", rule = "must be an instance type such as ml.t3.medium." })
      subnet_id          = merge(local.any_text, { pattern = "^subnet-[0-9a-f]{8,17}$", rule = "must be the id of a subnet." })
      security_group_ids = local.list
      volume_key         = merge(local.any_text, { pattern = "^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}$", rule = "must be the ARN of one KMS key." })
    }
    vpc_endpoints = {
      vpc_id             = merge(local.any_text, { pattern = "^vpc-[0-9a-f]{8,17}$", rule = "must be the id of a VPC." })
      subnet_ids         = local.list
      security_group_ids = local.list
      route_table_ids    = local.list
    }
    principal = {
      verbs          = local.list
      kind           = merge(local.one_of.kind, { rule = "must be one of role, user, sso: a whole account would let every role in it use the grants." })
      compute        = local.one_of.compute
      role_arn       = merge(local.any_text, { required = false, pattern = "^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", rule = "must be the ARN of one role, not a whole account or a pattern." })
      permission_set = merge(local.any_text, { required = false, pattern = "^[\\w+=,.@-]{1,32}$", rule = "must be 1 to 32 letters, digits or _ + = , . @ -." })
      user_name      = merge(local.any_text, { required = false, pattern = "^[\\w+=,.@-]{1,64}$", rule = "must be 1 to 64 letters, digits or _ + = , . @ -." })
    }
    group = {
      feature_group     = merge(local.any_text, { pattern = "^([a-z][a-z0-9]*(-[a-z0-9]+)*--[a-z0-9]+|[a-z][a-z0-9]*)([_-][a-z0-9]+)*$", rule = "must be lower-case letters, digits and single hyphens or underscores, a letter first, and <team>-- before it in a name space." })
      store             = local.one_of.store
      owner             = local.name
      contact           = local.contact
      pipeline          = merge(local.any_text, { required = false, pattern = "^https://\\S+$", rule = "must be an https:// link." })
      description       = local.description
      record_identifier = local.feature
      event_time        = local.feature
      features          = local.list
      online_store      = local.mapping
      offline_store     = local.mapping
      throughput        = merge(local.mapping, { required = false })
      classification    = local.one_of.classification
      freshness         = merge(local.any_text, { required = false, pattern = "^[1-9][0-9]*[smhd]$", rule = "must be a number with s, m, h or d." })
      expectations      = merge(local.mapping, { required = false })
      purpose           = local.one_of.purpose
      created_by        = local.one_of.created_by
      shared_by_tag     = merge(local.bool, { required = false })
      shared_with       = merge(local.mapping, { required = false })
      updates           = merge(local.mapping, { required = false })
    }
    throughput = {
      read  = merge(local.any_number, { required = false })
      write = local.any_number
    }
    feature = {
      name        = local.feature
      type        = local.one_of.type
      description = merge(local.description, { pattern = "^.{1,255}$", rule = "must be one line of 1 to 255 characters." })
      collection  = local.one_of.collection
      dimension   = merge(local.any_number, { required = false })
      parameters  = merge(local.mapping, { required = false })
    }
    expectation = {
      required = merge(local.bool, { required = false })
      unique   = merge(local.bool, { required = false })
      min      = local.number
      max      = local.number
      allowed  = merge(local.list, { required = false })
    }
    online_store = {
      enabled = local.bool
      storage = local.one_of.storage
      ttl     = merge(local.mapping, { required = false })
    }
    ttl = {
      value = local.any_number
      unit  = local.one_of.unit
    }
    offline_store = {
      enabled = local.bool
      format  = local.one_of.format
    }
  }

  verbs = ["delete", "discover", "manage", "read-offline", "read-online", "update", "write"]
}
