"""A declaration out of a group that exists, and the differences between the two (pure)."""

from collections.abc import Iterator, Mapping
from typing import Any

from featureshare.adoption.found import Found

_FORMATS = {"Glue": "glue", "Iceberg": "iceberg", "Default": "glue"}
_UNDESCRIBED = "Not described yet."


def declaration_of(found: Found, owner: str, contact: str) -> dict[str, Any]:
    """feature-groups/<name>.yaml for a group in its owner's name space, keys in the order in which people write them.

    Descriptions of features are not read: they are for the owner to write.
    """
    answer = found.answer
    online = answer.get("OnlineStoreConfig") or {}
    offline = answer.get("OfflineStoreConfig")
    declared: dict[str, Any] = {
        "feature_group": found.name,
        "store": "central",
        "owner": owner,
        "contact": found.tags.get("contact", contact),
        "description": answer.get("Description") or _UNDESCRIBED,
        "record_identifier": answer["RecordIdentifierFeatureName"],
        "event_time": answer["EventTimeFeatureName"],
        "features": [
            {"name": one["FeatureName"], "type": one["FeatureType"], "description": _UNDESCRIBED}
            for one in answer["FeatureDefinitions"]
        ],
        "online_store": {"enabled": bool(online.get("EnableOnlineStore"))},
        "offline_store": {"enabled": offline is not None},
    }
    if ttl := online.get("TtlDuration"):
        declared["online_store"]["ttl"] = {"value": ttl["Value"], "unit": ttl["Unit"]}
    if offline is not None and (kind := _FORMATS[offline.get("TableFormat") or "Default"]) != "glue":
        declared["offline_store"]["format"] = kind
    return declared | {"classification": found.tags.get("classification", "internal"), "created_by": "api"}


def differences(group: Mapping[str, Any], found: Found) -> Iterator[tuple[str, str]]:
    """(key, what differs) between a declared group, as rendered, and the one that exists.

    Each would make Terraform replace the group, and so lose what its online store holds.
    """
    answer = found.answer
    features = [(one["FeatureName"], one["FeatureType"]) for one in answer["FeatureDefinitions"]]
    online = answer.get("OnlineStoreConfig") or {}
    offline = answer.get("OfflineStoreConfig")
    catalog = (offline or {}).get("DataCatalogConfig") or {}
    storage = (offline or {}).get("S3StorageConfig") or {}
    in_memory = online.get("StorageType") == "InMemory"
    pairs: list[tuple[str, object, object]] = [
        ("features", [(one["name"], one["type"]) for one in group["features"]], features),
        ("record_identifier", group["record_identifier"], answer["RecordIdentifierFeatureName"]),
        ("event_time", group["event_time"], answer["EventTimeFeatureName"]),
        ("owner", group["offline_role_arn"], answer.get("RoleArn")),
        ("online_store.enabled", group["online_store"]["enabled"], bool(online.get("EnableOnlineStore"))),
        ("offline_store.enabled", group["offline_store"]["enabled"], offline is not None),
        ("online_store.storage", group["online_store"]["storage"] == "in-memory", in_memory),
    ]
    if offline is not None and group["offline_store"]["enabled"]:
        pairs += [
            (
                "offline_store.format",
                group["offline_store"]["format"],
                _FORMATS[offline.get("TableFormat") or "Default"],
            ),
            ("offline_store", group["s3_uri"], storage.get("S3Uri")),
            ("offline_store", (group["database"], group["table"]), (catalog.get("Database"), catalog.get("TableName"))),
        ]
    for key, declared, there in pairs:
        if declared != there:
            yield key, f"the group exists with {_short(there)} where {_short(declared)} is declared"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
