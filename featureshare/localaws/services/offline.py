"""The offline store: records are buffered per feature group and written as Parquet by a background thread.

One file per partition and flush, in the key layout of Feature Store (aws-facts.md 8). Each write is authorized as the
group's RoleArn; one that is denied blocks the offline store, keeps the records and is tried again, while PutRecord goes
on succeeding.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import catalog, grouprules, storage
from featureshare.localaws.services.offlinefile import Row, partition_of, place, to_parquet
from featureshare.localaws.services.runtime import authorize, clock, required, settings
from featureshare.localaws.services.state import FeatureGroup
from featureshare.localaws.services.values import Value

log = logging.getLogger(__name__)

_TICK = 0.05
MAX_BACKOFF = 8


@dataclass
class _Buffer:
    group: FeatureGroup
    rows: list[Row] = field(default_factory=list)
    due: float = 0.0
    attempts: int = 0


class OfflineWriter:
    """The buffers and the thread that empties them."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._buffers: dict[int, _Buffer] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def append(self, group: FeatureGroup, values: dict[str, Value], seconds: float, deleted: bool) -> None:
        row = Row(values, seconds, clock.time(), deleted)
        with self._lock:
            buffer = self._buffers.get(id(group))
            if buffer is None:
                buffer = self._buffers[id(group)] = _Buffer(group, due=self._monotonic() + settings().flush_delay)
            buffer.rows.append(row)

    def start(self) -> None:
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="offline-store", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread and drops what is not written yet."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._buffers.clear()

    def pending(self) -> int:
        """Rows that are not in S3 yet."""
        with self._lock:
            return sum(len(buffer.rows) for buffer in self._buffers.values())

    def flush(self, only_due: bool = False) -> None:
        """Writes the buffers: all of them, or those whose delay is over."""
        with self._writing:
            now = self._monotonic()
            with self._lock:
                ready = [key for key, buffer in self._buffers.items() if not only_due or buffer.due <= now]
                taken = [self._buffers.pop(key) for key in ready]
            for buffer in taken:
                left = self._write(buffer)
                if left:
                    self._keep(buffer, left)

    def _run(self) -> None:
        while not self._stop.wait(_TICK):
            try:
                self.flush(only_due=True)
            except Exception:
                # The thread must outlive a defect in one flush, or every later record would silently stay unwritten.
                log.exception("flushing the offline store failed")

    def _keep(self, failed: _Buffer, rows: list[Row]) -> None:
        with self._lock:
            buffer = self._buffers.setdefault(id(failed.group), _Buffer(failed.group))
            buffer.rows[:0] = rows
            buffer.attempts = failed.attempts + 1
            # Ever more seldom, because every attempt is a line in the decision log.
            buffer.due = self._monotonic() + settings().retry_delay * min(2**failed.attempts, MAX_BACKOFF)

    def _write(self, buffer: _Buffer) -> list[Row]:
        """Writes a buffer, one file per partition; returns the rows that could not be written."""
        group = buffer.group
        parts: dict[tuple[str, ...], list[Row]] = {}
        for row in buffer.rows:
            parts.setdefault(partition_of(row.event_time, group.iceberg), []).append(row)
        left: list[Row] = []
        reason: str | None = None
        assumed = False
        for partition, rows in parts.items():
            try:
                if not assumed:
                    authorize([grouprules.trust_check(group.role_arn or "", group.account, group.arn)])
                    assumed = True
                _write_file(group, partition, rows)
            except Exception as error:
                if not isinstance(error, ServiceError | storage.NoSuchBucketError):
                    log.exception("writing the offline store of %s failed", group.arn)
                reason = _reason(group, error)
                left.extend(rows)
        group.blocked_reason = reason
        # Nobody can unblock the store of a group that is gone.
        return [] if group.gone_at is not None else left


def _write_file(group: FeatureGroup, partition: tuple[str, ...], rows: list[Row]) -> None:
    if group.data_uri is None:
        return
    bucket, prefix = storage.split(group.data_uri)
    folder, name = place(partition, rows, group.iceberg)
    key = f"{prefix}/{folder}/{name}"
    if storage.owner(bucket) is None:
        raise storage.NoSuchBucketError(bucket)
    authorize(required(grouprules.write_call(group, bucket, key)))
    content = to_parquet(group.features.values(), rows, clock.time())
    kms_key = (group.offline or {})["S3StorageConfig"].get("KmsKeyId")
    # The role may set ACLs (s3:PutObjectAcl, as documented), so that the bucket's owner gets what it writes.
    storage.put(bucket, key, content, writer=group.account, acl="bucket-owner-full-control", kms_key=kms_key)
    names = group.catalog
    if names and not group.iceberg and not (group.offline or {}).get("DisableGlueTableCreation"):
        catalog.add_partition(
            group.account, group.region, names["Database"], names["TableName"], partition, f"{group.data_uri}/{folder}"
        )


def _reason(group: FeatureGroup, error: Exception) -> str:
    if isinstance(error, storage.NoSuchBucketError):
        return f"The S3 bucket {error} of the offline store does not exist"
    detail = error.message if isinstance(error, ServiceError) else f"{type(error).__name__}: {error}"
    return f"The role {group.role_arn} could not write to {group.data_uri}: {detail}"


writer = OfflineWriter(time.monotonic)


def append(group: FeatureGroup, values: dict[str, Value], seconds: float, deleted: bool = False) -> None:
    """Appends a record (or, with `deleted`, the marker of a deletion) to the offline store of a group."""
    writer.append(group, values, seconds, deleted)
