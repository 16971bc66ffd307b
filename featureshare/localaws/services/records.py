"""The Feature Store runtime: the records of the online store, and what of each write goes to the offline store.

Semantics: botocore's documentation of sagemaker-featurestore-runtime (2020-07-01) and aws-facts.md 1.3, 4.1, 5.1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import offline
from featureshare.localaws.services.constraints import checked
from featureshare.localaws.services.runtime import clock
from featureshare.localaws.services.state import FeatureGroup, StoredRecord, find, not_found, ttl_seconds
from featureshare.localaws.services.values import (
    MAX_UPDATED_FEATURES,
    InvalidValueError,
    Value,
    event_seconds,
    identifier,
    iso,
    parse_record,
)

MAX_BATCH_READ = 100
ONLINE, OFFLINE = "OnlineStore", "OfflineStore"


def put_record(call: Invocation) -> dict[str, Any]:
    group = _group(call, call.params["FeatureGroupName"], "ValidationError")
    _put(group, call.params["Record"], call.params.get("TargetStores"), call.params.get("TtlDuration"))
    return {}


def get_record(call: Invocation) -> dict[str, Any]:
    group = _group(call, call.params["FeatureGroupName"], "ResourceNotFound")
    names = _selected(group, call.params.get("FeatureNames"))
    found = _read(group, call.params["RecordIdentifierValueAsString"])
    if found is None:
        return {}
    return _shown(found, names, call.params.get("ExpirationTimeResponse"))


def batch_get_record(call: Invocation) -> dict[str, Any]:
    blocks = call.params["Identifiers"]
    if sum(len(block["RecordIdentifiersValueAsString"]) for block in blocks) > MAX_BATCH_READ:
        raise _invalid(f"Validation Error: At most {MAX_BATCH_READ} records can be retrieved in one request")
    records: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for block in blocks:
        name = block["FeatureGroupName"]
        try:
            group = _group(call, name, "ResourceNotFound")
            names = _selected(group, block.get("FeatureNames"))
            for value in block["RecordIdentifiersValueAsString"]:
                found = _read(group, value)
                if found is not None:
                    shown = _shown(found, names, call.params.get("ExpirationTimeResponse"))
                    records.append({"FeatureGroupName": name, "RecordIdentifierValueAsString": value, **shown})
        except ServiceError as error:
            errors.extend(
                {
                    "FeatureGroupName": name,
                    "RecordIdentifierValueAsString": value,
                    "ErrorCode": error.code,
                    "ErrorMessage": error.message,
                }
                for value in block["RecordIdentifiersValueAsString"]
            )
    return {"Records": records, "Errors": errors, "UnprocessedIdentifiers": []}


def batch_write_record(call: Invocation) -> dict[str, Any]:
    entries = call.params["Entries"]
    errors = []
    for entry in entries:
        try:
            group = _group(call, entry["FeatureGroupName"], "ResourceNotFound")
            ttl = entry.get("TtlDuration") or call.params.get("TtlDuration")
            _put(group, entry["Record"], entry.get("TargetStores"), ttl)
        except ServiceError as error:
            errors.append({"Entry": entry, "ErrorCode": error.code, "ErrorMessage": error.message})
    return {"Errors": errors, "UnprocessedEntries": []}


def delete_record(call: Invocation) -> dict[str, Any]:
    group = _group(call, call.params["FeatureGroupName"], "ValidationError")
    hard = call.params.get("DeletionMode") == "HardDelete"
    to_online, to_offline = _targets(group, call.params.get("TargetStores"))
    feature = group.features[group.event_time]
    record = [
        {"FeatureName": group.record_identifier, "ValueAsString": call.params["RecordIdentifierValueAsString"]},
        {"FeatureName": group.event_time, "ValueAsString": call.params["EventTime"]},
    ]
    if group.record_identifier == group.event_time:
        record = record[1:]
    values = _parsed(group, record)
    key = identifier(values[group.record_identifier])
    seconds = _event(str(call.params["EventTime"]), feature)
    with group.lock:
        if to_online:
            current = _current(group, key)
            later = current is None or seconds > current.event_time
            if hard and not later:
                raise _invalid(
                    f"EventTime [{call.params['EventTime']}] must be later than the EventTime of the existing record"
                )
            if hard:
                group.records.pop(key, None)
            elif later:
                group.records[key] = StoredRecord(seconds, {}, deleted=True)
        if to_offline:
            offline.append(group, values, seconds, deleted=True)
    return {}


def list_records(call: Invocation) -> dict[str, Any]:
    group = _group(call, call.params["FeatureGroupName"], "ResourceNotFound")
    _online_only(group)
    size = int(call.params.get("MaxResults") or 100)
    with_deleted = bool(call.params.get("IncludeSoftDeletedRecords"))
    after = call.params.get("NextToken")
    with group.lock:
        live = [key for key in list(group.records) if _current(group, key) is not None]
        keys = sorted(key for key in live if with_deleted or not group.records[key].deleted)
    # The token is the last identifier shown: pages stay right while records come and go.
    if after is not None:
        keys = [key for key in keys if key > after]
    page: dict[str, Any] = {"RecordIdentifiers": keys[:size]}
    if len(keys) > size:
        page["NextToken"] = keys[size - 1]
    return page


def update_record(call: Invocation) -> dict[str, Any]:
    group = _group(call, call.params["FeatureGroupName"], "ResourceNotFound")
    if group.storage_type not in ("Standard_V2", "InMemory") or not group.online_enabled:
        raise _invalid(
            "Validation Error: UpdateRecord is available only for feature groups that use the Standard_V2 or InMemory "
            "online store type"
        )
    to_online, to_offline = _targets(group, call.params.get("TargetStores"))
    key = call.params["RecordIdentifierValueAsString"]
    if len(call.params["Features"]) > MAX_UPDATED_FEATURES:
        raise _invalid(f"Validation Error: At most {MAX_UPDATED_FEATURES} features can be updated in one request")
    try:
        changes = parse_record(call.params["Features"], group.features, ())
    except InvalidValueError as error:
        raise _invalid(str(error)) from None
    if changes.get(group.record_identifier, key) != key:
        raise _invalid("Validation Error: The record identifier cannot be updated")
    ttl = ttl_seconds(call.params.get("TtlDuration"))
    given = changes.get(group.event_time)
    if ttl is not None and given is None:
        raise _invalid("Validation Error: EventTime is required when TtlDuration is specified")
    with group.lock:
        current = _current(group, key)
        if current is None or current.deleted:
            raise ServiceError("ResourceNotFound", f"Resource Not Found: no record with identifier [{key}] exists", 404)
        seconds = current.event_time if given is None else _event(str(given), group.features[group.event_time])
        if seconds < current.event_time:
            raise ServiceError(
                "ConflictException", f"EventTime [{given}] is older than the EventTime of the existing record", 409
            )
        values = {**current.values, **changes}
        lifetime = ttl if ttl is not None else current.ttl
        if to_online:
            group.records[key] = StoredRecord(seconds, values, _expiry(seconds, lifetime), lifetime)
        if to_offline:
            offline.append(group, values, seconds)
    return {}


def _put(
    group: FeatureGroup,
    record: Sequence[Mapping[str, Any]],
    stores: Sequence[str] | None,
    ttl: Mapping[str, Any] | None,
) -> None:
    to_online, to_offline = _targets(group, stores)
    values = _parsed(group, record)
    try:
        key = identifier(values[group.record_identifier])
    except InvalidValueError as error:
        raise _invalid(str(error)) from None
    seconds = _event(str(values[group.event_time]), group.features[group.event_time])
    lifetime = ttl_seconds(ttl) or group.ttl_seconds
    with group.lock:
        if to_online:
            current = _current(group, key)
            # Only a greater event time replaces the record; an equal or older one is history (PutRecord).
            if current is None or seconds > current.event_time:
                group.records[key] = StoredRecord(seconds, values, _expiry(seconds, lifetime), lifetime)
        if to_offline:
            offline.append(group, values, seconds)


def _group(call: Invocation, name: str, missing: str) -> FeatureGroup:
    """The group of a data-plane call; PutRecord and DeleteRecord model no ResourceNotFound and say ValidationError."""
    group = find(name, call.account, call.region)
    if group is None:
        raise ServiceError(missing, not_found(name), 404 if missing == "ResourceNotFound" else 400)
    if group.status != "Created":
        raise _invalid(f"Validation Error: FeatureGroup [{group.name}] is in status {group.status}, not Created")
    return group


def _targets(group: FeatureGroup, stores: Sequence[str] | None) -> tuple[bool, bool]:
    """(write online, write offline); stores the group has when none are named."""
    if not stores:
        return group.online_enabled, group.offline_enabled
    for store, enabled in ((ONLINE, group.online_enabled), (OFFLINE, group.offline_enabled)):
        if store in stores and not enabled:
            raise _invalid(f"Validation Error: TargetStores holds {store}, which FeatureGroup [{group.name}] has not")
    return ONLINE in stores, OFFLINE in stores


def _parsed(group: FeatureGroup, record: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    try:
        return parse_record(record, group.features, (group.record_identifier, group.event_time))
    except InvalidValueError as error:
        raise _invalid(str(error)) from None


def _event(value: str, feature: Any) -> float:
    try:
        return event_seconds(value, feature)
    except InvalidValueError as error:
        raise _invalid(str(error)) from None


def _expiry(seconds: float, lifetime: int | None) -> float | None:
    return None if lifetime is None else seconds + lifetime


def _current(group: FeatureGroup, key: str) -> StoredRecord | None:
    """The record or tombstone of an identifier; an expired one is hard deleted first."""
    record = group.records.get(key)
    if record is not None and record.expires_at is not None and record.expires_at <= clock.time():
        group.records.pop(key, None)
        return None
    return record


def _read(group: FeatureGroup, key: str) -> StoredRecord | None:
    record = _current(group, key)
    return None if record is None or record.deleted else record


def _online_only(group: FeatureGroup) -> None:
    if not group.online_enabled:
        raise _invalid(f"Validation Error: FeatureGroup [{group.name}] has no OnlineStore")


def _selected(group: FeatureGroup, names: Sequence[str] | None) -> Sequence[str] | None:
    _online_only(group)
    for name in names or ():
        if name not in group.features:
            raise _invalid(f"Validation Error: Feature [{name}] does not exist in FeatureGroup [{group.name}]")
    return names


def _shown(record: StoredRecord, names: Sequence[str] | None, expiration: str | None) -> dict[str, Any]:
    values = record.values
    shown: dict[str, Any] = {
        "Record": [
            {"FeatureName": name, ("ValueAsString" if isinstance(values[name], str) else "ValueAsStringList"): value}
            for name in (names or values)
            if (value := values.get(name)) is not None
        ]
    }
    if expiration == "Enabled" and record.expires_at is not None:
        shown["ExpiresAt"] = iso(record.expires_at)
    return shown


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationError", message, 400)


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("sagemaker-featurestore-runtime", operation): handler
    for operation, handler in {
        "PutRecord": put_record,
        "GetRecord": get_record,
        "BatchGetRecord": batch_get_record,
        "BatchWriteRecord": batch_write_record,
        "DeleteRecord": delete_record,
        "ListRecords": list_records,
        "UpdateRecord": update_record,
    }.items()
}

HANDLERS = checked(_HANDLERS, "ValidationError")
