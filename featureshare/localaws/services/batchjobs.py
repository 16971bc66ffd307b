"""S3 Batch Operations, as far as replication needs them: a job that copies what was there before the rules.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html
"""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from featureshare.iam.calls import Call
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.patches import versions as moto_versions
from featureshare.localaws.services import replication
from featureshare.localaws.services.notifications import find_bucket
from featureshare.localaws.services.runtime import authorize, clock, required

_NONE = "NONE"


@dataclass
class Job:
    """A job and how far it is."""

    id: str
    account: str
    request: Mapping[str, Any]
    created: datetime
    status: str = "New"
    ended: datetime | None = None
    total: int = 0
    succeeded: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)


_jobs: dict[tuple[str, str], Job] = {}
_tokens: dict[tuple[str, str], str] = {}


def create_job(call: Invocation) -> dict[str, Any]:
    """Start a batch replication job. Raises ServiceError for what is no such job."""
    _own_account(call)
    request = call.params
    if set(request.get("Operation") or {}) != {"S3ReplicateObject"}:
        raise ServiceError("NotImplemented", "The local AWS offers batch jobs that replicate, and no others.", 501)
    generator = (request.get("ManifestGenerator") or {}).get("S3JobManifestGenerator")
    if not generator or request.get("Manifest"):
        raise ServiceError("NotImplemented", "The local AWS takes jobs whose manifest S3 generates.", 501)
    name = str(generator["SourceBucket"]).rpartition(":")[2]
    bucket = find_bucket(name)
    if bucket is None:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    if not getattr(bucket, "replication", None):
        raise ServiceError("InvalidRequest", "The source bucket has no replication configuration", 400)
    token = (call.account, str(request.get("ClientRequestToken")))
    if token in _tokens:
        return {"JobId": _tokens[token]}
    waits = bool(request.get("ConfirmationRequired"))
    job = Job(str(uuid.uuid4()), call.account, request, clock.now(), "Suspended" if waits else "Active")
    _jobs[call.account, job.id] = job
    _tokens[token] = job.id
    if not waits:
        threading.Thread(target=_run, args=(job, name, call.region), name="batch-job", daemon=True).start()
    return {"JobId": job.id}


def describe_job(call: Invocation) -> dict[str, Any]:
    """A job: its status, its tally, and why it failed if it did."""
    _own_account(call)
    job = _jobs.get((call.account, str(call.params["JobId"])))
    if job is None:
        raise ServiceError("NoSuchJob", "The specified job does not exist", 404)
    described: dict[str, Any] = {
        "JobId": job.id,
        "JobArn": f"arn:aws:s3:{call.region}:{call.account}:job/{job.id}",
        "Status": job.status,
        "CreationTime": job.created,
        "Operation": job.request["Operation"],
        "Priority": job.request.get("Priority", 0),
        "RoleArn": job.request.get("RoleArn"),
        "ProgressSummary": {
            "TotalNumberOfTasks": job.total,
            "NumberOfTasksSucceeded": job.succeeded,
            "NumberOfTasksFailed": job.failed,
        },
        "FailureReasons": [{"FailureCode": "AccessDenied", "FailureReason": reason} for reason in job.reasons[:5]],
    }
    if job.ended is not None:
        described["TerminationDate"] = job.ended
    return {"Job": described}


def clear() -> None:
    """Forgets all jobs."""
    _jobs.clear()
    _tokens.clear()


def _own_account(call: Invocation) -> None:
    if str(call.params.get("AccountId")) != call.caller.account:
        raise ServiceError("AccessDenied", "Access Denied", 403)


def _run(job: Job, name: str, region: str) -> None:
    bucket = find_bucket(name)
    generator = job.request["ManifestGenerator"]["S3JobManifestGenerator"]
    chosen = [stored for stored in replication.versions(bucket) if _wanted(bucket, stored, generator.get("Filter"))]
    job.total = len(chosen)
    for stored in chosen:
        params = {"Role": job.request["RoleArn"], "Bucket": name, "Key": stored.name}
        try:
            authorize(required(Call("s3", "_TakeJob", params, job.account, region, "")))
            good = replication.replicate(name, stored)
        except ServiceError as error:
            good = False
            job.reasons.append(error.message)
        job.succeeded, job.failed = job.succeeded + good, job.failed + (not good)
    job.ended = clock.now()
    job.status = "Failed" if chosen and not job.succeeded else "Complete"


def _wanted(bucket: Any, stored: Any, given: Mapping[str, Any] | None) -> bool:
    """Whether a version is in the manifest: a rule covers it and its status is among those asked for."""
    status = getattr(stored, moto_versions.STATUS, _NONE)
    if status == replication.REPLICA or not replication.rules_for(bucket, stored):
        return False
    asked = (given or {}).get("ObjectReplicationStatuses")
    prefixes = ((given or {}).get("KeyNameConstraint") or {}).get("MatchAnyPrefix")
    return (not asked or status in asked) and (not prefixes or stored.name.startswith(tuple(prefixes)))


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3control", "CreateJob"): create_job,
    ("s3control", "DescribeJob"): describe_job,
}
