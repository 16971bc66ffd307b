"""What exists, read live from the backends: the facts that the call catalogue asks for."""

import copy
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from featureshare.iam.calls import (
    BucketFacts,
    FeatureGroupFacts,
    KeyFacts,
    QueryFacts,
    RoleFacts,
    TableFacts,
    WorkgroupFacts,
)
from featureshare.localaws.gateway import emulator
from featureshare.localaws.services import data_catalog_account, feature_group_facts
from featureshare.localaws.services.tags import tags_of

# A key of AWS's own that nothing has used yet: by alias, or by the ARN it has until moto makes it.
_UNMADE = re.compile(r"(?:arn:[a-z-]+:kms:[^:]*:[^:]*:)?(?:alias/aws/|key/alias-aws-)([a-z0-9/-]+)")
_KEY_ARN = re.compile(r"arn:[a-z-]+:kms:([a-z0-9-]+):(\d{12}):(key/.+|alias/.+)")


def pairs(tags: Any) -> dict[str, str]:
    """Tags in any of moto's shapes as a mapping."""
    if not tags:
        return {}
    if isinstance(tags, Mapping):
        return {str(key): str(value["Value"] if isinstance(value, Mapping) else value) for key, value in tags.items()}
    found = {}
    for tag in tags:
        key = tag.get("Key", tag.get("TagKey", tag.get("key")))
        found[str(key)] = str(tag.get("Value", tag.get("TagValue", tag.get("value", ""))))
    return found


