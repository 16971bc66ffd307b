"""SageMaker Feature Store: the groups, their records, and the offline store that SageMaker writes.

Some checks are documented requirements that local AWS has no other reason to make, and no journey would miss: the
online key's rights of CreateFeatureGroup beyond Decrypt and CreateGrant, ListAliases among them; CreateGrant and
DescribeKey on the offline key; PutObjectAcl of the offline role. They stay because AWS documents them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from featureshare.iam.calls.glue import catalog_checks, database_path, table_paths
from featureshare.iam.calls.keys import key_check
from featureshare.iam.calls.model import Check, FeatureGroupFacts
from featureshare.iam.calls.objects import Sender, encryption_check, location, object_check
from featureshare.iam.calls.registry import (
    SAR,
    VIA_SERVICE,
    Answer,
    Context,
    Entry,
    Scope,
    Table,
    account_of,
    as_text,
    entries,
    on,
    passed,
    request_tags,
)

_SAR = SAR + "list_amazonsagemaker.html"
_SECURITY = "https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html"
_ONLINE_KEY = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OnlineStoreSecurityConfig.html"
_OFFLINE_KEY = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3StorageConfig.html"
_OFFLINE_ROLE = "https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-adding-policies.html"
_CROSS_ACCOUNT = "https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-cross-account-access-offline-store.html"
_MANAGED_POLICY = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerFullAccess.html"
_HANDLER = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-featuregroup.html"
)
_TAGGING = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html"

# What the caller of CreateFeatureGroup needs on the online store's key, in the order of the page.
_ONLINE_KEY_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:CreateGrant",
    "kms:RetireGrant",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:ListGrants",
    "kms:RevokeGrant",
)

_GENERATED_DATABASE = "sagemaker_featurestore"

# Generated table names end in the ten digits of the creation time, which a request cannot know. Zeros stand for it:
# patterns that leave the digits open match, an exact name of another group does not.
_CREATION_TIME = "0" * 10


def group_arn(scope: Scope, group: str) -> str:
    """The ARN of a feature group given by name or ARN. ARNs hold names in lower case."""
    if group.startswith("arn:"):
        return group
    facts = scope.estate.feature_group(scope.call.account, group)
    return facts.arn if facts else scope.arn("sagemaker", f"feature-group/{group.lower()}")


def _place(scope: Scope, group: str) -> tuple[str, str]:
    """Account and name of a group given by name or ARN."""
    if group.startswith("arn:"):
        return account_of(group, scope.call.account), group.rpartition("/")[2]
    return scope.call.account, group


def _group(action: str, group: str = "FeatureGroupName") -> Answer:
    """An action on the feature group in a parameter, owned by the account in its ARN."""

    def checks(scope: Scope) -> Iterator[Check]:
        arn = group_arn(scope, scope.text(group))
        yield Check(action, arn, account_of(arn, scope.call.account))

    return checks


def _on_records(scope: Scope, action: str, groups: list[str], context: Context | None = None) -> Iterator[Check]:
    """A data-plane action on each group, and kms:Decrypt as the caller, via SageMaker, on each online key."""
    found: dict[str, FeatureGroupFacts | None] = {}
    for group in groups:
        facts = scope.estate.feature_group(*_place(scope, group))
        found[facts.arn if facts and not group.startswith("arn:") else group_arn(scope, group)] = facts
    for arn in found:
        yield Check(action, arn, account_of(arn, scope.call.account), context or {})
    for key in dict.fromkeys(facts.online_key for facts in found.values() if facts and facts.online_key):
        yield key_check(scope, "kms:Decrypt", str(key), via="sagemaker", source=_ONLINE_KEY)


def _record(action: str, keys: Callable[[Scope], Context] | None = None) -> Answer:
    def checks(scope: Scope) -> Iterator[Check]:
        yield from _on_records(scope, action, [scope.text("FeatureGroupName")], keys(scope) if keys else {})

    return checks


def _batch(action: str, members: str) -> Answer:
    """A batch is authorised for each group in it."""

    def checks(scope: Scope) -> Iterator[Check]:
        batch: list[Mapping[str, Any]] = scope.get(members) or [{}]
        groups = [str(one.get("FeatureGroupName", "*")) for one in batch]
        yield from _on_records(scope, action, groups)

    return checks


def _plain(scope: Scope) -> Context:
    return {"sagemaker:IsUpdateRecord": "false"}


def _update(scope: Scope) -> Context:
    """UpdateRecord has no action of its own: it is PutRecord, told apart by these keys."""
    names = tuple(str(one.get("FeatureName")) for one in scope.get("Features", ()))
    context: Context = {"sagemaker:IsUpdateRecord": "true"}
    if names:
        context["sagemaker:UpdatableFeatures"] = names
    return context


RUNTIME: Table = {
    **entries(
        _SAR,
        {
            "BatchGetRecord": _batch("sagemaker:BatchGetRecord", "Identifiers"),
            "BatchWriteRecord": _batch("sagemaker:BatchWriteRecord", "Entries"),
            "DeleteRecord": _record("sagemaker:DeleteRecord"),
            "GetRecord": _record("sagemaker:GetRecord"),
            "ListRecords": _record("sagemaker:ListRecords"),
            "PutRecord": _record("sagemaker:PutRecord", _plain),
            "UpdateRecord": _record("sagemaker:PutRecord", _update),
        },
    ),
}


def _create(scope: Scope) -> Iterator[Check]:
    """The action, tags, the role passed, and what SageMaker tries on the way: key, catalog, bucket."""
    arn = scope.arn("sagemaker", f"feature-group/{scope.text('FeatureGroupName').lower()}")
    account = scope.call.account
    tags = request_tags(scope.get("Tags"))
    yield Check("sagemaker:CreateFeatureGroup", arn, account, {**_group_keys(scope), **tags}, new=True)
    if tags:
        context: Context = {**tags, "sagemaker:TaggingAction": "CreateFeatureGroup"}
        yield Check("sagemaker:AddTags", arn, account, context, source=_TAGGING, new=True)
    if scope.get("RoleArn"):
        yield passed(scope, scope.text("RoleArn"), "sagemaker.amazonaws.com")
    online_key = scope.get("OnlineStoreConfig.SecurityConfig.KmsKeyId")
    if online_key:
        yield from _provision_online_key(scope, str(online_key))
    if scope.get("OfflineStoreConfig") is not None:
        yield from _provision_offline_store(scope)


def _group_keys(scope: Scope) -> Context:
    """The FeatureGroup* condition keys, each present when the request says so."""
    context: Context = {}
    for key, parameter in (
        ("EnableOnlineStore", "OnlineStoreConfig.EnableOnlineStore"),
        ("OnlineStoreKmsKeyArn", "OnlineStoreConfig.SecurityConfig.KmsKeyId"),
        ("DisableGlueTableCreation", "OfflineStoreConfig.DisableGlueTableCreation"),
        ("OfflineStoreS3Uri", "OfflineStoreConfig.S3StorageConfig.S3Uri"),
        ("OfflineStoreKmsKeyArn", "OfflineStoreConfig.S3StorageConfig.KmsKeyId"),
    ):
        value = scope.get(parameter)
        if value is not None:
            context[f"sagemaker:FeatureGroup{key}"] = as_text(value)
    if scope.get("OfflineStoreConfig") is not None:
        context["sagemaker:FeatureGroupOfflineStoreConfig"] = "true"
    return context


def _provision_online_key(scope: Scope, key: str) -> Iterator[Check]:
    for action in _ONLINE_KEY_ACTIONS:
        yield _via_sagemaker(scope, action, key, _ONLINE_KEY)
    yield Check("kms:ListAliases", "*", scope.call.account, VIA_SERVICE, source=_ONLINE_KEY)


def _via_sagemaker(scope: Scope, action: str, key: str, source: str) -> Check:
    grant: Context = {}
    if action in ("kms:CreateGrant", "kms:RevokeGrant", "kms:ListGrants"):
        grant["kms:GrantIsForAWSResource"] = "true"
    if action.startswith("kms:ReEncrypt"):
        grant["kms:ReEncryptOnSameKey"] = "true"
    return key_check(scope, action, key, via="sagemaker", context=grant, source=source)


def _provision_offline_store(scope: Scope) -> Iterator[Check]:
    """The table as the caller; the bucket and the offline key as the role.

    The role's data key is asked for without kms:ViaService: a key policy that demands it makes creation fail
    (feature-store-security), which is how one learns that the online store's condition fits the online key only.
    """
    yield from _provision_table(scope)
    role = scope.get("RoleArn")
    key = scope.get("OfflineStoreConfig.S3StorageConfig.KmsKeyId")
    uri = scope.get("OfflineStoreConfig.S3StorageConfig.S3Uri")
    if key:
        for action in ("kms:DescribeKey", "kms:CreateGrant"):
            yield _via_sagemaker(scope, action, str(key), _HANDLER)
    if role and uri:
        bucket, _ = location(str(uri))
        sender = Sender(as_role=str(role))
        yield object_check(scope, "s3:GetBucketAcl", bucket, None, sender=sender, source=_CROSS_ACCOUNT)
    if role and key:
        yield key_check(scope, "kms:GenerateDataKey", str(key), as_role=str(role), source=_OFFLINE_KEY)


def _provision_table(scope: Scope) -> Iterator[Check]:
    """Glue as the caller. CreateDatabase is needed for the database that Feature Store makes for itself; one that the
    request names and that does not exist is created in a step of its own (`_CreateDatabase`)."""
    if scope.get("OfflineStoreConfig.DisableGlueTableCreation"):
        return
    named = scope.get("OfflineStoreConfig.DataCatalogConfig") or {}
    group = scope.text("FeatureGroupName").lower().replace("-", "_")
    database = str(named.get("Database") or _GENERATED_DATABASE)
    table = str(named.get("TableName") or f"{group}_{_CREATION_TIME}")
    context: Context = dict(VIA_SERVICE)
    source = _MANAGED_POLICY
    if not named.get("Database"):
        yield from catalog_checks(scope, "glue:CreateDatabase", database_path(database), context=context, source=source)
    yield from catalog_checks(scope, "glue:GetDatabase", database_path(database), context=context, source=source)
    for action in ("glue:GetTable", "glue:CreateTable"):
        yield from catalog_checks(scope, action, *table_paths(database, table), context=context, source=source)


def _create_database(scope: Scope) -> Iterator[Check]:
    """glue:CreateDatabase as the caller, when a group's own database has to be made. Params: `database`, its name."""
    context: Context = dict(VIA_SERVICE)
    yield from catalog_checks(scope, "glue:CreateDatabase", database_path(scope.text("database")), context=context)


