# Reading, and nothing else: what the files say, whatever it is.
locals {
  root   = coalesce(var.root, "${path.module}/..")
  folder = "${local.root}/${var.environment}"
  # How messages name a file: as seen from the repository.
  shown = "${basename(abspath(local.root))}/${var.environment}"

  yaml_files  = [for file in fileset(local.folder, "**") : file if can(regex("(?i)\\.ya?ml$", file))]
  group_files = [for file in local.yaml_files : file if can(regex("^feature-groups/[^/]+\\.yaml$", file))]
  team_files  = [for file in local.yaml_files : file if can(regex("^teams/[^/]+\\.yaml$", file))]
  read_files  = concat(["environment.yaml"], local.group_files, local.team_files)

  texts     = { for file in local.read_files : file => try(replace(file("${local.folder}/${file}"), "\r\n", "\n"), "") }
  documents = { for file, text in local.texts : file => try(yamldecode(text), null) }

  environment_document = local.documents["environment.yaml"]
  group_documents      = { for file in local.group_files : trimsuffix(basename(file), ".yaml") => local.documents[file] }
  team_documents       = { for file in local.team_files : trimsuffix(basename(file), ".yaml") => local.documents[file] }
}
