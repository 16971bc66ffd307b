"""Replication: what S3 copies, as whom, and what it leaves alone.

Rules from the S3 user guide: replication-what-is-isnot-replicated, replication-status, s3-batch-replication-batch.
"""

from typing import Any

import pytest
from moto.s3.models import FakeDeleteMarker, s3_backends
from services_world import BUCKET, CENTRAL, CONSUMER, KEY, REGION, Call, World, wait

from featureshare.localaws import services
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.patches.versions import STATUS
from featureshare.localaws.services.replication import replicator

TARGET = f"fs-research-replica-{CONSUMER}-{REGION}"
OTHER = f"fs-attic-replica-{CENTRAL}-{REGION}"
ROLE = f"arn:aws:iam::{CENTRAL}:role/fs/replication/fs-replication"
REPLICA_KEY = f"arn:aws:kms:{REGION}:{CONSUMER}:key/99999999-2222-3333-4444-555555555555"


def rule(prefix: str = "sessions/", target: str = TARGET, **changes: Any) -> dict[str, Any]:
    return {
        "ID": f"{target}{prefix}",
        "Priority": len(prefix) + len(target),
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{target}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": REPLICA_KEY},
        },
        **changes,
    }


@pytest.fixture
def configure(world: World, call: Call) -> Any:
    for name, account in ((TARGET, CONSUMER), (OTHER, CENTRAL)):
        s3_backends[account]["aws"].create_bucket(name, REGION)
        s3_backends[account]["aws"].put_bucket_versioning(name, "Enabled")
    s3_backends[CENTRAL]["aws"].put_bucket_versioning(BUCKET, "Enabled")

    def put(*rules: dict[str, Any]) -> None:
        config = {"Role": ROLE, "Rules": list(rules)}
        call("s3", "PutBucketReplication", Bucket=BUCKET, ReplicationConfiguration=config)

    return put


def write(key: str = "sessions/a", value: bytes = b"rows", bucket: str = BUCKET) -> Any:
    return s3_backends[CENTRAL]["aws"].put_object(bucket, key, value, encryption="aws:kms", kms_key_id=KEY)


def copies(bucket: str = TARGET, account: str = CONSUMER) -> list[Any]:
    held = s3_backends[account]["aws"].get_bucket(bucket)
    return [one for key in sorted(held.keys) for one in held.keys.getlist(key)]


def status(stored: Any) -> str | None:
    return getattr(stored, STATUS, None)


def test_a_version_is_copied_under_its_id_time_and_another_key(configure: Any) -> None:
    configure(rule())
    stored = write()
    assert stored.response_dict["x-amz-replication-status"] == "PENDING"
    replicator.flush()
    (copy,) = copies()
    assert (copy.name, copy.value, copy.version_id) == (stored.name, b"rows", stored.version_id)
    assert copy.last_modified == stored.last_modified
    assert (copy.encryption, copy.kms_key_id) == ("aws:kms", REPLICA_KEY)
    assert (status(stored), status(copy)) == ("COMPLETED", "REPLICA")


def test_it_happens_in_the_background(configure: Any) -> None:
    configure(rule())
    stored = write()
    assert wait(lambda: status(stored) == "COMPLETED")


def test_what_waits_goes_by_the_delay_as_it_is_set_now(configure: Any) -> None:
    before = services.configure().replication_delay
    services.configure(replication_delay=3600.0)
    try:
        configure(rule())
        stored = write()
        replicator.flush(only_due=True)
        assert (status(stored), replicator.pending()) == ("PENDING", 1)
    finally:
        services.configure(replication_delay=before)
    assert wait(lambda: status(stored) == "COMPLETED")


