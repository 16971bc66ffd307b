"""Feature groups as they exist: one store per account and Region, kept on moto's SageMaker backend so that a reset of
moto also resets it."""

import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.sagemaker.models import sagemaker_backends

from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services.runtime import clock

UNITS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86_400, "Weeks": 604_800}
SYSTEM_COLUMNS = ("write_time", "api_invocation_time", "is_deleted")

_ATTRIBUTE = "featureshare_feature_groups"
_ARN = re.compile(r"arn:(aws[a-z-]*):sagemaker:([a-z0-9-]+):(\d{12}):feature-group/([a-zA-Z0-9][a-zA-Z0-9_-]*)")
_create_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature definition: `type` String, Integral or Fractional; `collection` List, Set, Vector or None."""

    name: str
    type: str
    collection: str | None = None
    dimension: int | None = None

    @classmethod
    def parse(cls, definition: dict[str, Any]) -> "Feature":
        vector = (definition.get("CollectionConfig") or {}).get("VectorConfig") or {}
        return cls(
            definition["FeatureName"],
            definition["FeatureType"],
            definition.get("CollectionType"),
            vector.get("Dimension"),
        )

    def describe(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"FeatureName": self.name, "FeatureType": self.type}
        if self.collection:
            shown["CollectionType"] = self.collection
        if self.dimension is not None:
            shown["CollectionConfig"] = {"VectorConfig": {"Dimension": self.dimension}}
        return shown


@dataclass(slots=True)
class StoredRecord:
    """The latest record of an identifier in the online store.

    Times are Unix seconds. `ttl` is the time to live in force when it was written, in seconds; `deleted` marks the
    tombstone of a soft delete, which still orders later writes.
    """

    event_time: float
    values: dict[str, str | list[str]]
    expires_at: float | None = None
    ttl: int | None = None
    deleted: bool = False


@dataclass
class Metadata:
    """Description and parameters of one feature."""

    description: str | None
    parameters: dict[str, str]
    created: datetime
    modified: datetime


@dataclass
class FeatureGroup:
    """A feature group. Moments (`ready_at`, `updated_at`, `gone_at`) are Unix seconds at which a state is reached."""

    name: str
    arn: str
    account: str
    region: str
    partition: str
    record_identifier: str
    event_time: str
    features: dict[str, Feature]
    created: datetime
    ready_at: float
    online: dict[str, Any] | None = None
    offline: dict[str, Any] | None = None
    throughput: dict[str, Any] | None = None
    role_arn: str | None = None
    description: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    updating_until: float | None = None
    gone_at: float | None = None
    last_on_demand_switch: float | None = None
    blocked_reason: str | None = None
    metadata: dict[str, Metadata] = field(default_factory=dict)
    records: dict[str, StoredRecord] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def online_enabled(self) -> bool:
        return bool(self.online and self.online.get("EnableOnlineStore"))

    @property
    def offline_enabled(self) -> bool:
        return self.offline is not None

    @property
    def storage_type(self) -> str:
        return str((self.online or {}).get("StorageType") or "Standard")

    @property
    def ttl_seconds(self) -> int | None:
        return ttl_seconds((self.online or {}).get("TtlDuration"))

    @property
    def catalog(self) -> dict[str, str] | None:
        """DataCatalogConfig of the offline store, if it has a table."""
        return (self.offline or {}).get("DataCatalogConfig")

    @property
    def data_uri(self) -> str | None:
        """S3 URI under which offline records are written (`.../data`)."""
        storage = (self.offline or {}).get("S3StorageConfig") or {}
        uri = storage.get("ResolvedOutputS3Uri")
        return str(uri) if uri else None

    @property
    def iceberg(self) -> bool:
        return (self.offline or {}).get("TableFormat") == "Iceberg"

    @property
    def status(self) -> str:
        if self.gone_at is not None:
            return "Deleting"
        return "Created" if clock.time() >= self.ready_at else "Creating"

    @property
    def updating(self) -> bool:
        return self.updating_until is not None and clock.time() < self.updating_until


def ttl_seconds(duration: Any) -> int | None:
    """TtlDuration as seconds; None when there is none."""
    if not duration or duration.get("Unit") is None or duration.get("Value") is None:
        return None
    return UNITS[duration["Unit"]] * int(duration["Value"])


class Groups:
    """The feature groups of one account and Region, by lower-case name as in their ARNs."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._by_name: dict[str, FeatureGroup] = {}

    def get(self, name: str) -> FeatureGroup | None:
        group = self._by_name.get(name.lower())
        if group is not None and group.gone_at is not None and clock.time() >= group.gone_at:
            with self.lock:
                if self._by_name.get(name.lower()) is group:
                    del self._by_name[name.lower()]
            return None
        return group

    def add(self, group: FeatureGroup) -> None:
        self._by_name[group.name.lower()] = group

    def remove(self, group: FeatureGroup) -> None:
        self._by_name.pop(group.name.lower(), None)

    def all(self) -> list[FeatureGroup]:
        return [group for name in list(self._by_name) if (group := self.get(name)) is not None]


def groups(account: str, region: str) -> Groups:
    backend = sagemaker_backends[account][region]
    found = getattr(backend, _ATTRIBUTE, None)
    if found is None:
        with _create_lock:
            found = getattr(backend, _ATTRIBUTE, None)
            if found is None:
                found = Groups()
                setattr(backend, _ATTRIBUTE, found)
    assert isinstance(found, Groups)
    return found


def every_group() -> list[FeatureGroup]:
    """All feature groups of all accounts and Regions."""
    found = []
    for account in list(sagemaker_backends):
        for backend in list(sagemaker_backends[account].values()):
            store = getattr(backend, _ATTRIBUTE, None)
            if store is not None:
                found.extend(store.all())
    return found


def locate(name_or_arn: str, account: str, region: str) -> tuple[str, str, str]:
    """(account, Region, name) that a FeatureGroupName parameter, a name or an ARN, points to."""
    if name_or_arn.startswith("arn:"):
        match = _ARN.fullmatch(name_or_arn)
        if not match:
            raise ServiceError("ValidationException", f"'{name_or_arn}' is not the ARN of a feature group")
        return match[3], match[2], match[4]
    return account, region, name_or_arn


def find(name_or_arn: str, account: str, region: str) -> FeatureGroup | None:
    owner, where, name = locate(name_or_arn, account, region)
    return groups(owner, where).get(name)


def not_found(name: str) -> str:
    return f"Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}"


def require(name_or_arn: str, account: str, region: str) -> FeatureGroup:
    """The feature group. Raises ServiceError ResourceNotFound as the control plane words it."""
    group = find(name_or_arn, account, region)
    if group is None:
        raise ServiceError("ResourceNotFound", not_found(name_or_arn))
    return group
