"""Receipts: what is missing, extra or different between a source and its replica."""

from copy import deepcopy as copy_of
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from featureshare.journeys.sessions import NoSession
from featureshare.replicas import backfill
from featureshare.replicas.observe import looked_at, receipts
from featureshare.replicas.receipt import OUTSIDE, Version, by_group, compare

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def version(key: str = "sessions/a", id: str = "1", size: int = 10, age: float = 0, **more: Any) -> Version:
    return Version(key, id, size, NOW - timedelta(seconds=age), **more)


def test_a_complete_copy() -> None:
    found = compare("sessions", [version(age=9), version(id="2")], [version(age=9), version(id="2")], NOW)
    assert (found.complete, found.source, found.copied, found.lag) == (True, 2, 2, 0.0)


def test_a_missing_version_of_a_key_that_is_there() -> None:
    found = compare("sessions", [version(), version(id="2", age=90), version(id="3", age=30)], [version()], NOW)
    assert not found.complete
    assert found.missing == ("sessions/a?versionId=2", "sessions/a?versionId=3")
    assert found.lag == 90.0


def test_an_extra_version_is_shown_and_is_no_lack() -> None:
    found = compare("sessions", [version()], [version(), version(id="2")], NOW)
    assert (found.extra, found.complete) == (("sessions/a?versionId=2",), True)


@pytest.mark.parametrize(
    ("ours", "theirs", "different", "checksums"),
    [
        ({"size": 10}, {"size": 11}, 1, 0),
        ({"checksum": "ChecksumSHA256:a"}, {"checksum": "ChecksumSHA256:b"}, 1, 1),
        ({"checksum": "ChecksumSHA256:a"}, {"checksum": "ChecksumSHA256:a"}, 0, 1),
        ({"checksum": "ChecksumSHA256:a"}, {"checksum": "ChecksumCRC32:b"}, 0, 0),
        ({"checksum": "ChecksumSHA256:a"}, {}, 0, 0),
    ],
)
def test_size_and_checksums_where_both_have_one(
    ours: dict[str, Any], theirs: dict[str, Any], different: int, checksums: int
) -> None:
    found = compare("sessions", [version(**ours)], [version(**theirs)], NOW)
    assert (len(found.different), found.checksums, found.complete) == (different, checksums, not different)


def test_a_failed_version_is_not_complete_even_if_it_is_there() -> None:
    found = compare("sessions", [version(status="FAILED")], [version()], NOW)
    assert (found.statuses, found.complete) == ({"FAILED": 1}, False)


def test_what_lies_under_no_group() -> None:
    found = by_group([version(), version("reviews/a"), version("sessions-v2/a")], {"sessions": "sessions/"})
    assert [one.key for one in found["sessions"]] == ["sessions/a"]
    assert [one.key for one in found[OUTSIDE]] == ["reviews/a", "sessions-v2/a"]


class Bucket:
    """An S3 client over a few versions."""

    def __init__(self, *held: Version) -> None:
        self.held = held

    def get_paginator(self, _: str) -> "Bucket":
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803
        return [
            {"Versions": [{"Key": v.key, "VersionId": v.id, "Size": v.size, "LastModified": v.modified}]}
            for v in self.held
            if v.key.startswith(Prefix)
        ]

    def head_object(self, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"VersionId": "2", "ReplicationStatus": "PENDING", "ChecksumSHA256": "x"}


def test_readers_see_the_current_version_alone() -> None:
    found = looked_at(lambda group: Bucket(), "sessions", "b", [version(), version(id="2")])
    assert [(one.status, one.checksum) for one in found] == [(None, None), ("PENDING", "ChecksumSHA256:x")]


RENDER = {
    "environment": {"name": "local", "central_account": "222222222222", "partition": "aws"},
    "replication": {
        "bucket": "source",
        "role": "arn:aws:iam::222222222222:role/fs/replication/fs-replication",
        "rules": [
            {"id": "attic-sessions", "bucket": "arn:aws:s3:::attic", "prefix": "sessions/", "time_control": True},
            {"id": "lab-sessions", "bucket": "arn:aws:s3:::copy", "prefix": "sessions/", "time_control": False},
        ],
    },
    "replicas": {"lab": {"bucket": "copy", "groups": {"sessions": {"prefix": "sessions/"}}}},
}


def test_receipts_of_a_replica_with_nobody_to_look() -> None:
    def nobody(group: str) -> Any:
        raise NoSession("nobody")

    source, copy = Bucket(version(), version(id="2"), version("users/a")), Bucket(version(), version("reviews/a"))
    found = receipts(RENDER, "lab", source, copy, look=(nobody, nobody), heads=10)
    assert [(one.group, one.source, len(one.missing), len(one.extra)) for one in found] == [
        ("sessions", 2, 1, 0),
        (OUTSIDE, 0, 0, 1),
    ]
    assert found[0].statuses == {}


def test_the_rule_that_has_missed_its_threshold_is_named() -> None:
    def nobody(group: str) -> Any:
        raise NoSession("nobody")

    source, copy = Bucket(Version("sessions/a", "1", 10, datetime.now(UTC) - timedelta(minutes=16))), Bucket()
    render = copy_of(RENDER)
    for timed, late in ((False, ""), (True, "lab-sessions")):
        render["replication"]["rules"][1]["time_control"] = timed
        (found,) = receipts(render, "lab", source, copy, look=(nobody, nobody), heads=10)
        assert (found.late, found.as_dict()["late"], len(found.missing)) == (late, late, 1)


@pytest.mark.parametrize(
    ("age", "there", "status", "late"),
    [
        (901, False, "PENDING", "rule"),
        (901, False, None, "rule"),
        (900, False, "PENDING", ""),
        (901, True, "COMPLETED", ""),
        (901, False, "NONE", ""),  # older than the rule: nobody copies it but a job
    ],
)
def test_what_is_late_under_time_control(age: float, there: bool, status: str | None, late: str) -> None:
    source = [version(age=age, status=status), version(id="2", age=1)]
    assert compare("sessions", source, source[:there], NOW, "rule").late == late
    assert compare("sessions", source, source[:there], NOW).late == ""


class Jobs:
    """S3 Control with one job."""

    def __init__(self, *states: str) -> None:
        self.states, self.request = list(states), {}  # type: ignore[var-annotated]

    def create_job(self, **request: Any) -> dict[str, str]:
        self.request = request
        return {"JobId": "j"}

    def describe_job(self, **_: str) -> dict[str, Any]:
        tally = {"TotalNumberOfTasks": 2, "NumberOfTasksSucceeded": 1, "NumberOfTasksFailed": 1}
        return {"Job": {"Status": self.states.pop(0), "ProgressSummary": tally}}


def test_a_job_for_one_replica_is_about_its_groups() -> None:
    client = Jobs("Complete")
    assert backfill.start(client, RENDER, "lab") == "j"
    generator = client.request["ManifestGenerator"]["S3JobManifestGenerator"]
    assert generator["Filter"]["KeyNameConstraint"] == {"MatchAnyPrefix": ["sessions/"]}
    assert "COMPLETED" in generator["Filter"]["ObjectReplicationStatuses"]
    assert client.request["Operation"] == {"S3ReplicateObject": {}}
    job = backfill.wait(client, "222222222222", "j", 10)
    assert (job.status, job.ok, job.succeeded) == ("Complete", False, 1)
