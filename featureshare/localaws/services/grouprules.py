"""The rules of feature-group definitions and updates, with the words of the real service where they are known."""

import re
from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends

from featureshare.iam.calls import Call, Check
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import storage
from featureshare.localaws.services.runtime import authorize, clock, required
from featureshare.localaws.services.state import SYSTEM_COLUMNS, Feature, FeatureGroup

MAX_TAGS = 50
DAY = 86_400
INVALID_ROLE = (
    "The execution role ARN is invalid. Please ensure that the role exists and that its trust relationship policy "
    "allows the action 'sts:AssumeRole' for the service principal 'sagemaker.amazonaws.com'."
)
INVALID_URI = (
    "Invalid S3Uri provided, please make sure the S3Uri is valid and the role can write to it: {uri}. {reason}"
)
NEITHER_STORE = (
    "Validation Error: OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of them and "
    "retry the request."
)
_ASKED_AT_CREATION = ("s3:PutObject", "kms:GenerateDataKey")
_CATALOG_NAME = re.compile(r"[a-z0-9_]{1,255}")
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(.+)")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/.+|[a-f0-9-]{36}|mrk-[a-f0-9]{32}")


def check_definition(params: Mapping[str, Any], features: Mapping[str, Feature], account: str) -> None:
    """Checks an account's CreateFeatureGroup that satisfies the model. Raises ServiceError ValidationException."""
    names = [item["FeatureName"] for item in params["FeatureDefinitions"]]
    _require(
        len({name.lower() for name in names}) == len(names),
        "Validation Error: FeatureDefinitions hold duplicate feature names (names differ by more than their case)",
    )
    for feature in features.values():
        _check_feature(feature)
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        _require(
            params[member] in features,
            f"Validation Error: {member} [{params[member]}] must be one of the FeatureDefinitions' names",
        )
    identifier, event = (features[params[member]] for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"))
    _require(
        event.type in ("String", "Fractional") and not event.collection,
        f"Validation Error: EventTimeFeatureName [{event.name}] must be of type String or Fractional",
    )
    _require(
        not identifier.collection,
        f"Validation Error: RecordIdentifierFeatureName [{identifier.name}] must not be a collection",
    )
    online, offline = params.get("OnlineStoreConfig") or {}, params.get("OfflineStoreConfig")
    enabled = bool(online.get("EnableOnlineStore"))
    _require(enabled or bool(offline), NEITHER_STORE)
    _check_tags(params.get("Tags") or ())
    _check_online(params, online, enabled, bool(offline))
    _check_throughput(params.get("ThroughputConfig"), online, enabled)
    _check_collections(features, online, enabled)
    if offline:
        _require(
            bool(params.get("RoleArn")), "Validation Error: RoleArn is required when OfflineStoreConfig is provided"
        )
        _check_offline(offline, event, account)


def check_update(group: FeatureGroup, params: Mapping[str, Any]) -> None:
    """Checks an UpdateFeatureGroup request against the group. Raises ServiceError."""
    _require(group.status == "Created", f"FeatureGroup {group.name} is in status {group.status} and cannot be updated")
    _require(not group.updating, f"FeatureGroup {group.name} has an update in progress; wait until it is done")
    additions, online, throughput = (
        params.get(member) for member in ("FeatureAdditions", "OnlineStoreConfig", "ThroughputConfig")
    )
    _require(
        additions is not None or online is not None or throughput is not None,
        "Validation Error: one of FeatureAdditions, OnlineStoreConfig and ThroughputConfig must be given",
    )
    # AWS documents one kind of change per call. The Terraform provider sends the online store and the throughput
    # together when both change, so only features added beside something else are refused.
    _require(
        additions is None or (online is None and throughput is None),
        "Validation Error: FeatureAdditions cannot be combined with other changes in one request",
    )
    present = {name.lower() for name in group.features}
    for item in additions or ():
        feature = Feature.parse(item)
        _check_feature(feature)
        _require(
            feature.name.lower() not in present,
            f"Validation Error: Feature [{feature.name}] already exists in the group",
        )
        present.add(feature.name.lower())
        _check_collections({feature.name: feature}, group.online or {}, group.online_enabled)
    if online is not None:
        _require(group.online_enabled, f"Validation Error: FeatureGroup {group.name} has no online store to update")
        wanted = online.get("StorageType")
        _require(
            wanted is None
            or wanted == group.storage_type
            or (wanted, group.storage_type) == ("Standard_V2", "Standard"),
            f"Validation Error: StorageType can be changed from Standard to Standard_V2 only, not from "
            f"{group.storage_type} to {wanted}",
        )
    if throughput:
        _check_throughput_update(group, throughput)


def check_role(role_arn: str, account: str, group_arn: str) -> None:
    """Checks that the role exists in the group's account and trusts SageMaker. Raises ServiceError."""
    match = _ROLE.fullmatch(role_arn)
    _require(match is not None and match[2] == account, f"Cross-account pass role is not allowed: {role_arn}")
    assert match is not None
    name = match[3].rsplit("/", 1)[-1]
    backend = iam_backends[account][match[1]]
    role = next((role for role in list(backend.roles.values()) if role.name == name), None)
    _require(role is not None and role.arn == role_arn, INVALID_ROLE)
    try:
        authorize([trust_check(role_arn, account, group_arn)])
    except ServiceError as error:
        raise ServiceError("ValidationException", INVALID_ROLE) from error


def trust_check(role_arn: str, account: str, group_arn: str) -> Check:
    """SageMaker assuming the group's role: decided by the role's trust policy.

    The confused-deputy keys are sent, so that a trust policy may ask for them (aws-facts.md 6.4).
    """
    return Check(
        "sts:AssumeRole",
        role_arn,
        account,
        {"aws:SourceAccount": account, "aws:SourceArn": group_arn},
        as_role="sagemaker.amazonaws.com",
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html",
    )


def check_offline_write(group: FeatureGroup) -> None:
    """Checks that the bucket exists and that the group's role may put objects there. Raises ServiceError.

    What a write asks besides (the ACL; the table of Iceberg) no creation is known to ask: a role that lacks it makes
    a group whose records do not get to the offline store.
    """
    params = {"OfflineStoreConfig": group.offline or {}}
    bucket, prefix = storage.split(group.data_uri or "")
    if storage.owner(bucket) is None:
        raise invalid_uri(params, "The bucket does not exist.")
    try:
        needed = required(write_call(group, bucket, f"{prefix}/"))
        authorize([check for check in needed if check.action in _ASKED_AT_CREATION])
    except ServiceError as error:
        raise invalid_uri(params, error.message) from error


def invalid_uri(params: Mapping[str, Any], reason: str) -> ServiceError:
    """What CreateFeatureGroup answers, by its parameters, when the group's role may not use the bucket or its key.

    Not AccessDenied: the caller may. The provider tries again on these words while permissions spread (aws-facts.md
    2.3), and so a role whose policy is attached beside the group is no fault.
    """
    uri = params["OfflineStoreConfig"]["S3StorageConfig"]["S3Uri"]
    return ServiceError("ValidationException", INVALID_URI.format(uri=uri, reason=reason))


def write_call(group: FeatureGroup, bucket: str, key: str) -> Call:
    """The internal work of writing one object of the offline store as the group's role."""
    params = {
        "account": group.account,
        "feature_group": group.name,
        "bucket": bucket,
        "key": key,
        "format": "iceberg" if group.iceberg else "glue",
    }
    return Call(
        "sagemaker", "_WriteOffline", params, group.account, group.region, group.role_arn or "", group.partition
    )


def _check_feature(feature: Feature) -> None:
    _require(
        feature.name.lower() not in SYSTEM_COLUMNS,
        f"Validation Error: [{feature.name}] is reserved: feature names cannot be any of is_deleted, write_time, "
        "api_invocation_time",
    )
    if feature.collection == "Vector":
        _require(
            feature.type == "Fractional" and feature.dimension is not None,
            f"Validation Error: Vector feature [{feature.name}] must be of type Fractional and have a Dimension",
        )
    else:
        _require(
            feature.dimension is None,
            f"Validation Error: VectorConfig of feature [{feature.name}] needs the collection type Vector",
        )


def _check_online(params: Mapping[str, Any], online: Mapping[str, Any], enabled: bool, has_offline: bool) -> None:
    key = (online.get("SecurityConfig") or {}).get("KmsKeyId")
    _require(
        not key or _KEY.fullmatch(key) is not None, f"Validation Error: KmsKeyId [{key}] is no KMS key ARN or key id"
    )
    ttl = online.get("TtlDuration")
    _require(
        not ttl or (ttl.get("Unit") is not None and ttl.get("Value") is not None),
        "Validation Error: TtlDuration needs both Unit and Value",
    )
    if enabled and online.get("StorageType") == "InMemory":
        _require(
            not has_offline, "Validation Error: OfflineStoreConfig is not supported with the InMemory storage type"
        )
        _require(
            not key, "Validation Error: a customer managed KMS key is not supported with the InMemory storage type"
        )


def _check_collections(features: Mapping[str, Feature], online: Mapping[str, Any], enabled: bool) -> None:
    collections = [feature for feature in features.values() if feature.collection]
    _require(
        not collections or (enabled and online.get("StorageType") == "InMemory"),
        "Validation Error: only feature groups with an InMemory online store support collection types",
    )
    _require(
        sum(feature.collection == "Vector" for feature in collections) <= 1,
        "Validation Error: a feature group can have only one feature of collection type Vector",
    )


def _check_throughput(config: Mapping[str, Any] | None, online: Mapping[str, Any], enabled: bool) -> None:
    if not config:
        return
    reads, writes = (config.get(f"Provisioned{way}CapacityUnits") for way in ("Read", "Write"))
    if config["ThroughputMode"] == "Provisioned":
        _require(
            not enabled or (online.get("StorageType") or "Standard") == "Standard",
            "Validation Error: Provisioned throughput is supported only for offline-only feature groups or the "
            "Standard tier online store",
        )
        _require(
            writes is not None and (reads is not None or not enabled),
            "Validation Error: Provisioned throughput needs ProvisionedReadCapacityUnits and "
            "ProvisionedWriteCapacityUnits",
        )
    else:
        _require(
            not reads and not writes, "Validation Error: capacity units are not applicable to on-demand feature groups"
        )


def _check_throughput_update(group: FeatureGroup, change: Mapping[str, Any]) -> None:
    current = group.throughput or {"ThroughputMode": "OnDemand"}
    merged = {**current, **{key: value for key, value in change.items() if value is not None}}
    if merged["ThroughputMode"] == "OnDemand":
        merged = {"ThroughputMode": "OnDemand"}
        switched = group.last_on_demand_switch
        _require(
            current["ThroughputMode"] == "OnDemand" or switched is None or clock.time() - switched >= DAY,
            "Validation Error: a feature group can be switched to on-demand only once in 24 hours",
        )
    _check_throughput(merged, group.online or {}, group.online_enabled)


def _check_offline(offline: Mapping[str, Any], event: Feature, account: str) -> None:
    storage_config = offline["S3StorageConfig"]
    try:
        storage.split(storage_config["S3Uri"])
    except ValueError as error:
        raise ServiceError("ValidationException", f"Invalid S3Uri provided: {error}") from None
    key = storage_config.get("KmsKeyId")
    _require(
        not key or _KEY.fullmatch(key) is not None, f"Validation Error: KmsKeyId [{key}] is no KMS key ARN or key id"
    )
    names = offline.get("DataCatalogConfig")
    if names:
        # A table that exists may be told with the catalog's id, as the AWS provider's own acceptance tests do.
        own = {account} if offline.get("DisableGlueTableCreation") else set()
        _require(
            names["Catalog"] in {"AwsDataCatalog"} | own,
            f"Validation Error: Catalog [{names['Catalog']}] must be AwsDataCatalog",
        )
        for member in ("Database", "TableName"):
            _require(
                _CATALOG_NAME.fullmatch(names[member]) is not None or bool(offline.get("DisableGlueTableCreation")),
                f"Validation Error: {member} [{names[member]}] can only hold lower-case letters, digits, underscores",
            )
    if offline.get("TableFormat") == "Iceberg":
        _require(
            not offline.get("DisableGlueTableCreation"),
            "Validation Error: the Iceberg table format is only supported when DisableGlueTableCreation is false",
        )
        _require(
            event.type == "String",
            "Validation Error: the Iceberg table format needs an event time feature of type String",
        )


def _check_tags(tags: Any) -> None:
    keys = [tag["Key"] for tag in tags]
    _require(len(set(keys)) == len(keys), "Validation Error: tag keys must be unique")
    _require(len(keys) <= MAX_TAGS, f"Validation Error: at most {MAX_TAGS} tags are allowed")
    _require(not any(key.startswith("aws:") for key in keys), "Validation Error: tag keys must not start with aws:")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ServiceError("ValidationException", message)
