# Reading, and nothing else: what the files say, whatever it is.
locals {
  root   = coalesce(var.root, "${path.module}/..")
  folder = "${local.root}/${var.environment}"
  # How messages name a file: as seen from the repository.
  shown = "${basename(abspath(local.root))}/${var.environment}"

  yaml_files  = [for file in fileset(local.folder, "**") : file if can(regex("(?i)\\.ya?ml$", file))]
  group_files = [for file in local.yaml_files : file if can(regex("^feature-groups/[^/]+\\.yaml$", file))]
  team_files  = [for file in local.yaml_files : file if can(regex("^teams/[^/]+\\.yaml$", file))]
  team_names  = [for file in local.team_files : trimsuffix(basename(file), ".yaml")]

  # A slice reads its own team's file, and judges in full the groups that mention the team or are granted to it by a tag (of a
  # replica: those it copies);
  # of the other groups only what decides that they are not its business (far.tf). Else every stack would pay for the whole
  # environment.
  wanted_teams        = [for name in local.team_names : name if var.replica == null && (var.team == null || name == var.team)]
  group_texts         = { for file in local.group_files : trimsuffix(basename(file), ".yaml") => try(replace(file("${local.folder}/${file}"), "\r\n", "\n"), "") }
  all_group_documents = { for name, text in local.group_texts : name => try(yamldecode(text), null) }
  near = tomap({
    for name, text in local.group_texts : name => true
    if var.replica != null ? contains(local.copied_groups, name) : try(strcontains(text, var.team), true) || anytrue([for shared in try(local.shared_by_tag[name], []) : can(shared[coalesce(var.team, "-")])])
  })
  copied_groups = [for name in try(local.environment_document.replicas[var.replica].feature_groups, []) : try(trimspace(name), "")]

  texts = merge(
    { "environment.yaml" = local.environment_text },
    { for name, text in local.group_texts : "feature-groups/${name}.yaml" => text if can(local.near[name]) },
    { for name in local.wanted_teams : "teams/${name}.yaml" => try(replace(file("${local.folder}/teams/${name}.yaml"), "\r\n", "\n"), "") },
  )

  environment_text     = try(replace(file("${local.folder}/environment.yaml"), "\r\n", "\n"), "")
  environment_document = try(yamldecode(local.environment_text), null)
  group_documents      = { for name, document in local.all_group_documents : name => document if can(local.near[name]) }
  team_documents       = { for name in local.wanted_teams : name => try(yamldecode(local.texts["teams/${name}.yaml"]), null) }
}
