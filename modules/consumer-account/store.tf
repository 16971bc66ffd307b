# The combined pattern: the team's own feature store beside the shared one.

module "store" {
  source = "../store"
  count  = var.store == null ? 0 : 1

  bucket              = var.store.bucket
  databases           = { (var.store.database) = "Offline store of the team's own feature groups." }
  force_destroy       = var.force_destroy
  key_deletion_window = var.force_destroy ? 7 : 30
  keys                = var.store.keys
}

module "offline_store_role" {
  source = "../iam-role"
  count  = var.offline_store_role == null ? 0 : 1

  role = var.offline_store_role
}

module "feature_groups" {
  source = "../feature-groups"

  feature_groups = var.feature_groups
  keys = {
    offline = try(module.store[0].keys.offline, "")
    online  = try(module.store[0].keys.online, "")
  }

  depends_on = [module.offline_store_role, module.store]
}
