"""S3 replication: what is written under a rule is copied by a background thread, as the replication role.

A version keeps its id, times and metadata, and is encrypted under the rule's key; delete markers travel if a rule says
so. What a replica is, is not copied on; what was there before a rule is not copied, unless a batch job asks for it
(batchjobs.py). A copy that is denied ends as FAILED and stays so.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.s3.models import FakeDeleteMarker, s3_backends

from featureshare.iam.calls import Call
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.patches import versions as moto_versions
from featureshare.localaws.services.notifications import find_bucket
from featureshare.localaws.services.replicationtime import failure_reason, watch
from featureshare.localaws.services.runtime import authorize, required, settings

log = logging.getLogger(__name__)

PENDING, COMPLETED, FAILED, REPLICA = "PENDING", "COMPLETED", "FAILED", "REPLICA"
_TICK = 0.05
_SSE_KMS = ("aws:kms", "aws:kms:dsse")
_replicating = threading.local()


@dataclass(frozen=True)
class Task:
    """A version (or delete marker, as moto keeps it) to copy to every destination of its rules; written at `since`."""

    bucket: str
    stored: Any
    since: float


def rules_for(bucket: Any, stored: Any) -> list[Mapping[str, Any]]:
    """The rules that a version or delete marker of the bucket falls under: of each destination, the first in rank."""
    config = getattr(bucket, "replication", None) or {}
    chosen: dict[str, Mapping[str, Any]] = {}
    for rule in config.get("Rule") or ():
        target = rule["Destination"]["Bucket"]
        if not _applies(rule, bucket, stored):
            continue
        if target not in chosen or rule.get("Priority", 0) > chosen[target].get("Priority", 0):
            chosen[target] = rule
    return list(chosen.values())


def _applies(rule: Mapping[str, Any], bucket: Any, stored: Any) -> bool:
    if rule.get("Status") != "Enabled":
        return False
    wanted = rule.get("Filter") or {}
    both = wanted.get("And") or {}
    prefix = wanted.get("Prefix") or both.get("Prefix") or rule.get("Prefix") or ""
    tags = [*(both.get("Tags") or ()), *((wanted["Tag"],) if wanted.get("Tag") else ())]
    if not stored.name.startswith(prefix):
        return False
    if isinstance(stored, FakeDeleteMarker):
        return not tags and (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled"
    if tags:
        tagger = s3_backends[bucket.account_id][bucket.partition].tagger
        has = tagger.get_tag_dict_for_resource(stored.arn)
        if any(has.get(tag["Key"]) != tag["Value"] for tag in tags):
            return False
    criteria = rule.get("SourceSelectionCriteria") or {}
    chosen = (criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled"
    return chosen or stored.encryption not in _SSE_KMS


class Replicator:
    """The tasks that wait, and the thread that does them."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._working = threading.Lock()
        self._tasks: list[Task] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def heard(self, name: str, stored: Any) -> None:
        """A version or delete marker was written: it waits its turn when a rule applies."""
        if getattr(_replicating, "on", False):
            return
        bucket = find_bucket(name)
        rules = rules_for(bucket, stored) if bucket is not None else []
        if not rules:
            return
        if not isinstance(stored, FakeDeleteMarker):
            setattr(stored, moto_versions.STATUS, PENDING)
        watch.began(bucket, stored, rules)
        with self._lock:
            self._tasks.append(Task(name, stored, self._monotonic()))

    def start(self) -> None:
        moto_versions.listen(self.heard)
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="replication", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread and drops what waits."""
        moto_versions.listen(None)
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._lock:
            self._tasks.clear()
        watch.clear()

    def pending(self) -> int:
        """Versions that wait."""
        with self._lock:
            return len(self._tasks)

    def flush(self, only_due: bool = False) -> None:
        """Does the tasks: all of them, or those whose delay, as it is set now, is over."""
        with self._working:
            watch.look()
            written = self._monotonic() - settings().replication_delay
            with self._lock:
                ready = [task for task in self._tasks if not only_due or task.since <= written]
                self._tasks = [task for task in self._tasks if task not in ready]
            for task in ready:
                replicate(task.bucket, task.stored)

    def _run(self) -> None:
        while not self._stop.wait(_TICK):
            try:
                self.flush(only_due=True)
            except Exception:
                # The thread must outlive a defect in one copy, or nothing would be copied any more, in silence.
                log.exception("replicating failed")


def replicate(name: str, stored: Any) -> bool:
    """Copy a version or delete marker to the destination of each of its rules; says whether all went well."""
    bucket = find_bucket(name)
    if bucket is None:
        return False
    role = bucket.replication["Role"] if getattr(bucket, "replication", None) else ""
    good = True
    for rule in rules_for(bucket, stored):
        reason = None
        try:
            _copy(name, stored, rule, role)
        except ServiceError as error:
            reason = failure_reason(error)
        except Exception:
            log.exception("replicating %s/%s failed", name, stored.name)
            reason = ""
        watch.ended(stored, bucket, rule, reason)
        good = good and reason is None
    watch.forget(stored)
    if not isinstance(stored, FakeDeleteMarker):
        setattr(stored, moto_versions.STATUS, COMPLETED if good else FAILED)
    return good


def _copy(name: str, stored: Any, rule: Mapping[str, Any], role: str) -> None:
    target_name = rule["Destination"]["Bucket"].rpartition(":")[2]
    target = find_bucket(target_name)
    if target is None:
        raise ServiceError("DstBucketNotFound", f"{target_name} is not there")
    if not target.is_versioned:
        raise ServiceError("DstBucketUnversioned", f"{target_name} has no versions")
    source = find_bucket(name)
    key = (rule["Destination"].get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
    marker = isinstance(stored, FakeDeleteMarker)
    params = {"Role": role, "Bucket": name, "Key": stored.name, "Destination": target_name}
    if not marker:
        params |= {"VersionId": str(stored.version_id)} | ({"ReplicaKey": key} if key else {})
    operation = "_ReplicateDelete" if marker else "_Replicate"
    authorize(required(Call("s3", operation, params, source.account_id, source.region_name, role, source.partition)))
    if any(str(one.version_id) == str(stored.version_id) for one in target.keys.getlist(stored.name, [])):
        return
    backend = s3_backends[target.account_id][target.partition]
    _replicating.on = True
    try:
        if marker and target.keys.getlist(stored.name, []):
            copy: Any = backend._set_delete_marker(target_name, stored.name)
        elif marker:  # of an object that was there before the rule, and so was not copied
            copy = FakeDeleteMarker(stored.key)
            target.keys[stored.name] = copy
        else:
            encryption = {"encryption": "aws:kms", "kms_key_id": key} if key else {}
            copy = backend.put_object(target_name, stored.name, stored.value, **encryption)
            _like(copy, stored)
            setattr(copy, moto_versions.STATUS, REPLICA)
        copy._version_id = stored._version_id
        copy.last_modified = stored.last_modified
    finally:
        _replicating.on = False


def _like(copy: Any, stored: Any) -> None:
    copy.set_metadata(stored.metadata)
    for name in ("checksum_algorithm", "checksum_value", "checksum_type", "checksum_parts"):
        if hasattr(stored, name):
            setattr(copy, name, getattr(stored, name))


def versions(bucket: Any) -> Iterator[Any]:
    """Every version of every object in a bucket, delete markers left out."""
    for name in list(bucket.keys):
        yield from (one for one in bucket.keys.getlist(name, []) if not isinstance(one, FakeDeleteMarker))


replicator = Replicator(time.monotonic)
