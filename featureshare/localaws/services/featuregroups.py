"""The control plane of feature groups: create, describe, update, delete, list.

Semantics: botocore's documentation of sagemaker and aws-facts.md 2, 4.1, 5.1, 8. Describe gives back what was
configured and adds no defaults that Terraform would take for drift (local-aws-findings.md, pitfall 3).
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from featureshare.iam.calls import Call
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import catalog, grouprules
from featureshare.localaws.services.constraints import check_input
from featureshare.localaws.services.paging import page, start_of
from featureshare.localaws.services.runtime import clock, required, settings
from featureshare.localaws.services.state import Feature, FeatureGroup, Groups, groups, require

FEATURES_PER_PAGE = 500
CREATIONS_EXCEEDED = (
    "You have exceeded the limit of {limit} feature groups in status Creating. Wait until a creation is done and retry."
)


def create_feature_group(call: Invocation) -> dict[str, Any]:
    params = call.params
    check_input("sagemaker", "CreateFeatureGroup", params)
    features = {item["FeatureName"]: Feature.parse(item) for item in params["FeatureDefinitions"]}
    grouprules.check_definition(params, features, call.account)
    name = params["FeatureGroupName"]
    store = groups(call.account, call.region)
    _refuse_existing(store, name)
    partition = call.caller.arn.split(":")[1] if call.caller.arn.startswith("arn:") else "aws"
    now = clock.now()
    group = FeatureGroup(
        name=name,
        # The ARN holds the name in lower case (aws-facts.md 1.1).
        arn=f"arn:{partition}:sagemaker:{call.region}:{call.account}:feature-group/{name.lower()}",
        account=call.account,
        region=call.region,
        partition=partition,
        record_identifier=params["RecordIdentifierFeatureName"],
        event_time=params["EventTimeFeatureName"],
        features=features,
        created=now,
        ready_at=clock.time(),
        online=_copied(params.get("OnlineStoreConfig")),
        throughput=_copied(params.get("ThroughputConfig")),
        role_arn=params.get("RoleArn"),
        description=params.get("Description"),
        tags={tag["Key"]: tag["Value"] for tag in params.get("Tags") or ()},
        modified=now,
    )
    if group.role_arn:
        grouprules.check_role(group.role_arn, call.account, group.arn)
    if params.get("OfflineStoreConfig"):
        _place_offline(group, params["OfflineStoreConfig"])
    _admit(store, group)
    with store.lock:
        try:
            if group.offline_enabled:
                # Whether the role may write shows now already; AWS words it as an invalid URI.
                grouprules.check_offline_write(group)
            _create_table(call, group)
        except BaseException:
            store.remove(group)
            raise
    return {"FeatureGroupArn": group.arn}


def _admit(store: Groups, group: FeatureGroup) -> None:
    """Add a group that begins to be created, when its turn comes. Raises ServiceError when it does not."""
    limit, end = settings().concurrent_creations, time.monotonic() + settings().creation_patience
    while True:
        with store.lock:
            _refuse_existing(store, group.name)
            if not limit or sum(other.status == "Creating" for other in store.all()) < limit:
                group.ready_at = clock.time() + settings().create_delay
                store.add(group)
                return
        if time.monotonic() >= end:
            raise ServiceError("ResourceLimitExceeded", CREATIONS_EXCEEDED.format(limit=limit))
        time.sleep(0.05)


def describe_feature_group(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", "DescribeFeatureGroup", call.params)
    group = require(call.params["FeatureGroupName"], call.account, call.region)
    begin = start_of(call.params.get("NextToken"))
    definitions = list(group.features.values())
    shown: dict[str, Any] = {
        **summary(group),
        "RecordIdentifierFeatureName": group.record_identifier,
        "EventTimeFeatureName": group.event_time,
        "FeatureDefinitions": [item.describe() for item in definitions[begin : begin + FEATURES_PER_PAGE]],
        "LastModifiedTime": group.modified or group.created,
        "NextToken": "",
    }
    if begin + FEATURES_PER_PAGE < len(definitions):
        shown["NextToken"] = str(begin + FEATURES_PER_PAGE)
    shown.update(configuration(group))
    if group.storage_type != "InMemory":
        shown["ThroughputConfig"] = group.throughput or {"ThroughputMode": "OnDemand"}
    if group.online_enabled:
        shown["OnlineStoreTotalSizeBytes"] = _online_size(group)
    return shown


def update_feature_group(call: Invocation) -> dict[str, Any]:
    params = call.params
    check_input("sagemaker", "UpdateFeatureGroup", params)
    group = require(params["FeatureGroupName"], call.account, call.region)
    with group.lock:
        grouprules.check_update(group, params)
        if params.get("FeatureAdditions"):
            for item in params["FeatureAdditions"]:
                group.features[item["FeatureName"]] = Feature.parse(item)
            if group.catalog and not (group.offline or {}).get("DisableGlueTableCreation"):
                catalog.add_columns(
                    group.account,
                    group.region,
                    group.catalog["Database"],
                    group.catalog["TableName"],
                    group.features.values(),
                )
        if params.get("OnlineStoreConfig") is not None:
            _update_online(group, params["OnlineStoreConfig"])
        if params.get("ThroughputConfig"):
            _update_throughput(group, params["ThroughputConfig"])
        group.modified = clock.now()
        group.updating_until = clock.time() + settings().update_delay
    return {"FeatureGroupArn": group.arn}


def delete_feature_group(call: Invocation) -> dict[str, Any]:
    check_input("sagemaker", "DeleteFeatureGroup", call.params)
    group = require(call.params["FeatureGroupName"], call.account, call.region)
    with group.lock:
        if group.status == "Creating":
            raise ServiceError(
                "ValidationException", f"FeatureGroup {group.name} is in status Creating and cannot be deleted yet"
            )
        # Online data goes; objects and the Glue table stay (DeleteFeatureGroup). What is buffered is still written.
        group.records.clear()
        if group.gone_at is None:
            group.gone_at = clock.time() + settings().delete_delay
    return {}


def list_feature_groups(call: Invocation) -> dict[str, Any]:
    params = call.params
    check_input("sagemaker", "ListFeatureGroups", params)
    found = [group for group in groups(call.account, call.region).all() if _matches(group, params)]
    keys = {
        "Name": lambda group: group.name,
        "FeatureGroupStatus": lambda group: group.status,
        "OfflineStoreStatus": lambda group: (offline_status(group) or {}).get("Status", ""),
        "CreationTime": lambda group: group.created,
    }
    found.sort(key=lambda group: group.name)
    found.sort(
        key=keys[params.get("SortBy") or "CreationTime"], reverse=params.get("SortOrder", "Ascending") == "Descending"
    )
    shown, token = page(found, params.get("NextToken"), params.get("MaxResults") or 100)
    listed: dict[str, Any] = {"FeatureGroupSummaries": [summary(group) for group in shown]}
    if token:
        listed["NextToken"] = token
    return listed


def summary(group: FeatureGroup) -> dict[str, Any]:
    """What lists show of a group."""
    shown: dict[str, Any] = {
        "FeatureGroupName": group.name,
        "FeatureGroupArn": group.arn,
        "CreationTime": group.created,
        "FeatureGroupStatus": group.status,
    }
    if (status := offline_status(group)) is not None:
        shown["OfflineStoreStatus"] = status
    return shown


def configuration(group: FeatureGroup) -> dict[str, Any]:
    """What Describe and Search show beside the summary; members that were not configured are absent."""
    shown: dict[str, Any] = {}
    if group.online is not None:
        shown["OnlineStoreConfig"] = group.online
    if group.offline is not None:
        shown["OfflineStoreConfig"] = group.offline
    if group.role_arn:
        shown["RoleArn"] = group.role_arn
    if group.description:
        shown["Description"] = group.description
    if group.updating_until is not None:
        shown["LastUpdateStatus"] = {"Status": "InProgress" if group.updating else "Successful"}
    return shown


def offline_status(group: FeatureGroup) -> dict[str, str] | None:
    """OfflineStoreStatus; None for a group without an offline store."""
    if not group.offline_enabled:
        return None
    if group.blocked_reason:
        return {"Status": "Blocked", "BlockedReason": group.blocked_reason[:1024]}
    return {"Status": "Active"}


def _refuse_existing(store: Groups, name: str) -> None:
    if store.get(name) is not None:
        raise ServiceError(
            "ResourceInUse",
            f"Resource Already Exists: FeatureGroup with name {name} already exists. Choose a different name.\n"
            f"Info: Feature Group '{name}' already exists.",
        )


def _place_offline(group: FeatureGroup, given: Mapping[str, Any]) -> None:
    """Settles where the offline store lies: the resolved URI and the table, both named with the creation time."""
    config: dict[str, Any] = _copied(given) or {}
    storage = dict(config["S3StorageConfig"])
    epoch = int(clock.time())
    generated = not config.get("DisableGlueTableCreation") and not config.get("DataCatalogConfig")
    where = (group.account, group.region, catalog.DEFAULT_DATABASE)
    # A group deleted and created again within a second must not meet its old table, as it never does in AWS.
    while generated and catalog.table(*where, catalog.table_name(group.name, epoch)) is not None:
        epoch += 1
    base = storage["S3Uri"].rstrip("/")
    storage["ResolvedOutputS3Uri"] = (
        f"{base}/{group.account}/sagemaker/{group.region}/offline-store/{group.name}-{epoch}/data"
    )
    config["S3StorageConfig"] = storage
    config.setdefault("DisableGlueTableCreation", False)
    if generated:
        config["DataCatalogConfig"] = {
            "TableName": catalog.table_name(group.name, epoch),
            "Catalog": "AwsDataCatalog",
            "Database": catalog.DEFAULT_DATABASE,
        }
    group.offline = config


def _create_table(call: Invocation, group: FeatureGroup) -> None:
    names = group.catalog
    if group.offline is None or group.offline["DisableGlueTableCreation"] or names is None:
        return
    database, table = names["Database"], names["TableName"]
    if catalog.table(group.account, group.region, database, table) is not None:
        raise ServiceError(
            "ValidationException",
            f"Validation Error: The Glue table {database}.{table} already exists. Name a table that does not exist, "
            "or set DisableGlueTableCreation to associate an existing table.",
        )
    if not catalog.database_exists(group.account, group.region, database):
        if database != catalog.DEFAULT_DATABASE:
            internal = Call(
                "sagemaker",
                "_CreateDatabase",
                {"database": database},
                group.account,
                group.region,
                call.caller.role_arn or call.caller.arn,
                group.partition,
            )
            call.authorize(required(internal))
        catalog.create_database(group.account, group.region, database)
    catalog.create_table(
        group.account,
        group.region,
        database,
        catalog.feature_group_table(
            table, group.features.values(), group.data_uri or "", group.description, group.iceberg
        ),
    )


def _update_online(group: FeatureGroup, change: Mapping[str, Any]) -> None:
    online = dict(group.online or {})
    if change.get("StorageType"):
        online["StorageType"] = change["StorageType"]
    duration = change.get("TtlDuration")
    if duration and duration.get("Unit") and duration.get("Value"):
        online["TtlDuration"] = {"Unit": duration["Unit"], "Value": duration["Value"]}
    elif duration is not None or "StorageType" not in change:
        # A duration without unit and value, or an empty configuration (what the provider sends when the block is
        # taken out), removes the default.
        online.pop("TtlDuration", None)
    group.online = online


def _update_throughput(group: FeatureGroup, change: Mapping[str, Any]) -> None:
    current = dict(group.throughput or {"ThroughputMode": "OnDemand"})
    wanted = change.get("ThroughputMode") or current["ThroughputMode"]
    if wanted == "OnDemand":
        if current["ThroughputMode"] != "OnDemand":
            group.last_on_demand_switch = clock.time()
        group.throughput = {"ThroughputMode": "OnDemand"}
        return
    current["ThroughputMode"] = wanted
    for unit in ("ProvisionedReadCapacityUnits", "ProvisionedWriteCapacityUnits"):
        if change.get(unit) is not None:
            current[unit] = change[unit]
    group.throughput = current


def _matches(group: FeatureGroup, params: Mapping[str, Any]) -> bool:
    status = (offline_status(group) or {}).get("Status")
    after, before = params.get("CreationTimeAfter"), params.get("CreationTimeBefore")
    return (
        (params.get("NameContains") or "") in group.name
        and params.get("FeatureGroupStatusEquals") in (None, group.status)
        and params.get("OfflineStoreStatusEquals") in (None, status)
        and (after is None or group.created > _aware(after))
        and (before is None or group.created < _aware(before))
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.astimezone()


def _online_size(group: FeatureGroup) -> int:
    return sum(
        len(name) + (len(value) if isinstance(value, str) else sum(map(len, value)))
        for record in list(group.records.values())
        for name, value in record.values.items()
    )


def _copied(value: Any) -> Any:
    """A deep copy of parsed parameters without null members."""
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value


HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker", "CreateFeatureGroup"): create_feature_group,
    ("sagemaker", "DescribeFeatureGroup"): describe_feature_group,
    ("sagemaker", "UpdateFeatureGroup"): update_feature_group,
    ("sagemaker", "DeleteFeatureGroup"): delete_feature_group,
    ("sagemaker", "ListFeatureGroups"): list_feature_groups,
}

__all__ = ["HANDLERS", "configuration", "offline_status", "summary"]
