"""The policy scan: our rules over IAM documents, and checkov with the same rules over Terraform plans.

What checkov's own environment imports of this package (everything that the rules in policies/checks/ need) uses the
standard library and the frozen action catalogue alone.
"""
