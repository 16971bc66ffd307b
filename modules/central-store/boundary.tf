resource "aws_iam_policy" "boundary" {
  count = var.boundary == null ? 0 : 1

  name        = var.boundary.name
  path        = var.boundary.path
  description = "The most that an access role may ever hold."
  policy      = var.boundary.document
}
