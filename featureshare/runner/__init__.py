"""Terraform over many accounts: one run for each stack of an environment, with an environment of its own.

No process of ours ever changes `os.environ`; a child sees what `featureshare.runner.environment` builds for it.
"""
