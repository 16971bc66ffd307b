# What others have put into the resource policy of the central account's Glue catalog. An account has one such policy, as one
# document, so ours must hold their statements; the file lies beside environment.yaml and is a JSON list of them, as they stand there.
locals {
  foreign_name       = "catalog-statements.json"
  foreign_there      = fileexists("${local.folder}/${local.foreign_name}")
  foreign_statements = local.foreign_there ? try([for statement in jsondecode(file("${local.folder}/${local.foreign_name}")) : jsonencode(statement)], null) : []

  foreign_problems = concat(
    [
      for unreadable in local.foreign_statements == null ? [true] : [] : {
        file = local.foreign_name
        key  = ""
        rule = "must be a JSON list of statements."
        fix  = "copy the list under Statement of the policy that stands there"
      }
    ],
    [
      for index, text in coalesce(local.foreign_statements, []) : {
        file = local.foreign_name
        key  = "[${index}]"
        rule = "a statement has a Sid of letters and digits (none that begins with ReadTablesDirectly: those are ours), Effect, Principal, Action and Resource."
        fix  = "give it a Sid in the policy that stands there, and copy it again"
      } if !can(regex("^[0-9A-Za-z]+$", jsondecode(text).Sid)) || can(regex("^ReadTablesDirectly", jsondecode(text).Sid)) || !alltrue([for key in ["Effect", "Principal", "Action", "Resource"] : can(jsondecode(text)[key])])
    ],
    [
      for sid, times in { for text in coalesce(local.foreign_statements, []) : try(tostring(jsondecode(text).Sid), "") => true... } : {
        file = local.foreign_name
        key  = sid
        rule = "is there twice."
        fix  = "keep one of the two"
      } if length(times) > 1
    ],
  )
}