def test_what_is_asked_and_of_whom(configure: Any, world: World) -> None:
    configure(rule())
    world.asked.clear()
    write()
    replicator.flush()
    asked = {(check.action, check.resource, check.as_role) for check in world.asked}
    source, target = f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{TARGET}"
    assert asked == {
        ("sts:AssumeRole", ROLE, "s3.amazonaws.com"),
        ("s3:GetReplicationConfiguration", source, ROLE),
        ("s3:ListBucket", source, ROLE),
        ("s3:GetObjectVersionForReplication", f"{source}/sessions/a", ROLE),
        ("s3:GetObjectVersionAcl", f"{source}/sessions/a", ROLE),
        ("kms:Decrypt", KEY, ROLE),
        ("s3:ReplicateObject", f"{target}/sessions/a", ROLE),
        ("kms:Encrypt", REPLICA_KEY, ROLE),
    }
    (taken,) = [check for check in world.asked if check.action == "sts:AssumeRole"]
    assert taken.context == {"aws:SourceAccount": CENTRAL, "aws:SourceArn": source}


@pytest.mark.parametrize(
    "denied",
    [
        "sts:AssumeRole",
        "s3:GetObjectVersionForReplication",
        f"kms:Decrypt {KEY}",
        f"s3:ReplicateObject arn:aws:s3:::{TARGET}",
        "kms:Encrypt",
    ],
)
def test_what_is_denied_fails_and_stays_so(denied: str, configure: Any, world: World) -> None:
    configure(rule())
    world.deny.add(denied)
    stored = write()
    replicator.flush()
    assert (status(stored), copies()) == ("FAILED", [])
    world.deny.clear()
    replicator.flush()
    assert status(stored) == "FAILED"


