"""The receipt of a replica: version by version, what of the source is there (pure).

S3 keeps key, version id, size and time of an object when it replicates it, so two listings can be held against each
other. Not compared: ETags, which say nothing of the content under KMS.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

OUTSIDE = "(none)"
"""Stands for the group of objects that lie under no group's prefix."""

THRESHOLD = 15 * 60.0
"""Seconds within which a rule with Replication Time Control promises a copy (S3 User Guide, "S3 RTC")."""

_BEFORE = "NONE"  # S3's status of a version that was there before the rules
_SHOWN = 20


@dataclass(frozen=True, order=True)
class Version:
    """A version of an object. `status` and `checksum` (algorithm:value) are None where nobody could look."""

    key: str
    id: str
    size: int
    modified: datetime
    status: str | None = None
    checksum: str | None = None


@dataclass(frozen=True)
class GroupReceipt:
    """How complete the copy of a group is.

    `lag` is for how many seconds the oldest missing version has been waiting, 0 when none is. `checksums` counts the
    versions of which both sides showed one. `statuses` counts what the source says of versions that were looked at.
    `late` is the ID of a rule with Replication Time Control that has missed its threshold for a version that it is to
    copy; empty where none has.
    """

    group: str
    source: int
    copied: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    different: tuple[str, ...]
    checksums: int
    statuses: Mapping[str, int]
    lag: float
    late: str = ""

    @property
    def complete(self) -> bool:
        """Everything is there as it is at the source. What is there besides is shown, and is no lack."""
        return not self.missing and not self.different and not self.statuses.get("FAILED")

    def as_dict(self) -> dict[str, Any]:
        """As JSON: counts in full, the names of the first few."""
        plain = asdict(self)
        for name in ("missing", "extra", "different"):
            plain[name] = {"count": len(plain[name]), "first": list(plain[name][:_SHOWN])}
        return plain | {"complete": self.complete, "statuses": dict(self.statuses), "lag": round(self.lag, 1)}


def compare(
    group: str, source: Iterable[Version], copy: Iterable[Version], now: datetime, timed: str = ""
) -> GroupReceipt:
    """The receipt of one group, from the versions at its source and at the replica; `now` is when both were listed,
    `timed` the ID of the rule that copies the group, when it has Replication Time Control."""
    theirs = {(version.key, version.id): version for version in source}
    ours = {(version.key, version.id): version for version in copy}
    missing = sorted(theirs.keys() - ours.keys())
    both = sorted(theirs.keys() & ours.keys())
    different, checksums = [], 0
    for at in both:
        one, other = theirs[at], ours[at]
        comparable = _comparable(one.checksum, other.checksum)
        checksums += comparable
        if one.size != other.size or (comparable and one.checksum != other.checksum):
            different.append(at)
    statuses: dict[str, int] = {}
    for version in theirs.values():
        if version.status is not None:
            statuses[version.status] = statuses.get(version.status, 0) + 1
    oldest = min((theirs[at].modified for at in missing), default=now)
    waiting = min((theirs[at].modified for at in missing if theirs[at].status != _BEFORE), default=now)
    return GroupReceipt(
        group=group,
        source=len(theirs),
        copied=len(both),
        missing=_named(missing),
        extra=_named(sorted(ours.keys() - theirs.keys())),
        different=_named(different),
        checksums=checksums,
        statuses=dict(sorted(statuses.items())),
        lag=max(0.0, (now - oldest).total_seconds()),
        late=timed if (now - waiting).total_seconds() > THRESHOLD else "",
    )


def _comparable(one: str | None, other: str | None) -> bool:
    """Whether both sides show a checksum, of one algorithm."""
    return one is not None and other is not None and one.partition(":")[0] == other.partition(":")[0]


def _named(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{key}?versionId={version}" for key, version in found)


def by_group(versions: Iterable[Version], prefixes: Mapping[str, str]) -> dict[str, list[Version]]:
    """Versions by the group under whose prefix they lie; `prefixes` is by group."""
    out: dict[str, list[Version]] = {group: [] for group in prefixes}
    for version in versions:
        group = next((name for name, prefix in prefixes.items() if version.key.startswith(prefix)), OUTSIDE)
        out.setdefault(group, []).append(version)
    return out
