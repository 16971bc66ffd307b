"""What is said of buckets beside their objects: lifecycle, logs, access points."""

import json
from typing import Any

import pytest
from services_world import BUCKET, CENTRAL, CONSUMER, REGION, RESULTS, Call

from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services.notifications import find_bucket

RULES: list[dict[str, Any]] = [
    {
        "ID": "a",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "log/", "Tags": [{"Key": "k", "Value": "v"}], "ObjectSizeGreaterThan": 500}},
        "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"}],
    },
    {"Status": "Disabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
]


def refused(call: Call, service: str, operation: str, **params: Any) -> str:
    with pytest.raises(ServiceError) as caught:
        call(service, operation, **params)
    return caught.value.code


def test_lifecycle_is_kept_as_given(call: Call) -> None:
    assert refused(call, "s3", "GetBucketLifecycleConfiguration", Bucket=BUCKET) == "NoSuchLifecycleConfiguration"
    call("s3", "PutBucketLifecycleConfiguration", Bucket=BUCKET, LifecycleConfiguration={"Rules": RULES})
    first, second = call("s3", "GetBucketLifecycleConfiguration", Bucket=BUCKET)["Rules"]
    assert first == RULES[0]
    assert second.pop("ID")
    assert second == RULES[1]
    call("s3", "DeleteBucketLifecycle", Bucket=BUCKET)
    assert refused(call, "s3", "GetBucketLifecycleConfiguration", Bucket=BUCKET) == "NoSuchLifecycleConfiguration"


def test_versioning_shows_the_mfa_delete_that_was_given(call: Call) -> None:
    def put(**configuration: str) -> None:
        call("s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration=configuration)

    put(Status="Enabled")
    assert call("s3", "GetBucketVersioning", Bucket=BUCKET) == {"Status": "Enabled"}
    put(Status="Suspended", MFADelete="Disabled")
    assert call("s3", "GetBucketVersioning", Bucket=BUCKET) == {"Status": "Suspended", "MFADelete": "Disabled"}
    for wrong, code in (
        ({"Status": "Enabled", "MFADelete": "Enabled"}, "AccessDenied"),
        ({}, "IllegalVersioningConfigurationException"),
    ):
        given = {"Bucket": BUCKET, "VersioningConfiguration": wrong}
        assert refused(call, "s3", "PutBucketVersioning", **given) == code


def test_versioning_stays_on_under_object_lock(call: Call) -> None:
    """S3 User Guide, object-lock: "you can't suspend versioning" for a bucket that has it."""
    find_bucket(BUCKET).object_lock_enabled = True
    put = ("s3", "PutBucketVersioning")
    call(*put, Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    suspended = {"Status": "Suspended"}
    assert refused(call, *put, Bucket=BUCKET, VersioningConfiguration=suspended) == "InvalidBucketState"
    assert call("s3", "GetBucketVersioning", Bucket=BUCKET) == {"Status": "Enabled"}


def test_times_of_a_lifecycle(call: Call) -> None:
    """S3 User Guide, lifecycle-transition-general-considerations; API_LifecycleExpiration (midnight GMT)."""

    def put(**rule: Any) -> None:
        rules = [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "p/"}, **rule}]
        call("s3", "PutBucketLifecycleConfiguration", Bucket=BUCKET, LifecycleConfiguration={"Rules": rules})

    def moved(days: int, to: str = "STANDARD_IA") -> dict[str, Any]:
        return {"Transitions": [{"Days": days, "StorageClass": to}]}

    later = {"NoncurrentVersionTransitions": [{"NoncurrentDays": 29, "StorageClass": "ONEZONE_IA"}]}
    for wrong, message in (
        (moved(29), "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'"),
        (later, "'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to 30"),
        (
            {**moved(30), "Expiration": {"Days": 30}},
            "in the Expiration action for filter '(prefix=p/)' must be greater",
        ),
        ({"Expiration": {"Date": "2030-01-01T10:00:00Z"}}, "'Date' must be at midnight GMT"),
    ):
        with pytest.raises(ServiceError) as caught:
            put(**wrong)
        assert (caught.value.code, message in caught.value.message) == ("InvalidArgument", True)
    put(**moved(30), Expiration={"Days": 31})
    put(**moved(0, "INTELLIGENT_TIERING"), Expiration={"Days": 1})
    put(Expiration={"Date": "2030-01-01T00:00:00Z"})


@pytest.mark.parametrize(
    ("rules", "code"),
    [([], "MalformedXML"), ([{"ID": "a", "Status": "On"}], "MalformedXML"), ([RULES[0]] * 2, "InvalidArgument")],
)
def test_broken_lifecycles(call: Call, rules: list[dict[str, Any]], code: str) -> None:
    given = {"Bucket": BUCKET, "LifecycleConfiguration": {"Rules": rules}}
    assert refused(call, "s3", "PutBucketLifecycleConfiguration", **given) == code


def test_logs_go_to_a_bucket_of_the_same_owner(call: Call) -> None:
    def wanted(bucket: str) -> dict[str, Any]:
        return {
            "Bucket": BUCKET,
            "BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": ""}},
        }

    call("s3", "PutBucketLogging", **wanted(BUCKET))
    assert call("s3", "GetBucketLogging", Bucket=BUCKET)["LoggingEnabled"]["TargetBucket"] == BUCKET
    for other in (RESULTS, "absent"):
        assert refused(call, "s3", "PutBucketLogging", **wanted(other)) == "InvalidTargetBucketForLogging"
    call("s3", "PutBucketLogging", Bucket=BUCKET, BucketLoggingStatus={})
    assert call("s3", "GetBucketLogging", Bucket=BUCKET) == {}


def test_access_points(call: Call) -> None:
    arn = call("s3control", "CreateAccessPoint", AccountId=CENTRAL, Name="ap", Bucket=BUCKET)["AccessPointArn"]
    assert arn == f"arn:aws:s3:{REGION}:{CENTRAL}:accesspoint/ap"
    shown = call("s3control", "GetAccessPoint", AccountId=CENTRAL, Name="ap")
    assert (shown["NetworkOrigin"], shown["Bucket"]) == ("Internet", BUCKET)
    assert set(shown["PublicAccessBlockConfiguration"].values()) == {True}
    assert refused(call, "s3control", "GetAccessPointPolicy", Name="ap") == "NoSuchAccessPointPolicy"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{arn}/object/*"}
    public, private = (
        json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Principal": who}]})
        for who in ("*", {"AWS": CONSUMER})
    )
    assert refused(call, "s3control", "PutAccessPointPolicy", Name="ap", Policy=public) == "AccessDenied"
    assert refused(call, "s3control", "PutAccessPointPolicy", Name="ap", Policy="{}") == "MalformedPolicy"
    call("s3control", "PutAccessPointPolicy", Name=arn, Policy=private)
    assert call("s3control", "GetAccessPointPolicy", Name="ap") == {"Policy": private}
    assert call("s3control", "GetAccessPointPolicyStatus", Name="ap") == {"PolicyStatus": {"IsPublic": False}}
    assert [one["Name"] for one in call("s3control", "ListAccessPoints", Bucket=BUCKET)["AccessPointList"]] == ["ap"]
    assert call("s3control", "ListAccessPoints", Bucket=RESULTS) == {"AccessPointList": []}
    call("s3control", "DeleteAccessPoint", Name="ap")
    assert refused(call, "s3control", "GetAccessPoint", Name="ap") == "NoSuchAccessPoint"
    assert refused(call, "s3control", "CreateAccessPoint", Name="ap", Bucket="absent") == "InvalidRequest"
