# Notebook instances that teams declare, and what the deploy role of their account needs for exactly these.

locals {
  notebooks = {
    for team, it in var.teams : team => {
      account            = it.account
      arn                = "arn:${local.partition}:sagemaker:${local.region}:${it.account}:notebook-instance/${local.prefix}-${team}"
      instance_type      = it.notebook.instance_type
      name               = "${local.prefix}-${team}"
      role_arn           = local.principals["${team}/${it.notebook.principal}"].arn
      security_group_ids = it.notebook.security_group_ids
      subnet_id          = it.notebook.subnet_id
      team               = team
      volume_key         = it.notebook.volume_key
    } if it.notebook != null
  }

  # "account" to { document name = document }: a notebook each.
  notebook_deploy_policies = {
    for team, notebook in local.notebooks : notebook.account => {
      team = team
      document = format(local.templates["identity/deploy-notebook"], [for name, hole in {
        key      = notebook.volume_key
        notebook = notebook.arn
        places = concat(
          ["arn:${local.partition}:ec2:${local.region}:${notebook.account}:network-interface/*", "arn:${local.partition}:ec2:${local.region}:${notebook.account}:subnet/${notebook.subnet_id}"],
          [for id in notebook.security_group_ids : "arn:${local.partition}:ec2:${local.region}:${notebook.account}:security-group/${id}"],
        )
        role      = notebook.role_arn
        sagemaker = local.sagemaker
      } : jsonencode(hole) if contains(local.holes["identity/deploy-notebook"], name)]...)
    }...
  }
}
