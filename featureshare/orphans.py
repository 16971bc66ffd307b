"""What failed or finished unloads leave behind in a team's results bucket: files that no table points to any more.

UNLOAD never writes over anything, so each run takes a fresh prefix, and one that fails leaves its files there (Athena
User Guide, "UNLOAD": "does not write to a non-empty location"). What a data set consists of (`datasets/<id>/data/`) is
a result and stays, as do results of queries (`athena/`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PREFIXES = ("shared/", "own/datasets/")
"""Where unloads go: what came from the central account, and what the team's own account made of it."""

SAFE_AGE = timedelta(days=1)
"""An Athena query ends after four hours at most (Service Quotas, DML query timeout, 240 minutes at most)."""

_RESULT = re.compile(r"(shared|own)/(athena|datasets/[^/]+/data)/")
_BATCH = 1000  # DeleteObjects takes no more keys


@dataclass(frozen=True)
class Version:
    """A version of an object, or a delete marker; `size` in bytes."""

    key: str
    id: str
    modified: datetime
    size: int


def orphans(versions: Iterable[Version], locations: Iterable[str], now: datetime, age: timedelta) -> list[Version]:
    """The versions of files that no location (a key prefix) holds and that nothing has touched for `age`.

    A file counts as young as its youngest version: one that is being written is never among them.
    """
    held = tuple(f"{location.rstrip('/')}/" for location in locations)
    by_key: dict[str, list[Version]] = {}
    for version in versions:
        by_key.setdefault(version.key, []).append(version)
    out: list[Version] = []
    for key, found in sorted(by_key.items()):
        if not key.startswith(PREFIXES) or key.startswith(held) or _RESULT.match(key):
            continue
        if max(one.modified for one in found) <= now - age:
            out += found
    return out


def read_versions(s3: Any, bucket: str) -> Iterator[Version]:
    """Every version and delete marker under the prefixes of unloads."""
    for prefix in PREFIXES:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield Version(one["Key"], one["VersionId"], one["LastModified"], one.get("Size", 0))


def read_locations(glue: Any, account: str, database: str, bucket: str) -> Iterator[str]:
    """The key prefixes in `bucket` that tables of a database point to."""
    stem = f"s3://{bucket}/"
    for page in glue.get_paginator("get_tables").paginate(CatalogId=account, DatabaseName=database):
        for table in page["TableList"]:
            location = str(table.get("StorageDescriptor", {}).get("Location") or "")
            if location.startswith(stem):
                yield location.removeprefix(stem)


def delete(s3: Any, bucket: str, versions: list[Version], failed: Callable[[Mapping[str, Any]], None]) -> int:
    """Delete versions for good; what AWS refuses goes to `failed`. Returns how many are gone."""
    gone = 0
    for start in range(0, len(versions), _BATCH):
        batch = [{"Key": one.key, "VersionId": one.id} for one in versions[start : start + _BATCH]]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        errors = answer.get("Errors", ())
        for error in errors:
            failed(error)
        gone += len(batch) - len(errors)
    return gone
