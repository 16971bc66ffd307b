variable "environment" {
  description = "The environment, in the declaration's normal form."
  type = object({
    central_account      = string
    ephemeral            = bool
    name                 = string
    organization_id      = optional(string)
    partition            = string
    permissions_boundary = optional(string)
    platform_principal   = string
    prefix               = string
    region               = string
    replicated           = optional(bool, false)
    tags                 = map(string)
  })
  nullable = false
}

variable "feature_groups" {
  description = "Feature groups by name, in the declaration's normal form: all of them, or those of a slice."
  type = map(object({
    classification = string
    contact        = string
    created_by     = string
    description    = string
    event_time     = string
    expectations = optional(map(object({
      allowed  = list(string)
      max      = optional(string)
      min      = optional(string)
      required = bool
      unique   = bool
    })), {})
    features = list(object({
      collection  = optional(string)
      description = string
      dimension   = optional(number)
      name        = string
      parameters  = optional(map(string), {})
      type        = string
    }))
    freshness     = optional(string)
    offline_store = object({ enabled = bool, format = string })
    online_store = object({
      enabled = bool
      storage = string
      ttl     = optional(object({ value = number, unit = string }))
    })
    owner             = string
    pipeline          = optional(string)
    purpose           = optional(string)
    record_identifier = string
    shared_with       = map(list(string))
    store             = string
    throughput        = optional(object({ read = optional(number), write = number }))
    updates           = optional(map(list(string)), {})
  }))
  nullable = false
}

variable "foreign_catalog_statements" {
  description = "Statements, each as JSON, that others have put into the resource policy of the central account's Glue catalog: that policy is one document, so they stand in ours."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "largest_reader" {
  description = "Characters of a reader-offline role's policies beyond which a team's offline grants are spread over further roles; inline policies of a role share 10,240."
  type        = number
  default     = 10240
  nullable    = false
}

variable "longest_list" {
  description = "Characters of a read-online policy beyond which a role reads by reader set instead of by name; inline policies of a role share 10,240."
  type        = number
  default     = 9000
  nullable    = false
}

variable "probes" {
  description = "What only a real account can settle; each defaults to the safe form."
  type = object({
    # Whether Lambda sends aws:SourceAccount when it takes a function's role.
    source_account_on_lambda_trust = optional(bool, true)
    # Whether SageMaker sends aws:SourceAccount when it assumes offline store roles and execution roles.
    source_account_on_service_trust = optional(bool, true)
  })
  default  = {}
  nullable = false
}

variable "replicas" {
  description = "Replicas of the central offline store by name: all of them, or the one of a slice, with the groups they copy among `feature_groups`. A reader is the name of a role to make or the ARN of one that is there."
  type = map(object({
    account                  = string
    delete_markers           = optional(bool, false)
    feature_groups           = list(string)
    readers                  = list(string)
    region                   = optional(string)
    replication_time_control = optional(bool, false)
  }))
  default  = {}
  nullable = false
}

variable "teams" {
  description = "Teams by name, in the declaration's normal form: all of them, or the one of a slice."
  type = map(object({
    account = string
    # Whether its reader-offline role may query in the central account's workgroup `primary`.
    athena  = optional(object({ allow_primary = optional(bool, false) }), {})
    contact = string
    # Whether its Athena has the central catalog as a data catalog, read without an access role.
    direct_catalog = optional(bool, false)
    # Whether the team makes feature groups called <team>--* through the API.
    namespace = optional(bool, false)
    principals = map(object({
      compute        = string
      kind           = string
      permission_set = optional(string)
      role_arn       = optional(string)
      user_name      = optional(string)
      verbs          = list(string)
    }))
    # A notebook instance that runs as a principal, in a network that is there.
    notebook = optional(object({
      instance_type      = string
      principal          = string
      security_group_ids = list(string)
      subnet_id          = string
      volume_key         = string
    }))
    # Endpoints in a VPC of the team that reach what is shared with it and nothing else.
    vpc_endpoints = optional(object({
      route_table_ids    = list(string)
      security_group_ids = list(string)
      subnet_ids         = list(string)
      vpc_id             = string
    }))
    # Where results of its queries on shared features go: to its own account, or to the central one.
    results = optional(string, "team")
  }))
  nullable = false
}
