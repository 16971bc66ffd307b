"""Feature groups that were made outside Terraform: found in the accounts, declared, and handed over.

Two kinds. What a team made in its name space is declared as it stands, so that others can be granted it; its team goes
on managing it. What is declared `created_by: api` is handed over to Terraform, which imports it and manages it from
then on.
"""

from featureshare.adoption.adopt import Adoption, adopt
from featureshare.adoption.found import Found, read_groups

__all__ = ["Adoption", "Found", "adopt", "read_groups"]
