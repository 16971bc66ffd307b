"""Replication end to end through the gateway: boto3 as client, the replication role's own policies in force."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gateway_support import OTHER, OWNER, REGION, Aws, allow, document, refusal, statement, trust

from featureshare.runner.clients import to_one_host

SOURCE, TARGET = f"source-{OWNER}", f"target-{OTHER}"
BATCH = "batchoperations.s3.amazonaws.com"


@pytest.fixture(scope="module")
def role(aws: Aws) -> str:
    """The replication role: it may copy what lies under `a/`."""
    here, there = f"arn:aws:s3:::{SOURCE}", f"arn:aws:s3:::{TARGET}"
    reading = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:InitiateReplication"]
    rules = ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:PutInventoryConfiguration"]
    policy = document(
        statement("Allow", rules, here),
        statement("Allow", reading, f"{here}/*"),
        statement("Allow", "s3:ReplicateObject", f"{there}/a/*"),
    )
    services = {"Service": ["s3.amazonaws.com", BATCH]}
    return aws.role("replicates", policy, trust=trust(services, StringEquals={"aws:SourceAccount": OWNER}))


@pytest.fixture(scope="module")
def buckets(aws: Aws, admin: str, role: str) -> dict[str, Any]:
    """Clients of both owners; the source replicates everything, the target admits the role."""
    other = aws.role("admin-other", allow("*"), account=OTHER)
    clients = {OWNER: aws.as_role("s3", admin), OTHER: aws.as_role("s3", other)}
    place = {"LocationConstraint": REGION}
    for name, account in ((SOURCE, OWNER), (TARGET, OTHER)):
        clients[account].create_bucket(Bucket=name, CreateBucketConfiguration=place)
        clients[account].put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    admits = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
        "Action": "s3:ReplicateObject",
        "Resource": f"arn:aws:s3:::{TARGET}/*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role}},
    }
    clients[OTHER].put_bucket_policy(Bucket=TARGET, Policy=document(admits))
    clients[OWNER].put_object(Bucket=SOURCE, Key="a/before", Body=b"old")
    rule = {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{TARGET}"},
    }
    clients[OWNER].put_bucket_replication(Bucket=SOURCE, ReplicationConfiguration={"Role": role, "Rules": [rule]})
    return clients


def settled(client: Any, key: str) -> str:
    """The replication status of an object once it is no longer pending."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        status = client.head_object(Bucket=SOURCE, Key=key).get("ReplicationStatus", "NONE")
        if status != "PENDING":
            return str(status)
        time.sleep(0.05)
    raise AssertionError("still pending")


def test_a_copy_arrives_in_another_account(buckets: dict[str, Any]) -> None:
    put = buckets[OWNER].put_object(Bucket=SOURCE, Key="a/new", Body=b"rows", Metadata={"k": "v"})
    assert settled(buckets[OWNER], "a/new") == "COMPLETED"
    got = buckets[OTHER].get_object(Bucket=TARGET, Key="a/new")
    assert (got["Body"].read(), got["VersionId"], got["Metadata"]) == (b"rows", put["VersionId"], {"k": "v"})
    assert got["ReplicationStatus"] == "REPLICA"


def test_what_the_role_may_not_copy_fails(buckets: dict[str, Any]) -> None:
    buckets[OWNER].put_object(Bucket=SOURCE, Key="b/new", Body=b"rows")
    assert settled(buckets[OWNER], "b/new") == "FAILED"
    assert refusal(buckets[OTHER].head_object, Bucket=TARGET, Key="b/new")[2] == 404


