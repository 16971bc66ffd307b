module "store" {
  source = "../store"

  bucket              = var.store.bucket
  force_destroy       = var.force_destroy
  key_deletion_window = var.force_destroy ? 7 : 30
  keys                = var.store.keys
  databases = merge(
    { (var.store.database) = "Offline store of all shared feature groups." },
    var.create_default_database ? { default = "Asked for by every Athena query; holds nothing." } : {},
  )
}
