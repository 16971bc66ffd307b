"""Replication Time Control: what S3 refuses, and what it tells of copies that take long or fail.

From the S3 user guide: replication-time-control, replication-metrics-events, replication-failure-codes, repl-metrics,
metrics-dimensions. The refusals are S3's as people report them (crossplane-contrib/provider-aws 1117) and as the API
reference has them (ReplicationTime, Metrics, ReplicationTimeValue).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.s3.models import s3_backends
from services_world import BUCKET, CENTRAL, CONSUMER, REGION, Call, World

from featureshare.iam.calls import Check
from featureshare.localaws import services
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import notifications
from featureshare.localaws.services.replication import replicator
from featureshare.localaws.services.replicationtime import failure_reason, watch

FAR = "eu-central-1"
TARGET = f"fs-far-replica-{CONSUMER}-{FAR}"
ROLE = f"arn:aws:iam::{CENTRAL}:role/fs/replication/fs-replication"
ON, OFF, QUARTER = {"Status": "Enabled"}, {"Status": "Disabled"}, {"Minutes": 15}
TIMED = {"ReplicationTime": {**ON, "Time": QUARTER}, "Metrics": {**ON, "EventThreshold": QUARTER}}


@pytest.fixture(autouse=True)
def held(world: World) -> Iterator[None]:
    """Nothing is copied but when a test says so."""
    before = services.configure().replication_delay
    services.configure(replication_delay=3600.0)
    for name, account, region in ((TARGET, CONSUMER, FAR), (BUCKET, CENTRAL, REGION)):
        if name == TARGET:
            s3_backends[account]["aws"].create_bucket(name, region)
        s3_backends[account]["aws"].put_bucket_versioning(name, "Enabled")
    yield
    services.configure(replication_delay=before)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """(event, key, replicationEventData) of what S3 would send."""
    sent: list[tuple[str, str, dict[str, Any]]] = []

    def send(name: str, event: str, stored: Any, now: float, more: Any) -> None:
        assert name == BUCKET
        sent.append((event.rpartition(":")[2], stored.name, more["replicationEventData"]))

    monkeypatch.setattr(notifications, "send", send)
    return sent


def configure(call: Call, **destination: Any) -> None:
    rule = {
        "ID": "far",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{TARGET}", **destination},
    }
    config = {"Role": ROLE, "Rules": [rule]}
    call("s3", "PutBucketReplication", Bucket=BUCKET, ReplicationConfiguration=config)


def write(key: str = "sessions/a", value: bytes = b"rows") -> Any:
    return s3_backends[CENTRAL]["aws"].put_object(BUCKET, key, value)


def later(minutes: float) -> None:
    services.clock.advance(minutes * 60)
    replicator.flush(only_due=True)


def metrics(region: str, account: str = CENTRAL) -> dict[str, list[float]]:
    """Values by metric, minute by minute."""
    found: dict[str, list[float]] = {}
    for point in watch.points(account, region):
        named = {dimension.name: dimension.value for dimension in point.dimensions}
        assert named == {"SourceBucket": BUCKET, "DestinationBucket": TARGET, "RuleId": "far"}
        found.setdefault(point.name, []).append(point.value)
    return found


@pytest.mark.parametrize(
    ("destination", "code", "words"),
    [
        ({"ReplicationTime": TIMED["ReplicationTime"]}, "InvalidRequest", "both ReplicationTime and Metrics"),
        ({**TIMED, "Metrics": ON}, "InvalidArgument", "must contain an event threshold"),
        ({**TIMED, "ReplicationTime": {**ON, "Time": {"Minutes": 10}}}, "InvalidArgument", "Invalid time minute value"),
        ({**TIMED, "ReplicationTime": ON}, "InvalidArgument", "Invalid time minute value"),
        ({**TIMED, "Metrics": {**ON, "EventThreshold": {"Minutes": 5}}}, "InvalidArgument", "Invalid event threshold"),
        ({"Metrics": TIMED["Metrics"]}, "InvalidArgument", "cannot contain an event threshold"),
        ({**TIMED, "ReplicationTime": {**OFF, "Time": QUARTER}}, "InvalidArgument", "cannot contain an event"),
    ],
)
def test_time_control_and_metrics_that_do_not_go_together_are_refused(
    call: Call, destination: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(ServiceError, match=words) as refused:
        configure(call, **destination)
    assert refused.value.code == code
    with pytest.raises(ServiceError, match="not found"):
        call("s3", "GetBucketReplication", Bucket=BUCKET)


@pytest.mark.parametrize(
    "destination",
    [{}, {"Metrics": ON}, {"Metrics": OFF}, {"Metrics": ON, "ReplicationTime": {**OFF, "Time": QUARTER}}, TIMED],
)
def test_what_goes_together_is_kept_as_given(call: Call, destination: dict[str, Any]) -> None:
    configure(call, **destination)
    (rule,) = call("s3", "GetBucketReplication", Bucket=BUCKET)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"] == {"Bucket": f"arn:aws:s3:::{TARGET}", **destination}


def test_a_missed_threshold_is_told_once_and_the_late_copy_after_it(
    call: Call, told: list[tuple[str, str, dict[str, Any]]]
) -> None:
    configure(call, **TIMED)
    written = services.clock.time()
    write()
    later(14)
    assert told == []
    later(2)
    later(2)
    data = {
        "replicationRuleId": "far",
        "destinationBucket": f"arn:aws:s3:::{TARGET}",
        "s3Operation": "OBJECT_PUT",
        "requestTime": told[0][2]["requestTime"],
    }
    assert told == [("OperationMissedThreshold", "sessions/a", data)]
    assert data["requestTime"].startswith(notifications.timestamp(written)[:16])
    replicator.flush()
    assert told[1:] == [("OperationReplicatedAfterThreshold", "sessions/a", data)]
    later(60)
    assert len(told) == 2


def test_a_copy_in_time_is_not_told_of(call: Call, told: list[Any]) -> None:
    configure(call, **TIMED)
    write()
    later(14)
    replicator.flush()
    later(60)
    assert told == []


def test_without_time_control_no_threshold_counts_and_failures_do(call: Call, told: list[Any], world: World) -> None:
    configure(call, Metrics=ON)
    write()
    later(60)
    assert told == []
    world.deny.add(f"s3:ReplicateObject arn:aws:s3:::{TARGET}")
    replicator.flush()
    assert [(event, data["failureReason"]) for event, _, data in told] == [
        ("OperationFailedReplication", "DstPutObjectNotPermitted")
    ]


def test_without_metrics_nothing_is_told_or_measured(call: Call, told: list[Any], world: World) -> None:
    configure(call)
    world.deny.add("s3:ReplicateObject")
    write()
    later(60)
    replicator.flush()
    assert (told, metrics(FAR), metrics(REGION)) == ([], {}, {})


@pytest.mark.parametrize(
    ("denied", "reason"),
    [
        ("sts:AssumeRole", "AssumeRoleNotPermitted"),
        ("s3:GetObjectVersionForReplication", "SrcGetObjectNotPermitted"),
        ("s3:GetObjectVersionAcl", "SrcGetAclNotPermitted"),
        ("s3:ReplicateObject", "DstPutObjectNotPermitted"),
        ("s3:GetReplicationConfiguration", None),  # no reason is published
    ],
)
def test_why_a_copy_failed(call: Call, told: list[Any], world: World, denied: str, reason: str | None) -> None:
    configure(call, **TIMED)
    world.deny.add(denied)
    write()
    replicator.flush()
    assert [data.get("failureReason") for _, _, data in told] == [reason]


def test_a_destination_that_is_gone_or_unversioned(call: Call, told: list[Any]) -> None:
    configure(call, Metrics=ON)
    write()
    there = s3_backends[CONSUMER]["aws"]
    there.get_bucket(TARGET).versioning_status = "Suspended"
    replicator.flush()
    there.delete_bucket(TARGET)
    write("sessions/b")
    replicator.flush()
    assert [data["failureReason"] for _, _, data in told] == ["DstBucketUnversioned", "DstBucketNotFound"]
    assert failure_reason(ServiceError("InternalError", "no idea")) == ""


def test_metrics_show_what_waits_where_it_goes_and_what_failed_where_it_was(
    call: Call, told: Any, world: World
) -> None:
    configure(call, **TIMED)
    write("sessions/old")
    replicator.flush()
    write("sessions/a", b"12345")
    s3_backends[CENTRAL]["aws"].delete_object(BUCKET, "sessions/old")  # a marker: an operation without bytes
    later(10)
    write("sessions/b", b"678")
    waiting = metrics(FAR)
    assert waiting["OperationsPendingReplication"][-1] == 3.0
    assert waiting["BytesPendingReplication"][-1] == 8.0
    assert 600 <= waiting["ReplicationLatency"][-1] < 660
    assert set(metrics(REGION)) == {"OperationsFailedReplication"}
    assert metrics(FAR, CONSUMER) == {}, "they are the metrics of the source's account"
    world.deny.add("s3:ReplicateObject")
    replicator.flush()
    later(1)
    assert metrics(FAR)["OperationsPendingReplication"][-1] == 0.0
    assert metrics(FAR)["ReplicationLatency"][-1] == 0.0
    assert sum(metrics(REGION)["OperationsFailedReplication"]) == 2.0, "two objects; the marker went"


def test_what_no_rule_copies_any_more_is_no_longer_watched(call: Call, told: list[Any]) -> None:
    configure(call, **TIMED)
    write()
    s3_backends[CENTRAL]["aws"].get_bucket(BUCKET).replication = None
    replicator.flush()
    later(60)
    assert told == []


def test_a_destination_hears_only_what_its_policy_lets_s3_send(call: Call, world: World) -> None:
    from moto.sqs.models import sqs_backends

    sqs_backends[CONSUMER][REGION].create_queue("late", {})
    queue = f"arn:aws:sqs:{REGION}:{CONSUMER}:late"
    events = ["s3:Replication:OperationMissedThreshold"]
    asked = {"QueueConfiguration": [{"Queue": queue, "Event": events, "Id": "alarm"}]}
    s3_backends[CENTRAL]["aws"].put_bucket_notification_configuration(BUCKET, asked)
    configure(call, **TIMED)
    write()
    world.deny.add("sqs:SendMessage")
    later(16)
    held = sqs_backends[CONSUMER][REGION].get_queue("late")
    assert held.messages == []
    (check,) = [one for one in world.asked if one.action == "sqs:SendMessage"]
    source = {"aws:SourceAccount": CENTRAL, "aws:SourceArn": f"arn:aws:s3:::{BUCKET}"}
    assert check == Check("sqs:SendMessage", queue, CONSUMER, source, as_role="s3.amazonaws.com", source=check.source)
    world.deny.clear()
    write("sessions/b")
    later(16)
    assert len(held.messages) == 1
