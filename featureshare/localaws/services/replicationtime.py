"""Replication Time Control and replication metrics: what S3 tells of copies that take long, or fail.

A rule with metrics is watched, version by version and marker by marker, from the write to the copy. CloudWatch shows
what waits; topics and queues that a bucket's notifications name hear of versions that failed, that waited longer than
the threshold, and that were copied after it. Time is the services' clock, which can be moved forward.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import MetricDatum
from moto.core.common_models import CloudWatchMetricProvider
from moto.s3.models import FakeDeleteMarker, s3_backends

from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import notifications
from featureshare.localaws.services.runtime import clock

FAILED = "s3:Replication:OperationFailedReplication"
MISSED = "s3:Replication:OperationMissedThreshold"
LATE = "s3:Replication:OperationReplicatedAfterThreshold"
_MINUTES = 15  # the only threshold that S3 takes
_MINUTE = 60.0
_KEPT = 24 * 60  # minutes of which a rule's metrics are kept

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html; a key has no reason of its own:
# without it the object cannot be read, or its replica not be written.
_REASONS = {
    "sts:AssumeRole": "AssumeRoleNotPermitted",
    "s3:GetObjectVersionForReplication": "SrcGetObjectNotPermitted",
    "s3:GetObjectVersionAcl": "SrcGetAclNotPermitted",
    "kms:Decrypt": "SrcGetObjectNotPermitted",
    "s3:ReplicateObject": "DstPutObjectNotPermitted",
    "kms:Encrypt": "DstPutObjectNotPermitted",
    "s3:ReplicateDelete": "DstDelObjNotPermitted",
}
_ACTION = re.compile(r"to perform: (\S+)")


def refuse(rule: Mapping[str, Any]) -> None:
    """Raises ServiceError for a rule whose time control and metrics do not go together.

    S3's words, as people report them; the API reference has the rules (ReplicationTime, Metrics, ReplicationTimeValue).
    """
    target = rule.get("Destination") or {}
    metrics, time = target.get("Metrics"), target.get("ReplicationTime")
    if time is not None and metrics is None:
        words = "Replication destination must contain both ReplicationTime and Metrics or neither."
        raise ServiceError("InvalidRequest", words)
    threshold = (metrics or {}).get("EventThreshold")
    if time is not None and (time.get("Time") or {}).get("Minutes") != _MINUTES:
        raise ServiceError("InvalidArgument", "Invalid time minute value")
    if _enabled(time):
        if threshold is None:
            raise ServiceError("InvalidArgument", "ReplicationMetrics must contain an event threshold")
        if threshold.get("Minutes") != _MINUTES:
            raise ServiceError("InvalidArgument", "Invalid event threshold minute value")
    elif threshold is not None:
        words = "Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled"
        raise ServiceError("InvalidArgument", words)


def failure_reason(error: ServiceError) -> str:
    """S3's code for why a copy failed; empty where it publishes none."""
    if error.code.startswith("Dst"):
        return error.code
    action = _ACTION.search(error.message)
    return _REASONS.get(action[1], "") if action else ""


@dataclass(frozen=True)
class _Rule:
    """A watched rule: whose metrics they are, and what they are called by."""

    account: str
    source: str
    source_region: str
    target: str
    target_region: str
    id: str

    @property
    def dimensions(self) -> list[dict[str, str]]:
        named = {"SourceBucket": self.source, "DestinationBucket": self.target, "RuleId": self.id}
        return [{"Name": name, "Value": value} for name, value in named.items()]


@dataclass
class _Operation:
    """A version (or delete marker) on its way to the destination of one rule, since `written`."""

    stored: Any
    rule: _Rule
    timed: bool
    written: float
    missed: bool = False


@dataclass
class _Minute:
    """The most that waited at once in a minute, and how many operations failed in it."""

    latency: float = 0.0
    operations: int = 0
    bytes: int = 0
    failed: int = 0


