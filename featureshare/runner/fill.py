"""How full the documents of roles are, in words for a plan, and which roles read in another form than by name."""

from collections.abc import Mapping
from typing import Any

NEAR = 0.8
TRUST_QUOTA = "L-C07B4B0D"
"""Service Quotas' code of the length of a role's trust policy (IAM User Guide, "IAM and AWS STS quotas")."""


def fill_notes(fill: Mapping[str, Any], near: float = NEAR) -> list[str]:
    """A line for each role that reads by reader set or a part of what its team reads offline, with how full it is, and
    for each document filled beyond `near` of what is allowed.

    `fill` is the output of the same name of `modules/access-policies`: role to form, policies and trust with `used` and
    `allowed` characters. What does not fit at all is refused by Terraform before.
    """
    notes: list[str] = []
    for role, found in sorted(fill.items()):
        policies, trust = found["policies"], found["trust"]
        if found["form"] == "by set":
            notes.append(f"{role} reads online by reader set: its list of groups would not fit.")
        if found["form"] == "spread":
            notes.append(
                f"{role} is one of several roles that offline grants of its team are spread over, since one would not "
                f"hold them: policies fill {_share(policies)}."
            )
        elif policies["used"] > near * policies["allowed"]:
            notes.append(
                f"{role}: policies fill {_share(policies)}; the limit is fixed: share fewer groups, or split the team."
            )
        if trust["used"] > near * trust["allowed"]:
            notes.append(f"{role}: the trust policy fills {_share(trust)}; request quota {TRUST_QUOTA} for more.")
    return notes


def resource_notes(fill: Mapping[str, Any], near: float = NEAR) -> list[str]:
    """A line for each policy of a bucket, key or catalog filled beyond `near`; `fill` is `resource_fill` of the same
    module: bytes `used` and `allowed`, which no quota changes."""
    return [
        f"{name}: the policy fills {_share(one, 'bytes')}; the limit is fixed: let fewer teams have a direct_catalog."
        for name, one in sorted(fill.items())
        if one["used"] > near * one["allowed"]
    ]


def _share(one: Mapping[str, int], unit: str = "characters") -> str:
    return f"{one['used']:,} of {one['allowed']:,} {unit} ({one['used'] * 100 // one['allowed']}%)"
