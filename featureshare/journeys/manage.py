"""Groups that a team creates through the API: made as declared, compared when they are there, retired at the end."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from featureshare.journeys.cast import TTL_UNITS, Actor, Group
from featureshare.journeys.stage import Mismatch, Stage

_FORMATS = {"glue": "Glue", "iceberg": "Iceberg"}
_STORAGE = {"standard": "Standard", "standard-v2": "Standard_V2", "in-memory": "InMemory"}
_PATIENCE = 120.0


def _dimension(kind: str, count: int) -> int | None:
    return count if kind == "vector" else None


def create(stage: Stage, actor: Actor, group: Group) -> str:
    """Create `group` as its manager, with the declared names, keys, tags and offline store role, and wait for it.

    A group that is there already must be the declared one: a second run changes nothing.
    """
    made = make(stage, actor, group)
    stage.saw(actor, group)
    return f"{len(group.features)} features" + ("" if made else ", was there already")


def make(stage: Stage, actor: Actor, group: Group) -> bool:
    """Create `group` as its manager unless it is there, and see that it is the declared one; whether it was made."""
    client = stage.client(actor, "sagemaker")
    there = describe(client, group)
    if there is None:
        client.create_feature_group(**request(group, stage.cast.environment, keys(stage.client(actor, "kms"))))
    compare(group, _await_created(client, group))
    return there is None


def retire(stage: Stage) -> list[str]:
    """Delete the groups that `create` made, each as its manager; returns their ARNs. In ephemeral environments only."""
    if not stage.cast.ephemeral:
        raise Mismatch("only an ephemeral environment is taken down; retire groups of others by hand")
    retired = []
    for group in stage.cast.groups:
        actor = stage.cast.maker(group)
        if actor is None:
            continue
        client = stage.client(actor, "sagemaker")
        if describe(client, group) is None:
            continue
        remove(client, group)
        retired.append(group.arn)
    return retired


def remove(client: Any, group: Group) -> None:
    """Delete a group and wait until it is gone; its table and its objects stay."""
    client.delete_feature_group(FeatureGroupName=group.name)
    deadline = time.monotonic() + _PATIENCE
    while describe(client, group) is not None:
        if time.monotonic() > deadline:
            raise Mismatch(f"{group.name} is still there {_PATIENCE:.0f} s after DeleteFeatureGroup")
        time.sleep(0.2)


def settled(client: Any, group: Group) -> None:
    """Wait for the end of an update."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        update = (describe(client, group) or {}).get("LastUpdateStatus", {})
        if update.get("Status") == "Successful":
            return
        if update.get("Status") == "Failed" or time.monotonic() > deadline:
            raise Mismatch(f"{group.name}: the update {update.get('Status')}: {update.get('FailureReason', '')}")
        time.sleep(0.2)