def test_a_batch_job_copies_what_was_there_before(aws: Aws, admin: str, role: str, buckets: dict[str, Any]) -> None:
    assert settled(buckets[OWNER], "a/before") == "NONE"
    client = to_one_host(aws.client("s3control", aws.keys(admin)))
    request = {
        "AccountId": OWNER,
        "ConfirmationRequired": False,
        "Operation": {"S3ReplicateObject": {}},
        "Report": {"Enabled": False},
        "ClientRequestToken": "one",
        "Priority": 1,
        "RoleArn": role,
        "ManifestGenerator": {
            "S3JobManifestGenerator": {
                "SourceBucket": f"arn:aws:s3:::{SOURCE}",
                "EnableManifestOutput": False,
                "Filter": {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE"]},
            }
        },
    }
    job = client.create_job(**request)["JobId"]
    assert client.create_job(**request)["JobId"] == job, "the same request token is the same job"
    end = time.monotonic() + 20
    while (found := client.describe_job(AccountId=OWNER, JobId=job)["Job"])["Status"] not in ("Complete", "Failed"):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert (found["Status"], found["ProgressSummary"]["NumberOfTasksSucceeded"]) == ("Complete", 1)
    assert buckets[OTHER].get_object(Bucket=TARGET, Key="a/before")["Body"].read() == b"old"


def test_a_job_needs_the_right_to_pass_its_role(aws: Aws, role: str, buckets: dict[str, Any]) -> None:
    def jobs(*statements: dict[str, Any]) -> Any:
        name = f"jobs-{len(statements)}-{len(json.dumps(statements))}"
        return to_one_host(aws.client("s3control", aws.keys(aws.role(name, document(*statements)))))

    request: dict[str, Any] = {
        "AccountId": OWNER,
        "Operation": {"S3ReplicateObject": {}},
        "Report": {"Enabled": False},
        "ClientRequestToken": "two",
        "Priority": 1,
        "RoleArn": role,
        "ManifestGenerator": {
            "S3JobManifestGenerator": {"SourceBucket": f"arn:aws:s3:::{SOURCE}", "EnableManifestOutput": False}
        },
    }
    create = statement("Allow", "s3:CreateJob")
    wrong = statement("Allow", "iam:PassRole", role, Condition={"StringEquals": {"iam:PassedToService": "x"}})
    other = statement("Allow", "s3:CreateJob", Condition={"StringEquals": {"s3:RequestJobOperation": "S3DeleteObject"}})
    for client in (jobs(create), jobs(create, wrong), jobs(other, wrong)):
        code, _, status = refusal(client.create_job, **request)
        assert (code, status) == ("AccessDenied", 403)


def test_a_queue_hears_of_a_missed_threshold_and_cloudwatch_shows_it(
    aws: Aws, admin: str, buckets: dict[str, Any]
) -> None:
    s3, sqs, watching = buckets[OWNER], aws.as_role("sqs", admin), aws.as_role("cloudwatch", admin)
    arns = {}
    for name in ("admits", "silent"):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arns[name] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    lets = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arns["admits"],
        "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{SOURCE}"}},
    }
    url = sqs.get_queue_url(QueueName="admits")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(lets)})
    wanted = [{"Id": name, "QueueArn": arn, "Events": ["s3:Replication:*"]} for name, arn in arns.items()]
    s3.put_bucket_notification_configuration(
        Bucket=SOURCE, NotificationConfiguration={"QueueConfigurations": wanted}, SkipDestinationValidation=True
    )
    for name in arns:
        sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])  # test events
    config = s3.get_bucket_replication(Bucket=SOURCE)["ReplicationConfiguration"]
    quarter = {"Minutes": 15}
    config["Rules"][0]["Destination"] |= {
        "ReplicationTime": {"Status": "Enabled", "Time": quarter},
        "Metrics": {"Status": "Enabled", "EventThreshold": quarter},
    }
    s3.put_bucket_replication(Bucket=SOURCE, ReplicationConfiguration=config)
    before = aws.control.settings(services={})["services"]
    aws.control.settings(services={"replication_delay": 3600.0})
    try:
        put = s3.put_object(Bucket=SOURCE, Key="a/late rows", Body=b"rows")
        aws.control.advance(901)
        missed = _heard(sqs, "admits")
        aws.control.settings(services=before)
        late = _heard(sqs, "admits")
        shown = watching.get_metric_statistics(
            Namespace="AWS/S3",
            MetricName="ReplicationLatency",
            Dimensions=[
                {"Name": "SourceBucket", "Value": SOURCE},
                {"Name": "DestinationBucket", "Value": TARGET},
                {"Name": "RuleId", "Value": "all"},
            ],
            StartTime=datetime.now(UTC) - timedelta(minutes=5),
            EndTime=datetime.now(UTC) + timedelta(minutes=20),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
    finally:
        aws.control.settings(services=before)
        aws.control.advance(-901)
    assert (missed["eventName"], late["eventName"]) == (
        "Replication:OperationMissedThreshold",
        "Replication:OperationReplicatedAfterThreshold",
    )
    assert missed["s3"]["object"]["key"] == "a/late+rows"
    assert missed["s3"]["object"]["versionId"] == put["VersionId"]
    assert missed["replicationEventData"]["replicationRuleId"] == "all"
    assert max(point["Maximum"] for point in shown) >= 901
    silent = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="silent")["QueueUrl"])
    assert "Messages" not in silent, "its policy does not let S3 send"


def _heard(sqs: Any, name: str) -> Any:
    """The one record of the next message in a queue."""
    url, end = sqs.get_queue_url(QueueName=name)["QueueUrl"], time.monotonic() + 20
    while time.monotonic() < end:
        for message in sqs.receive_message(QueueUrl=url).get("Messages", ()):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            (record,) = json.loads(message["Body"])["Records"]
            return record
        time.sleep(0.05)
    raise AssertionError("nothing came")