@dataclass
class _History:
    """A rule's minutes, oldest first."""

    minutes: "OrderedDict[int, _Minute]" = field(default_factory=OrderedDict)

    def at(self, time: float) -> _Minute:
        minute = self.minutes.setdefault(int(time // _MINUTE), _Minute())
        while len(self.minutes) > _KEPT:
            self.minutes.popitem(last=False)
        return minute


class Watch:
    """What is on its way under rules with metrics. `now` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._pending: list[_Operation] = []
        self._histories: dict[_Rule, _History] = {}

    def began(self, bucket: Any, stored: Any, rules: Iterable[Mapping[str, Any]]) -> None:
        """A version or delete marker was written that falls under `rules`."""
        with self._lock:
            for rule in rules:
                if (known := _rule(bucket, rule)) is not None:
                    timed = _enabled(rule["Destination"].get("ReplicationTime"))
                    self._pending.append(_Operation(stored, known, timed, self._now()))
            self._measure()

    def look(self) -> None:
        """Measure what waits, and tell of what has waited longer than it may."""
        with self._lock:
            if not self._pending:
                return
            self._measure()
            missed = [one for one in self._pending if one.timed and not one.missed and self._is_late(one)]
            for one in missed:
                one.missed = True
        for one in missed:
            self._tell(one, MISSED)

    def ended(self, stored: Any, bucket: Any, rule: Mapping[str, Any], reason: str | None = None) -> None:
        """A version or marker was copied under a rule, or was not: then `reason` says why, as far as S3 does."""
        with self._lock:
            known = _rule(bucket, rule)
            if known is None:
                return
            self._measure()
            mine = [one for one in self._pending if one.stored is stored and one.rule.id == known.id]
            self._pending = [one for one in self._pending if one not in mine]
            if reason is not None:
                self._history(known).at(self._now()).failed += 1
        for one in mine:
            if reason is not None:
                self._tell(one, FAILED, reason)
            elif one.timed and self._is_late(one):
                self._tell(one, LATE)

    def forget(self, stored: Any) -> None:
        """No rule copies it any more."""
        with self._lock:
            self._pending = [one for one in self._pending if one.stored is not stored]

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()
            self._histories.clear()

    def points(self, account: str, region: str) -> Iterator[MetricDatum]:
        """An account's metrics in a Region: what waits in its destinations' Region, failures in the source's."""
        with self._lock:
            self._measure()
            for rule in self._rules(account):
                self._history(rule).at(self._now())  # nothing waits: that is published too
            shown = [
                (rule, minute, one)
                for rule, history in self._histories.items()
                for minute, one in history.minutes.items()
            ]
        for rule, minute, one in shown:
            if rule.account != account:
                continue
            at = datetime.fromtimestamp(minute * _MINUTE, UTC).replace(tzinfo=None)  # as moto compares them
            values: tuple[tuple[str, float, str], ...] = ()
            if rule.target_region == region:
                values += (
                    ("ReplicationLatency", one.latency, "Seconds"),
                    ("OperationsPendingReplication", one.operations, "Count"),
                    ("BytesPendingReplication", one.bytes, "Bytes"),
                )
            if rule.source_region == region:
                values += (("OperationsFailedReplication", one.failed, "Count"),)
            for name, value, unit in values:
                yield MetricDatum("AWS/S3", name, float(value), rule.dimensions, at, unit)

    def _rules(self, account: str) -> Iterator[_Rule]:
        """The rules with metrics of an account's buckets."""
        for backend in s3_backends[account].values():
            for bucket in list(backend.buckets.values()):
                for rule in (getattr(bucket, "replication", None) or {}).get("Rule") or ():
                    known = _rule(bucket, rule) if rule.get("Status") == "Enabled" else None
                    if known is not None:
                        yield known

    def _history(self, rule: _Rule) -> _History:
        return self._histories.setdefault(rule, _History())

    def _measure(self) -> None:
        now = self._now()
        waiting: dict[_Rule, list[_Operation]] = {}
        for one in self._pending:
            waiting.setdefault(one.rule, []).append(one)
        for rule, some in waiting.items():
            minute = self._history(rule).at(now)
            minute.latency = max(minute.latency, *(now - one.written for one in some))
            minute.operations = max(minute.operations, len(some))
            minute.bytes = max(minute.bytes, sum(_size(one.stored) for one in some))

    def _is_late(self, one: _Operation) -> bool:
        return self._now() - one.written > _MINUTES * _MINUTE

    def _tell(self, one: _Operation, event: str, reason: str = "") -> None:
        if isinstance(one.stored, FakeDeleteMarker):
            return  # the name of this operation in an event is not published
        data = {
            "replicationRuleId": one.rule.id,
            "destinationBucket": f"arn:{_partition(one.rule)}:s3:::{one.rule.target}",
            "s3Operation": "OBJECT_PUT",
            "requestTime": notifications.timestamp(one.written),
        }
        more = {"replicationEventData": data | ({"failureReason": reason} if reason else {})}
        notifications.send(one.rule.source, event, one.stored, self._now(), more)


def _enabled(setting: Mapping[str, Any] | None) -> bool:
    return (setting or {}).get("Status") == "Enabled"


def _rule(bucket: Any, rule: Mapping[str, Any]) -> _Rule | None:
    """The rule of a bucket as it is watched; None when it has no metrics."""
    destination = rule["Destination"]
    if not (_enabled(destination.get("Metrics")) or _enabled(destination.get("ReplicationTime"))):
        return None
    target = destination["Bucket"].rpartition(":")[2]
    there = notifications.find_bucket(target)
    region = there.region_name if there is not None else bucket.region_name
    return _Rule(bucket.account_id, bucket.name, bucket.region_name, target, region, rule["ID"])


def _size(stored: Any) -> int:
    return 0 if isinstance(stored, FakeDeleteMarker) else int(stored.size)


def _partition(rule: _Rule) -> str:
    source = notifications.find_bucket(rule.source)
    return str(source.partition) if source is not None else "aws"


watch = Watch(clock.time)


class _Metrics(CloudWatchMetricProvider):
    """moto's CloudWatch asks every class of this kind what there is."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricDatum]:
        return list(watch.points(account_id, region))
