module "feature_groups" {
  source = "../feature-groups"

  feature_groups = var.feature_groups

  # SageMaker checks the offline store role when it creates a group.
  depends_on = [module.role]
}