class MotoEstate:
    """Implements `featureshare.iam.calls.Estate` for one partition and home Region.

    `alias_delay` (seconds) holds back what `kms:ResourceAliases` shows after an alias was made, moved or deleted, as
    AWS does while the change spreads.
    """

    def __init__(self, region: str, partition: str = "aws") -> None:
        self.region = region
        self.partition = partition
        self.alias_delay = 0.0  # change it by `delay_aliases`
        self._aliases: dict[str, tuple[tuple[str, ...], tuple[str, ...], float]] = {}

    def at(self, region: str) -> "MotoEstate":
        """The same estate as a call in another Region sees it: names without a Region are looked up there."""
        if region == self.region:
            return self
        seen = copy.copy(self)
        seen.region = region
        return seen

    # feature groups -------------------------------------------------------------------------------------------------
    def feature_group(self, account: str, name: str) -> FeatureGroupFacts | None:
        facts = feature_group_facts(account, self.region, name)
        if facts is None or not (facts.online_key or facts.offline_key):
            return facts
        return replace(
            facts,
            online_key=self._key_arn(facts.account, facts.online_key),
            offline_key=self._key_arn(facts.account, facts.offline_key),
        )

    # S3 ---------------------------------------------------------------------------------------------------------------
    def raw_bucket(self, name: str) -> Any:
        owner = _s3().bucket_accounts.get(name)
        return None if owner is None else _s3()[owner[1]][owner[0]].buckets.get(name)

    def bucket(self, name: str) -> BucketFacts | None:
        bucket = self.raw_bucket(name)
        if bucket is None:
            return None
        key, bucket_key = _default_encryption(bucket)
        tags = _s3()[bucket.account_id][bucket.partition].tagger.get_tag_dict_for_resource(bucket.arn)
        return BucketFacts(
            name=name,
            account=bucket.account_id,
            region=bucket.region_name,
            default_key=self._key_arn(bucket.account_id, key),
            bucket_key=bucket_key,
            tags=dict(tags),
        )

    def object_key(self, bucket: str, key: str, version: str | None = None) -> str | None:
        found = self.raw_bucket(bucket)
        if found is None:
            return None
        stored = None
        if version and version != "null":
            stored = next((item for item in found.keys.getlist(key, []) if str(item.version_id) == version), None)
        else:
            stored = found.keys.get(key)
        if stored is None or getattr(stored, "encryption", None) not in ("aws:kms", "aws:kms:dsse"):
            return None
        return self._key_arn(found.account_id, stored.kms_key_id) or _default_encryption(found)[0]

    # KMS --------------------------------------------------------------------------------------------------------------
    def raw_key(self, account: str, key: str) -> Any:
        """moto's key behind an id, ARN, alias or alias ARN seen from `account`; None when there is none."""
        region, match = self.region, _KEY_ARN.fullmatch(key)
        if match:
            region, account, key = match[1], match[2], match[3]
        key = key.removeprefix("key/")
        keys = _backend("kms", account, region).keys
        if not key.startswith("alias/"):
            return keys.get(key)
        return next((item for item in list(keys.values()) if key in item.aliases), None)

    def key(self, account: str, key: str) -> KeyFacts | None:
        found = self.raw_key(account, key)
        if found is None:
            unmade = _UNMADE.fullmatch(key)
            if unmade:
                name = f"alias/aws/{unmade[1]}"
                arn = f"arn:{self.partition}:kms:{self.region}:{account}:key/{name.replace('/', '-')}"
                return KeyFacts(arn, account, (name,), {}, aws_managed=True)
            return None
        tags = _backend("kms", found.account_id, found.region).tagger.get_tag_dict_for_resource(found.id)
        aliases = self._visible(found.arn, tuple(sorted(found.aliases)))
        managed = any(alias.startswith("alias/aws/") for alias in found.aliases)
        return KeyFacts(found.arn, found.account_id, aliases, dict(tags), managed)

    def _visible(self, arn: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
        """The aliases that policies see: a change counts only `alias_delay` seconds after it was first seen."""
        if not self.alias_delay:
            self._aliases.pop(arn, None)
            return aliases
        now = time.monotonic()
        shown, latest, since = self._aliases.get(arn, ((), (), now))
        if latest != aliases:
            latest, since = aliases, now
        if latest != shown and now - since >= self.alias_delay:
            shown = latest
        self._aliases[arn] = (shown, latest, since)
        return shown

    def delay_aliases(self, seconds: float) -> None:
        """From now on an alias change counts only after `seconds`; the aliases of this moment are known at once."""
        self._aliases.clear()
        if seconds:
            for arn, aliases in self._all_aliases():
                self._aliases[arn] = (aliases, aliases, 0.0)
        self.alias_delay = seconds

    def note_aliases(self) -> None:
        """Starts the clock of every alias change made since the last call."""
        if self.alias_delay:
            for arn, aliases in self._all_aliases():
                self._visible(arn, aliases)

    def _all_aliases(self) -> list[tuple[str, tuple[str, ...]]]:
        stores = [store for regions in list(_kms().values()) for store in list(regions.values())]
        return [(key.arn, tuple(sorted(key.aliases))) for store in stores for key in list(store.keys.values())]

    def _key_arn(self, account: str, key: str | None) -> str | None:
        if not key:
            return None
        found = self.key(account, key)
        return found.arn if found else key if key.startswith("arn:") else None

    # IAM --------------------------------------------------------------------------------------------------------------
    def raw_role(self, arn: str) -> Any:
        parts = arn.split(":", 5)
        if len(parts) != 6 or not parts[4].isdigit() or not parts[5].startswith("role/"):
            return None
        roles = _backend("iam", parts[4], parts[1]).roles
        return next((role for role in list(roles.values()) if role.arn == arn), None)

    def raw_user(self, arn: str) -> Any:
        parts = arn.split(":", 5)
        users = _backend("iam", parts[4], parts[1]).users
        return next((user for user in list(users.values()) if user.arn == arn), None)

    def role(self, arn: str) -> RoleFacts | None:
        role = self.raw_role(arn) or self._role_called(arn)
        if role is None:
            return None
        boundary = role.permissions_boundary_arn
        return RoleFacts(role.arn, role.account_id, pairs(role.tags), int(role.max_session_duration or 3600), boundary)

    def _role_called(self, arn: str) -> Any:
        """The role whose name an ARN without a path holds: names are unique in an account whatever the path."""
        parts = arn.split(":", 5)
        if len(parts) != 6 or not parts[4].isdigit() or parts[5].count("/") != 1:
            return None
        roles = _backend("iam", parts[4], parts[1]).roles
        name = parts[5].removeprefix("role/")
        return next((role for role in list(roles.values()) if role.name == name), None)

    # Athena and Glue --------------------------------------------------------------------------------------------------
    def workgroup(self, account: str, name: str) -> WorkgroupFacts | None:
        store = _backend("athena", account, self.region)
        found = store.work_groups.get(name)
        if found is None:
            return None
        result = found.configuration.get("ResultConfiguration") or {}
        encryption = result.get("EncryptionConfiguration") or {}
        return WorkgroupFacts(
            arn=found.arn,
            output_location=result.get("OutputLocation") or None,
            enforced=bool(found.configuration.get("EnforceWorkGroupConfiguration", True)),
            expected_owner=result.get("ExpectedBucketOwner") or None,
            key=self._key_arn(account, encryption.get("KmsKey")),
            tags=store.tagger.get_tag_dict_for_resource(found.arn),
        )

    def table(self, account: str, database: str, name: str) -> TableFacts | None:
        found_database = _backend("glue", account, self.region).databases.get(database)
        found = None if found_database is None else found_database.tables.get(name)
        if found is None:
            return None
        content = found.as_dict()
        return TableFacts(
            arn=f"arn:{self.partition}:glue:{self.region}:{account}:table/{database}/{name}",
            database=database,
            location=(content.get("StorageDescriptor") or {}).get("Location"),
            partitioned=bool(content.get("PartitionKeys")),
        )

    def data_catalog(self, account: str, name: str) -> str | None:
        return data_catalog_account(account, self.region, name)

    def secret(self, account: str, name: str) -> str | None:
        secrets = list(_backend("secretsmanager", account, self.region).secrets.values())
        return next((one.arn for one in secrets if name in (one.name, one.arn, one.arn.rpartition("-")[0])), None)

    def query(self, account: str, query_id: str) -> QueryFacts | None:
        found = _backend("athena", account, self.region).executions.get(query_id)
        if found is None:
            return None
        workgroup = getattr(found.workgroup, "name", found.workgroup) or "primary"
        return QueryFacts(str(workgroup), (found.config or {}).get("OutputLocation"))

    # tags of anything -------------------------------------------------------------------------------------------------
    def tags(self, arn: str) -> Mapping[str, str]:
        parts = arn.split(":", 5)
        if len(parts) != 6:
            return {}
        service, region, account, resource = parts[2], parts[3], parts[4], parts[5]
        if service == "s3":
            facts = self.bucket(resource.split("/", 1)[0])
            return {} if facts is None else facts.tags
        if service == "kms":
            key = self.key(account, arn)
            return {} if key is None else key.tags
        if service == "sagemaker" and resource.startswith("feature-group/"):
            group = feature_group_facts(account, region, arn)
            return {} if group is None else dict(group.tags)
        if service == "sagemaker":
            return tags_of(account, region, arn)
        if service == "ec2":
            return pairs(_backend("ec2", account, region).tags.get(resource.partition("/")[2]))
        if service == "iam":
            return self._iam_tags(arn, account, resource)
        if service in ("glue", "athena"):
            return dict(_backend(service, account, region).tagger.get_tag_dict_for_resource(arn))
        return {}

    def _iam_tags(self, arn: str, account: str, resource: str) -> Mapping[str, str]:
        if resource.startswith("role/"):
            role = self.raw_role(arn)
            return {} if role is None else pairs(role.tags)
        store = _backend("iam", account, self.partition)
        if resource.startswith("policy/"):
            policy = store.managed_policies.get(arn)
            return {} if policy is None else pairs(policy.tags)
        return dict(store.tagger.get_tag_dict_for_resource(arn))


def _s3() -> Any:
    from moto.s3.models import s3_backends

    return s3_backends


def _kms() -> Any:
    from moto.kms.models import kms_backends

    return kms_backends


def _backend(service: str, account: str, region: str) -> Any:
    return emulator.backend(service, account, region)


def _default_encryption(bucket: Any) -> tuple[str | None, bool]:
    """(KMS key, bucket key enabled) of a bucket's default encryption."""
    rule = ((bucket.encryption or {}).get("Rule")) or {}
    if isinstance(rule, list):
        rule = rule[0] if rule else {}
    default = rule.get("ApplyServerSideEncryptionByDefault") or {}
    key = default.get("KMSMasterKeyID") if str(default.get("SSEAlgorithm", "")).startswith("aws:kms") else None
    return (str(key) if key else None), str(rule.get("BucketKeyEnabled", "")).lower() == "true"
