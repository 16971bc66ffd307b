"""Copying what was there before the rules: S3 Batch Replication, one job for an environment or a replica's groups.

The manifest is S3's own. It holds what is already copied as well: an object that has reached one replica counts as
COMPLETED and would otherwise never reach one that is declared later; what is there already is not copied again.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ENDED = ("Complete", "Failed", "Cancelled")
_POLL = 1.0


@dataclass(frozen=True)
class Job:
    """A batch job and how it went: the numbers of its objects."""

    id: str
    status: str
    total: int
    succeeded: int
    failed: int
    reasons: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it has not failed so far, in whole or in part."""
        return self.status not in ("Failed", "Cancelled") and not self.failed


def start(client: Any, render: Mapping[str, Any], name: str | None) -> str:
    """Start the job and return its id. `client` is for S3 Control; raises botocore's ClientError."""
    replication, environment = render["replication"], render["environment"]
    replicas = render["replicas"]
    chosen = replicas.values() if name is None else [replicas[name]]
    prefixes = sorted({group["prefix"] for replica in chosen for group in replica["groups"].values()})
    answer = client.create_job(
        AccountId=environment["central_account"],
        ConfirmationRequired=False,
        Operation={"S3ReplicateObject": {}},
        Report={"Enabled": False},
        ClientRequestToken=str(uuid.uuid4()),
        Description=f"Replicate existing objects of {environment['name']}",
        Priority=10,
        RoleArn=replication["role"],
        ManifestGenerator={
            "S3JobManifestGenerator": {
                "ExpectedBucketOwner": environment["central_account"],
                "SourceBucket": f"arn:{environment['partition']}:s3:::{replication['bucket']}",
                "EnableManifestOutput": False,
                "Filter": {
                    "EligibleForReplication": True,
                    "ObjectReplicationStatuses": ["NONE", "FAILED", "COMPLETED"],
                    "KeyNameConstraint": {"MatchAnyPrefix": prefixes},
                },
            }
        },
    )
    return str(answer["JobId"])


def look(client: Any, account: str, job: str) -> Job:
    """How a job stands."""
    found = client.describe_job(AccountId=account, JobId=job)["Job"]
    progress = found.get("ProgressSummary") or {}
    return Job(
        id=job,
        status=found["Status"],
        total=progress.get("TotalNumberOfTasks", 0),
        succeeded=progress.get("NumberOfTasksSucceeded", 0),
        failed=progress.get("NumberOfTasksFailed", 0),
        reasons=tuple(str(one.get("FailureReason")) for one in found.get("FailureReasons") or ()),
    )


def wait(client: Any, account: str, job: str, seconds: float) -> Job:
    """Look until the job has ended, or for so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = look(client, account, job)
        if found.status in _ENDED or time.monotonic() > deadline:
            return found
        time.sleep(_POLL)
