"""The landing zone: what exists in an organization before this product comes, put straight into the state.

Roles made here are evaluated like every other role; only their making needs no permission, as on AWS, where another
team made them. The document is described at `LandingZone`.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import FakeAccount, FakePolicy, organizations_backends
from moto.s3.models import s3_backends

from featureshare.iam import Policy

_EARLIER = "earlier-"
_TYPES = {"scps": "SERVICE_CONTROL_POLICY", "rcps": "RESOURCE_CONTROL_POLICY"}


class LandingZoneError(Exception):
    """The landing-zone document cannot be played."""


class LandingZone:
    """Plays a landing-zone document; playing it again changes only what differs.

    {
      "management_account": "666666666666", "organization_id": "o-...", "region": "eu-west-1", "partition": "aws",
      "accounts": {"222222222222": "central", ...},          members of the organization besides the management account
      "organization": {"scps": {name: json}, "rcps": {name: json}},                      attached to the root
      "managed_policies": {arn: {"account", "name", "path", "document"}},
      "roles": {any key: {"account", "name", "path", "trust", "policies": {name: json}, "boundary", "tags",
                          "max_session_duration", "managed": [arn]}},
      "buckets": {name: {"account", "versioned": true, "policy": json or null}},
      "keep": false                     true: what roles were given before stays beside what they are given now
    }

    A change of the declaration can both need rights that the roles lack and remove what only their old rights may
    remove: it lands with `keep` before it is applied, and without after.
    """

    def __init__(self) -> None:
        self.arns: set[str] = set()
        self._given: dict[str, frozenset[str]] = {}

    def play(self, document: Mapping[str, Any]) -> dict[str, int]:
        """Makes everything the document names; returns how many of each. Raises LandingZoneError."""
        partition = str(document.get("partition", "aws"))
        region = str(document.get("region", "us-east-1"))
        try:
            if document.get("management_account"):
                self._organization(document, partition, region)
            for policy in (document.get("managed_policies") or {}).values():
                self._managed_policy(policy, partition)
            for role in (document.get("roles") or {}).values():
                self._role(role, partition, keep=bool(document.get("keep")))
            for name, bucket in (document.get("buckets") or {}).items():
                self._bucket(name, bucket, partition, region)
        except KeyError as error:
            raise LandingZoneError(f"the landing-zone document lacks {error}") from error
        return {part: len(document.get(part) or {}) for part in ("accounts", "managed_policies", "roles", "buckets")}

    def _organization(self, document: Mapping[str, Any], partition: str, region: str) -> None:
        management = str(document["management_account"])
        store: Any = organizations_backends[management][partition]
        if not store.org:
            before = set(iam_backends)
            store.create_organization(region=region, FeatureSet="ALL")
            for drawn in set(iam_backends) - before:
                iam_backends.pop(drawn)  # of the id that moto drew for the management account
            store.org.id = str(document.get("organization_id") or store.org.id)
            for kind in _TYPES.values():
                store.ou[0].add_policy_type(kind)
            for entry in store.accounts:
                entry.organization_id = store.org.id
        known = {entry.id for entry in store.accounts}
        for account, name in (document.get("accounts") or {}).items():
            if str(account) not in known and str(account) != management:
                self._account(store, str(account), str(name), partition)
        for part, kind in _TYPES.items():
            for name, text in ((document.get("organization") or {}).get(part) or {}).items():
                _organization_policy(store, name, _checked(text, name), kind)

    def _account(self, store: Any, account: str, name: str, partition: str) -> None:
        entry = FakeAccount(store.org, AccountName=name, Email=f"{name}@example.com", RoleName="LandingZoneUnused")
        # moto gives every new account a role that the management account's root may assume, under an id it draws.
        iam_backends.pop(entry.id, None)
        entry.id = account
        store.accounts.append(entry)
        for default in [p for p in store.policies if p.aws_managed]:
            store.attach_policy(PolicyId=default.id, TargetId=account)
        organizations_backends.master_accounts[account] = (store.account_id, partition)

    def _managed_policy(self, policy: Mapping[str, Any], partition: str) -> None:
        store = iam_backends[policy["account"]][partition]
        arn = f"arn:{partition}:iam::{policy['account']}:policy{policy.get('path') or '/'}{policy['name']}"
        self.arns.add(arn)
        text = _checked(policy["document"], policy["name"])
        if arn in store.managed_policies:
            store.create_policy_version(arn, text, True)
            return
        store.create_policy(
            description="", path=policy.get("path") or "/", policy_document=text, policy_name=policy["name"], tags=[]
        )

    def _role(self, role: Mapping[str, Any], partition: str, *, keep: bool) -> None:
        store = iam_backends[role["account"]][partition]
        path, name = role.get("path") or "/", role["name"]
        trust = _checked(role["trust"], f"trust of {name}")
        existing = next((known for known in store.roles.values() if known.name == name), None)
        if existing is None:
            existing = store.create_role(
                role_name=name,
                assume_role_policy_document=trust,
                path=path,
                permissions_boundary=role.get("boundary"),
                description="",
                tags=[{"Key": key, "Value": value} for key, value in (role.get("tags") or {}).items()],
                max_session_duration=str(role.get("max_session_duration") or 3600),
            )
        else:
            existing.assume_role_policy_document = trust
            existing.permissions_boundary_arn = role.get("boundary")
        self.arns.add(existing.arn)
        policies = {policy: _checked(text, f"{name} {policy}") for policy, text in (role.get("policies") or {}).items()}
        given = {policy: existing.policies.pop(policy, None) for policy in self._given.get(existing.arn, ())}
        if keep:
            # All of them: several changes may come before the run that settles them, and each said something else.
            earlier = sorted({text for text in given.values() if text} - set(policies.values()))
            policies |= {f"{_EARLIER}{number}": text for number, text in enumerate(earlier)}
        existing.policies.update(policies)
        self._given[existing.arn] = frozenset(policies)
        for arn in role.get("managed") or ():
            if arn not in existing.managed_policies:
                store.attach_role_policy(arn, name)

    def _bucket(self, name: str, bucket: Mapping[str, Any], partition: str, region: str) -> None:
        store = s3_backends[bucket["account"]][partition]
        if name not in store.buckets:
            store.create_bucket(name, region)
        self.arns.add(f"arn:{partition}:s3:::{name}")
        if bucket.get("versioned", True):
            store.put_bucket_versioning(name, "Enabled")
        if bucket.get("policy"):
            store.put_bucket_policy(name, _checked(bucket["policy"], name).encode())


def _checked(document: Any, name: str) -> str:
    """The document as text. Raises LandingZoneError when the engine cannot read it."""
    text = document if isinstance(document, str) else json.dumps(document)
    try:
        Policy.parse(text, name=name)
    except Exception as error:
        raise LandingZoneError(f"{name}: {error}") from error
    return text


def _organization_policy(store: Any, name: str, text: str, kind: str) -> None:
    found = next((policy for policy in store.policies if policy.name == name and policy.type == kind), None)
    if found is None:
        found = FakePolicy(store.org, Name=name, Description="", Type=kind, Content=text)
        store.policies.append(found)
        store.attach_policy(PolicyId=found.id, TargetId=store.org.root_id)
    found.content = text
