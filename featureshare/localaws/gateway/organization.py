"""The organization as moto keeps it: which accounts belong, and the policies attached at each level."""

from dataclasses import dataclass
from typing import Any

from moto.organizations.models import organizations_backends

from featureshare.iam import Level
from featureshare.iam.context import Place
from featureshare.localaws.gateway.documents import Versions, compiled

_SCP = "SERVICE_CONTROL_POLICY"
_RCP = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, kw_only=True)
class Membership(Place):
    """An account's place and the policies above it, root first.

    The management account is a member that neither kind of policy restricts.
    """

    management: bool
    management_account: str
    scps: tuple[Level, ...]
    rcps: tuple[Level, ...]


class Organizations:
    """Membership of accounts, remembered until an organization or a policy changes."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._known: dict[str, tuple[int, Membership | None]] = {}

    def membership(self, account: str) -> Membership | None:
        """None for an account outside every organization."""
        version = self._versions.policies
        known = self._known.get(account)
        if known is None or known[0] != version:
            known = (version, _membership(account))
            self._known[account] = known
        return known[1]


def _membership(account: str) -> Membership | None:
    found = _find(account)
    if found is None:
        return None
    store, entry = found
    org = store.org
    chain = [entry]
    parents = {unit.id: unit for unit in store.ou}
    parent = entry.parent_id
    while parent in parents:
        unit = parents[parent]
        chain.append(unit)
        parent = getattr(unit, "parent_id", None) if unit.id != org.root_id else None
    chain.reverse()
    root = parents.get(org.root_id)
    enabled = {kind["Type"] for kind in (root.policy_types if root is not None else [])}
    management = account == org.master_account_id
    units = "/".join(level.id for level in chain[:-1])
    return Membership(
        organization=org.id,
        path=f"{org.id}/{units}/",
        management=management,
        management_account=org.master_account_id,
        scps=_levels(chain, _SCP) if _SCP in enabled and not management else (),
        rcps=_levels(chain, _RCP) if _RCP in enabled and not management else (),
    )


def _find(account: str) -> tuple[Any, Any] | None:
    for partitions in list(organizations_backends.values()):
        for store in list(partitions.values()):
            if store.org is None:
                continue
            for entry in store.accounts:
                if entry.id == account:
                    return store, entry
    return None


def _levels(chain: list[Any], kind: str) -> tuple[Level, ...]:
    return tuple(
        Level(level.id, tuple(compiled(p.content, p.name) for p in level.attached_policies if p.type == kind))
        for level in chain
    )
