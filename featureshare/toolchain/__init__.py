"""The tools that the product needs and does not bring: Terraform and its AWS provider.

Only the standard library is imported here: `make` asks these questions before anything is installed.
"""

from featureshare.toolchain.provider import Discovery, ProviderSource, discover
from featureshare.toolchain.terraform import MINIMUM_TERRAFORM, Terraform, find_terraform

__all__ = ["MINIMUM_TERRAFORM", "Discovery", "ProviderSource", "Terraform", "discover", "find_terraform"]
