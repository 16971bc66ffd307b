"""Policy documents as they are applied now, compiled once for each text.

Identity documents are remembered per principal until any write to IAM or Organizations; resource policies are read
live from their resource, and only their compilation is remembered.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from featureshare.iam import DocumentError, Policy
from featureshare.iam.acl import ENFORCED, acl_policy
from featureshare.iam.calls import Check
from featureshare.iam.grants import grant_policy
from featureshare.iam.public import is_public
from featureshare.iam.shares import actions_of, share_policy
from featureshare.localaws.gateway import emulator
from featureshare.localaws.gateway.attached import attached_policy
from featureshare.localaws.gateway.estate import MotoEstate, pairs
from featureshare.localaws.services import acls
from featureshare.localaws.services.shares import Shared, shares_of


@lru_cache(maxsize=16_384)
def compiled(text: str, name: str, on_resource: bool = False) -> Policy:
    """The compiled document; `name` is what reasons call it. One that cannot be compiled denies everything."""
    try:
        return Policy.parse(text, name=name)
    except DocumentError as error:
        statement = {"Sid": "CannotBeCompiled", "Effect": "Deny", "Action": "*", "Resource": "*"}
        if on_resource:
            statement["Principal"] = "*"
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return Policy.parse(document, name=f"{name} (cannot be compiled: {error})")


@lru_cache(maxsize=1024)
def _restricted(text: str, name: str) -> Policy:
    """A bucket policy without what it allows if it is public; else the policy itself."""
    policy = compiled(text, name, True)
    if not is_public(policy):
        return policy
    document = json.loads(text)
    given = document["Statement"]
    denying = [one for one in (given if isinstance(given, list) else [given]) if one["Effect"] == "Deny"]
    shown = f"{name} (public, so that RestrictPublicBuckets takes away what it allows)"
    return Policy.parse({**document, "Statement": denying}, name=shown)


class Versions:
    """Counts changes to identity policies and the organization, so that what depends on them can be remembered."""

    def __init__(self) -> None:
        self.policies = 0
        self._lock = threading.Lock()

    def policies_changed(self) -> None:
        with self._lock:
            self.policies += 1


@dataclass(frozen=True)
class Identity:
    """What a role or user brings: identity policies, boundary (None: no boundary), tags; `exists` False: nothing."""

    policies: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    exists: bool = True
    user_name: str | None = None
    unique_id: str = ""
    service_linked: bool = False


_NOBODY = Identity(exists=False)


class Documents:
    """Finds the documents that a check depends on."""

    def __init__(self, estate: MotoEstate, versions: Versions) -> None:
        self._estate = estate
        self._versions = versions
        self._identities: dict[str, tuple[int, Identity]] = {}

    @property
    def version(self) -> int:
        """Counts changes to identity policies and the organization."""
        return self._versions.policies

    def identity(self, arn: str) -> Identity:
        """Documents and tags of a role or user, by ARN with path."""
        version = self._versions.policies
        known = self._identities.get(arn)
        if known is None or known[0] != version:
            known = (version, self._identity(arn))
            self._identities[arn] = known
        return known[1]

    def _identity(self, arn: str) -> Identity:
        parts = arn.split(":", 5)
        if len(parts) != 6:
            return _NOBODY
        kind = parts[5].split("/", 1)[0]
        found = self._estate.raw_role(arn) if kind == "role" else self._estate.raw_user(arn) if kind == "user" else None
        if found is None:
            return _NOBODY
        store = emulator.backend("iam", parts[4], parts[1])
        policies = _own(found, arn)
        if kind == "user":
            for group in list(store.groups.values()):
                if any(user.name == found.name for user in group.users):
                    policies += _own(group, f"group/{group.name}")
        boundary_arn = getattr(found, "permissions_boundary_arn", None)
        return Identity(
            policies=policies,
            boundary=self._boundary(store, boundary_arn) if boundary_arn else None,
            tags=pairs(found.tags),
            user_name=found.name if kind == "user" else None,
            unique_id=str(found.id),
            service_linked="/aws-service-role/" in arn,
        )

    def _boundary(self, store: Any, arn: str) -> tuple[Policy, ...]:
        """A boundary whose policy is gone allows nothing."""
        policy = store.managed_policies.get(arn)
        return () if policy is None else (compiled(_default_document(policy), arn),)

    def managed(self, arn: str, account: str, partition: str) -> str | None:
        """The text of a managed policy in force, seen from `account`."""
        policy = emulator.backend("iam", account, partition).managed_policies.get(arn)
        return None if policy is None else _default_document(policy)

    def resource_policy(self, check: Check, caller_account: str) -> Policy | None:
        """The policy on the resource of `check` as it counts for a caller of that account, None when there is none."""
        service = check.action.split(":", 1)[0].lower()
        if service == "s3":
            return self._bucket_policy(check.resource, caller_account)
        if service == "kms":
            return self._key_policy(check)
        if service == "glue":
            return self._catalog_policy(check)
        if service == "sts":
            return self._trust_policy(check.resource)
        found = attached_policy(check)
        return None if found is None else compiled(*found, on_resource=True)

    def _bucket_policy(self, arn: str, caller_account: str) -> Policy | None:
        """A public one lets nobody in from outside under RestrictPublicBuckets, whomever it names; services it does."""
        parts = arn.split(":", 5)
        bucket = self._estate.raw_bucket(parts[5].split("/", 1)[0]) if len(parts) == 6 else None
        text = None if bucket is None else emulator.document(bucket.policy)
        if bucket is None or text is None:
            return None
        inside = caller_account == bucket.account_id or caller_account.endswith(".amazonaws.com")
        if not inside and acls.blocks(bucket, "restrict_public_buckets"):
            return _restricted(text, f"bucket policy of {bucket.name}")
        return compiled(text, f"bucket policy of {bucket.name}", True)

    def ownership(self, check: Check, caller_account: str) -> tuple[str | None, tuple[Policy, ...] | None]:
        """Owner of the S3 object of `check` and the ACLs on it and its bucket; (None, None) where ACLs are disabled."""
        if not check.action.startswith("s3:") or check.new:
            return None, None
        name, _, key = check.resource.split(":", 5)[-1].partition("/")
        bucket = self._estate.raw_bucket(name)
        if bucket is None or acls.ownership(bucket) == ENFORCED:
            return None, None
        account = caller_account if caller_account.isdigit() else ""
        listed = acls.of_bucket(bucket)
        on_bucket = acl_policy(listed.grants, bucket=True, caller_account=account, name=f"ACL of bucket {name}")
        found = acls.find_object(bucket, key, str(check.context.get("s3:versionid") or "")) if key else None
        if found is None:
            return None, (on_bucket,)
        listed = acls.of_object(bucket, found)
        on_object = acl_policy(listed.grants, bucket=False, caller_account=account, name=f"ACL of {name}/{key}")
        return listed.owner, (on_bucket, on_object)

    def _key_policy(self, check: Check) -> Policy | None:
        if check.new:
            return _delegating(check.account)
        if ":key/" not in check.resource:
            return None
        key = self._estate.raw_key(check.account, check.resource)
        facts = self._estate.key(check.account, check.resource)
        if facts is not None and facts.aws_managed and facts.aliases:
            region = check.resource.split(":")[3]
            return _managed_key_policy(self._estate.partition, facts.account, region, facts.aliases[0])
        if key is None:
            return None
        text = emulator.document(key.policy) or key.generate_default_policy()
        return compiled(text, f"key policy of {key.id}", on_resource=True)

    def grants(self, check: Check, caller_account: str) -> tuple[Policy, ...]:
        """The KMS grants on the key of `check`, or the RAM shares of its feature group with other accounts."""
        if ":feature-group/" in check.resource and caller_account != check.account:
            region = check.resource.split(":")[3]
            return tuple(
                _share(check.resource, check.account, one) for one in shares_of(check.resource, check.account, region)
            )
        if not check.action.lower().startswith("kms:") or ":key/" not in check.resource:
            return ()
        key = self._estate.raw_key(check.account, check.resource)
        if key is None or not key.grants:
            return ()
        return tuple(_grant(json.dumps(grant.to_json())) for grant in list(key.grants.values()))

    def is_aws_managed(self, check: Check) -> bool:
        if not check.action.lower().startswith("kms:") or ":key/" not in check.resource:
            return False
        key = self._estate.raw_key(check.account, check.resource)
        return key is None or any(alias.startswith("alias/aws/") for alias in key.aliases)

    def _catalog_policy(self, check: Check) -> Policy | None:
        region = check.resource.split(":")[3] if check.resource.count(":") >= 5 else self._estate.region
        store = emulator.backend("glue", check.account, region or self._estate.region)
        found = store.resource_policies.get(store.default_catalog_arn)
        text = None if not found else emulator.document(found.get("PolicyInJson"))
        return None if text is None else compiled(text, f"Glue resource policy of {check.account}", on_resource=True)

    def _trust_policy(self, arn: str) -> Policy | None:
        role = self._estate.raw_role(arn)
        text = None if role is None else emulator.document(role.assume_role_policy_document)
        return None if text is None else compiled(text, f"trust policy of {arn}", on_resource=True)


def _own(found: Any, arn: str) -> tuple[Policy, ...]:
    inline = found.policies if isinstance(found.policies, Mapping) else {}
    texts = [(emulator.document(text), f"{arn} {name}") for name, text in inline.items()]
    texts += [(_default_document(policy), policy.arn) for policy in list(found.managed_policies.values())]
    return tuple(compiled(text, name) for text, name in texts if text)


def _default_document(policy: Any) -> str:
    for version in policy.versions:
        if version.is_default:
            return emulator.document(version.document) or "{}"
    return emulator.document(getattr(policy, "document", None)) or "{}"


@lru_cache(maxsize=256)
def _managed_key_policy(partition: str, account: str, region: str, alias: str) -> Policy:
    """The policy AWS gives the key of one of its services: use through that service, metadata to the account.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
    """
    name = alias.rpartition("/")[2]
    service = {"ebs": "ec2"}.get(name, name)
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"]
    through = {"kms:CallerAccount": account, "kms:ViaService": f"{service}.{region}.amazonaws.com"}
    statements = [
        {
            "Sid": "UseThroughTheService",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": use,
            "Resource": "*",
            "Condition": {"StringEquals": through},
        },
        {
            "Sid": "MetadataToTheAccount",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
            "Resource": "*",
        },
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return compiled(document, f"key policy of {alias}", on_resource=True)


@lru_cache(maxsize=1024)
def _grant(text: str) -> Policy:
    grant = json.loads(text)
    constraints = grant.get("Constraints") or {}
    return grant_policy(
        grant["GranteePrincipal"],
        grant["Operations"],
        equals=constraints.get("EncryptionContextEquals"),
        subset=constraints.get("EncryptionContextSubset"),
        name=f"grant {grant['GrantId']}",
    )


def _share(arn: str, owner: str, share: Shared) -> Policy:
    name = f"resource share {share.name}"
    if not actions_of(share.permissions):
        name += f" (what {', '.join(share.permissions)} allows is not published)"
    if share.invited:
        name += f" (not accepted by {', '.join(share.invited)})"
    return share_policy(arn, owner, share.principals, share.permissions, name=name)


@lru_cache(maxsize=64)
def _delegating(account: str) -> Policy:
    """What stands in for the policy of a key that is about to be created: the account's identity policies decide."""
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"}
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, name="key being created")