def request(group: Group, environment: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The CreateFeatureGroup request for a declared group; `known` maps alias names to key ARNs."""
    wanted: dict[str, Any] = {
        "FeatureGroupName": group.name,
        "RecordIdentifierFeatureName": group.record_identifier,
        "EventTimeFeatureName": group.event_time,
        "FeatureDefinitions": [{"FeatureName": name, "FeatureType": kind} for name, kind in group.features],
        "RoleArn": group.offline_role_arn,
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(_tags(group, environment).items())],
    }
    if group.description:
        wanted["Description"] = group.description
    if group.online:
        online: dict[str, Any] = {"EnableOnlineStore": True}
        if group.in_memory:
            online["StorageType"] = "InMemory"
        elif group.online_key_alias:
            online["SecurityConfig"] = {"KmsKeyId": _key(known, group.online_key_alias)}
        if group.ttl:
            online["TtlDuration"] = {"Unit": "Seconds", "Value": int(group.ttl.total_seconds())}
        wanted["OnlineStoreConfig"] = online
    if group.offline:
        storage = {"S3Uri": group.s3_uri}
        if group.offline_key_alias:
            storage["KmsKeyId"] = _key(known, group.offline_key_alias)
        wanted["OfflineStoreConfig"] = {
            "S3StorageConfig": storage,
            "DisableGlueTableCreation": False,
            "DataCatalogConfig": {"Catalog": "AwsDataCatalog", "Database": group.database, "TableName": group.table},
            "TableFormat": _FORMATS[group.offline_format],
        }
    return wanted


def _tags(group: Group, environment: Mapping[str, Any]) -> dict[str, str]:
    """The tags a group is born with: exactly those that Terraform gives the others, so that it can take it over.

    The manager's policy insists on `owner` and `classification`.
    """
    mine = {"classification": group.classification, "contact": group.contact, "owner": group.owner}
    stack = {"feature-share": environment["name"], "stack": f"{environment['name']}/central-team/{group.owner}"}
    return {**environment["tags"], **stack, **{key: value for key, value in mine.items() if value}}


def keys(kms: Any) -> dict[str, str]:
    """Key ARNs by alias name. An alias lists the id of its key, which lies where the alias lies."""
    found = {}
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if "TargetKeyId" in alias:
                found[alias["AliasName"]] = alias["AliasArn"].rsplit(":", 1)[0] + ":key/" + alias["TargetKeyId"]
    return found


def _key(known: Mapping[str, str], alias: str) -> str:
    if alias not in known:
        raise Mismatch(f"there is no key under {alias}; apply the central stack first")
    return known[alias]


def describe(client: Any, group: Group) -> Mapping[str, Any] | None:
    """DescribeFeatureGroup, or None where there is no such group."""
    try:
        answer: Mapping[str, Any] = client.describe_feature_group(FeatureGroupName=group.name)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ResourceNotFound", "ResourceNotFoundException"):
            return None
        raise
    return answer


def _await_created(client: Any, group: Group) -> Mapping[str, Any]:
    deadline = time.monotonic() + _PATIENCE
    pause = 0.1
    while True:
        answer = describe(client, group)
        status = answer["FeatureGroupStatus"] if answer else "gone"
        if answer and status == "Created":
            return answer
        if status != "Creating" or time.monotonic() > deadline:
            reason = (answer or {}).get("FailureReason", "")
            raise Mismatch(f"{group.name} is {status} instead of Created. {reason}".strip())
        time.sleep(pause)
        pause = min(5.0, pause * 1.5)


def compare(group: Group, answer: Mapping[str, Any]) -> None:
    """Raise Mismatch unless DescribeFeatureGroup's `answer` is the declared group."""
    declared: dict[str, object] = {
        "ARN": group.arn,
        "record identifier": group.record_identifier,
        "event time": group.event_time,
        "features": group.features,
        "online store": group.online,
        "offline store role": group.offline_role_arn,
    }
    found: dict[str, object] = {
        "ARN": answer["FeatureGroupArn"],
        "record identifier": answer["RecordIdentifierFeatureName"],
        "event time": answer["EventTimeFeatureName"],
        "features": tuple((one["FeatureName"], one["FeatureType"]) for one in answer["FeatureDefinitions"]),
        "online store": bool(answer.get("OnlineStoreConfig", {}).get("EnableOnlineStore")),
        "offline store role": answer.get("RoleArn"),
    }
    online = answer.get("OnlineStoreConfig") or {}
    if group.online:
        declared["storage"] = _STORAGE[group.storage]
        found["storage"] = online.get("StorageType") or "Standard"
        ttl = online.get("TtlDuration")
        declared["time to live"] = group.ttl
        found["time to live"] = ttl and timedelta(seconds=ttl["Value"] * TTL_UNITS[ttl["Unit"]])
    if group.throughput is not None:
        config = answer.get("ThroughputConfig") or {}
        # A group without an online store is read from nowhere: no units for it, which the provider writes as 0.
        wanted = (group.throughput.get("read") or 0, group.throughput["write"])
        declared["throughput"] = ("Provisioned", *wanted)
        units = (config.get("ProvisionedReadCapacityUnits") or 0, config.get("ProvisionedWriteCapacityUnits"))
        found["throughput"] = (config.get("ThroughputMode"), *units)
    if group.collections:
        declared["collections"] = {
            name: (kind.title(), _dimension(kind, n)) for name, (kind, n) in group.collections.items()
        }
        found["collections"] = {
            one["FeatureName"]: (
                one["CollectionType"],
                ((one.get("CollectionConfig") or {}).get("VectorConfig") or {}).get("Dimension"),
            )
            for one in answer["FeatureDefinitions"]
            if one.get("CollectionType")
        }
    if group.offline:
        format_ = answer.get("OfflineStoreConfig", {}).get("TableFormat") or "Glue"
        declared["format"], found["format"] = _FORMATS[group.offline_format], format_
        catalog = answer.get("OfflineStoreConfig", {}).get("DataCatalogConfig", {})
        declared["table"] = (group.database, group.table)
        found["table"] = (catalog.get("Database"), catalog.get("TableName"))
    wrong = [f"{key} is {found[key]!r}, declared {declared[key]!r}" for key in declared if found[key] != declared[key]]
    if wrong:
        raise Mismatch(f"{group.name}: {'; '.join(wrong)}")