def _write_offline(scope: Scope) -> Iterator[Check]:
    """SageMaker writing one object of the offline store, as the group's role.

    Params: `account`, `feature_group`, `bucket`, `key`; `format` "iceberg" for a table that is committed, whose
    metadata is read and whose Glue table is updated. A group without facts or role yields a check nobody passes.
    """
    account, name = scope.text("account", scope.call.account), scope.text("feature_group")
    facts = scope.estate.feature_group(account, name.rpartition("/")[2])
    role = facts.role_arn if facts and facts.role_arn else scope.arn("iam", "role/*", account=account, region="")
    sender = Sender(as_role=role)
    bucket, key = scope.text("bucket"), scope.text("key")
    acl: Context = {"s3:x-amz-acl": "bucket-owner-full-control"}
    headers: Context = dict(acl)
    if facts and facts.offline_key:
        headers["s3:x-amz-server-side-encryption"] = "aws:kms"
        headers["s3:x-amz-server-side-encryption-aws-kms-key-id"] = facts.offline_key
    yield object_check(scope, "s3:PutObject", bucket, key, headers, sender=sender, source=_OFFLINE_ROLE)
    yield object_check(scope, "s3:PutObjectAcl", bucket, key, acl, sender=sender, source=_CROSS_ACCOUNT)
    store = scope.estate.bucket(bucket)
    kms_key = (facts.offline_key if facts else None) or (store.default_key if store else None)
    if kms_key:
        yield encryption_check(scope, "kms:GenerateDataKey", kms_key, bucket, key, sender=sender, source=_OFFLINE_KEY)
    if scope.get("format") == "iceberg" and facts and facts.database and facts.table:
        # Beside the data: .../<group>-<creation time>/metadata/, which is all that AWS's managed policy reads.
        folder = key.partition("/data/")[0] if "/data/" in key else key.removesuffix("/*") + "/*"
        metadata = f"{folder}/metadata/*"
        yield object_check(scope, "s3:GetObject", bucket, metadata, sender=sender, source=_OFFLINE_ROLE)
        if kms_key:
            yield encryption_check(scope, "kms:Decrypt", kms_key, bucket, metadata, sender=sender, source=_OFFLINE_KEY)
        for path in ("catalog", *table_paths(facts.database, facts.table)):
            resource = scope.arn("glue", path, account=account)
            for action in ("glue:GetTable", "glue:UpdateTable"):
                yield Check(action, resource, account, as_role=role, source=_OFFLINE_ROLE)


CONTROL: Table = {
    "CreateFeatureGroup": Entry(_create, _SECURITY),
    "_CreateDatabase": Entry(_create_database, _MANAGED_POLICY),
    "_WriteOffline": Entry(_write_offline, _OFFLINE_ROLE),
    **entries(
        _SAR,
        {
            "DeleteFeatureGroup": _group("sagemaker:DeleteFeatureGroup"),
            "DescribeFeatureGroup": _group("sagemaker:DescribeFeatureGroup"),
            "DescribeFeatureMetadata": _group("sagemaker:DescribeFeatureMetadata"),
            "GetSearchSuggestions": on("sagemaker:GetSearchSuggestions"),
            "ListFeatureGroups": on("sagemaker:ListFeatureGroups"),
            "ListResourceCatalogs": on("sagemaker:ListResourceCatalogs"),
            "Search": on("sagemaker:Search"),
            "UpdateFeatureGroup": _group("sagemaker:UpdateFeatureGroup"),
            "UpdateFeatureMetadata": _group("sagemaker:UpdateFeatureMetadata"),
        },
    ),
}