@pytest.mark.parametrize(
    "changed",
    [
        {"Status": "Disabled"},
        {"Filter": {"Prefix": "users/"}},
        {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Disabled"}}},
        {"Filter": {"And": {"Prefix": "sessions/", "Tags": [{"Key": "copy", "Value": "yes"}]}}},
    ],
)
def test_what_no_rule_is_about_is_left_alone(changed: dict[str, Any], configure: Any) -> None:
    configure(rule(**changed))
    stored = write()
    replicator.flush()
    assert (status(stored), copies()) == (None, [])


def test_what_was_there_before_the_rule_is_not_copied(configure: Any) -> None:
    stored = write()
    configure(rule())
    replicator.flush()
    assert (status(stored), copies()) == (None, [])


def test_replicas_are_not_copied_on(configure: Any, call: Call) -> None:
    configure(rule())
    onward = {"Role": ROLE, "Rules": [rule(target=OTHER)]}
    call("s3", "PutBucketReplication", account=CONSUMER, Bucket=TARGET, ReplicationConfiguration=onward)
    write()
    replicator.flush()
    replicator.flush()
    assert len(copies()) == 1
    assert copies(OTHER, CENTRAL) == []


def test_two_destinations_and_one_that_refuses(configure: Any, world: World) -> None:
    configure(rule(), rule(target=OTHER))
    world.deny.add(f"s3:ReplicateObject arn:aws:s3:::{OTHER}")
    stored = write()
    replicator.flush()
    assert (len(copies()), copies(OTHER, CENTRAL), status(stored)) == (1, [], "FAILED")


def test_of_rules_to_one_destination_the_first_in_rank_counts(configure: Any) -> None:
    low = rule(ID="low", Priority=1)
    low["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": KEY}
    configure(low, rule(ID="high", Priority=2))
    write()
    replicator.flush()
    assert [copy.kms_key_id for copy in copies()] == [REPLICA_KEY]


@pytest.mark.parametrize("travels", [True, False])
def test_delete_markers_travel_where_the_rule_says_so(travels: bool, configure: Any) -> None:
    configure(rule(DeleteMarkerReplication={"Status": "Enabled" if travels else "Disabled"}))
    write()
    replicator.flush()
    s3_backends[CENTRAL]["aws"].delete_object(BUCKET, "sessions/a")
    replicator.flush()
    assert [isinstance(one, FakeDeleteMarker) for one in copies()] == ([False, True] if travels else [False])


def test_a_delete_marker_travels_also_where_its_object_was_there_before_the_rule(configure: Any) -> None:
    stored = write()
    configure(rule(DeleteMarkerReplication={"Status": "Enabled"}))
    s3_backends[CENTRAL]["aws"].delete_object(BUCKET, "sessions/a")
    replicator.flush()
    (marker,) = copies()
    assert isinstance(marker, FakeDeleteMarker)
    assert marker.version_id == s3_backends[CENTRAL]["aws"].get_bucket(BUCKET).keys["sessions/a"].version_id
    assert (marker.version_id != stored.version_id, status(stored)) == (True, None)


def test_the_deletion_of_a_version_never_travels(configure: Any) -> None:
    configure(rule(DeleteMarkerReplication={"Status": "Enabled"}))
    stored = write()
    replicator.flush()
    s3_backends[CENTRAL]["aws"].delete_object(BUCKET, "sessions/a", version_id=stored.version_id)
    replicator.flush()
    assert len(copies()) == 1


# jobs ---------------------------------------------------------------------------------------------------------------


def job(call: Call, **changes: Any) -> str:
    generator = {
        "SourceBucket": f"arn:aws:s3:::{BUCKET}",
        "EnableManifestOutput": False,
        "Filter": {"EligibleForReplication": True, **changes},
    }
    made = call(
        "s3control",
        "CreateJob",
        AccountId=CENTRAL,
        Operation={"S3ReplicateObject": {}},
        ClientRequestToken=str(changes),
        Priority=1,
        RoleArn=ROLE,
        Report={"Enabled": False},
        ManifestGenerator={"S3JobManifestGenerator": generator},
    )
    return str(made["JobId"])


def ended(call: Call, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = call("s3control", "DescribeJob", AccountId=CENTRAL, JobId=name)["Job"]
        return found if found["Status"] in ("Complete", "Failed") else None

    return dict(wait(look))


def test_a_job_copies_what_was_there_before(configure: Any, call: Call, world: World) -> None:
    stored = write()
    write("reviews/a")
    configure(rule())
    world.asked.clear()
    found = ended(call, job(call))
    assert found["Status"] == "Complete"
    assert found["ProgressSummary"] == {
        "TotalNumberOfTasks": 1,
        "NumberOfTasksSucceeded": 1,
        "NumberOfTasksFailed": 0,
    }
    assert [copy.version_id for copy in copies()] == [stored.version_id]
    assert "s3:InitiateReplication" in world.actions()
    assert {c.as_role for c in world.asked if c.action == "sts:AssumeRole"} == {
        "batchoperations.s3.amazonaws.com",
        "s3.amazonaws.com",
    }


def test_a_job_that_is_denied_says_so(configure: Any, call: Call, world: World) -> None:
    write()
    configure(rule())
    world.deny.add("s3:InitiateReplication")
    found = ended(call, job(call))
    assert (found["Status"], found["ProgressSummary"]["NumberOfTasksFailed"]) == ("Failed", 1)
    assert "s3:InitiateReplication" in found["FailureReasons"][0]["FailureReason"]


def test_a_job_chooses_by_status_and_prefix(configure: Any, call: Call) -> None:
    configure(rule(""))
    write("sessions/a")
    replicator.flush()
    assert ended(call, job(call, ObjectReplicationStatuses=["NONE"]))["ProgressSummary"]["TotalNumberOfTasks"] == 0
    prefixes = {"MatchAnyPrefix": ["users/"]}
    assert ended(call, job(call, KeyNameConstraint=prefixes))["ProgressSummary"]["TotalNumberOfTasks"] == 0
    assert (
        ended(call, job(call, ObjectReplicationStatuses=["COMPLETED"]))["ProgressSummary"]["NumberOfTasksSucceeded"]
        == 1
    )
    assert len(copies()) == 1


def test_a_job_of_another_account_or_kind_is_refused(configure: Any, call: Call) -> None:
    configure(rule())
    with pytest.raises(ServiceError, match="Access Denied"):
        call("s3control", "DescribeJob", account=CONSUMER, AccountId=CENTRAL, JobId=job(call))
    with pytest.raises(ServiceError, match="replicate"):
        call("s3control", "CreateJob", AccountId=CENTRAL, Operation={"S3DeleteObjectTagging": {}})
