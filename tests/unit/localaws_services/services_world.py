"""The services called directly: moto's backends beneath, a recorder or denier in the place of the gateway."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from featureshare.iam.calls import (
    BucketFacts,
    Check,
    FeatureGroupFacts,
    KeyFacts,
    QueryFacts,
    RoleFacts,
    TableFacts,
    WorkgroupFacts,
)
from featureshare.localaws import services
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import catalog, storage
from featureshare.localaws.services.offline import writer

CENTRAL, CONSUMER = "222222222222", "555555555555"
REGION = "eu-west-1"
BUCKET = f"fs-offline-{CENTRAL}-{REGION}"
RESULTS = f"fs-core-search-results-{CONSUMER}-{REGION}"
ROLE = f"arn:aws:iam::{CENTRAL}:role/fs/offline-store/fs-offline-store"
KEY = f"arn:aws:kms:{REGION}:{CENTRAL}:key/11111111-2222-3333-4444-555555555555"


class World:
    """The gateway's part: what exists, what is asked, what is denied.

    `deny` holds substrings of "action resource"; a check that contains one is denied.
    """

    def __init__(self) -> None:
        self.asked: list[Check] = []
        self.deny: set[str] = set()

    def authorize(self, checks: Sequence[Check]) -> None:
        for check in checks:
            self.asked.append(check)
            if any(word in f"{check.action} {check.resource}" for word in self.deny):
                who = check.as_role or "arn:aws:sts::222222222222:assumed-role/fs-reader/session"
                raise ServiceError(
                    "AccessDeniedException",
                    f"User: {who} is not authorized to perform: {check.action} on resource: {check.resource}",
                )

    def actions(self) -> set[str]:
        return {check.action for check in self.asked}

    # Estate
    def feature_group(self, account: str, name: str) -> FeatureGroupFacts | None:
        return services.feature_group_facts(account, REGION, name)

    def bucket(self, name: str) -> BucketFacts | None:
        owner = storage.owner(name)
        return None if owner is None else BucketFacts(name, owner, REGION, None, False, {})

    def object_key(self, bucket: str, key: str, version: str | None = None) -> str | None:
        found = next((item for item in storage.listing(bucket, key) if item.key == key), None)
        return found.kms_key if found else None

    def key(self, account: str, key: str) -> KeyFacts | None:
        return KeyFacts(key, account, ("alias/fs-offline",), {}) if key.startswith("arn:") else None

    def tags(self, arn: str) -> Mapping[str, str]:
        return {}

    def role(self, arn: str) -> RoleFacts | None:
        return None

    def workgroup(self, account: str, name: str) -> WorkgroupFacts | None:
        return None

    def table(self, account: str, database: str, name: str) -> TableFacts | None:
        found = catalog.table(account, REGION, database, name)
        if found is None:
            return None
        location = (found.get("StorageDescriptor") or {}).get("Location")
        return TableFacts(
            f"arn:aws:glue:{REGION}:{account}:table/{database}/{name}",
            database,
            location,
            bool(found.get("PartitionKeys")),
        )

    def query(self, account: str, query_id: str) -> QueryFacts | None:
        return services.query_facts(account, REGION, query_id)

    def secret(self, account: str, name: str) -> str | None:
        return None

    def data_catalog(self, account: str, name: str) -> str | None:
        return services.data_catalog_account(account, REGION, name)


Call = Callable[..., dict[str, Any]]


FEATURES = [
    {"FeatureName": "session_id", "FeatureType": "String"},
    {"FeatureName": "clicks", "FeatureType": "Integral"},
    {"FeatureName": "Score", "FeatureType": "Fractional"},
    {"FeatureName": "event_time", "FeatureType": "String"},
]


def record(**values: Any) -> list[dict[str, Any]]:
    return [
        {"FeatureName": name, "ValueAsStringList": value}
        if isinstance(value, list)
        else {"FeatureName": name, "ValueAsString": str(value)}
        for name, value in values.items()
    ]


def flush() -> None:
    """Writes the offline store now, not after its delay."""
    writer.flush()


def wait(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The first true value of `condition`; a hang guard, no timing assertion."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("the condition did not come true")


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
