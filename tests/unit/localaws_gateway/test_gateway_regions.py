"""A bucket is answered for in its own Region: elsewhere S3 redirects, and says where the bucket is.

Expected from the Amazon S3 User Guide (Redirects) and API_GetBucketLocation, which answers wherever it is asked.
"""

import urllib.error
import urllib.request
from typing import Any

import pytest
from gateway_support import REGION, Aws, allow

FAR, BUCKET = "eu-central-1", "regions-far"


@pytest.fixture(scope="module")
def near(aws: Aws) -> Any:
    """A client of one Region, where another Region has a bucket with an object."""
    keys = aws.keys(aws.role("regions", allow("s3:*")))
    far = aws.client("s3", keys, FAR)
    far.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": FAR})
    far.put_object(Bucket=BUCKET, Key="k", Body=b"far")
    return aws.client("s3", keys, signature_version="s3v4")


def answer(client: Any, operation: str, method: str, **params: Any) -> tuple[int, str | None, str]:
    """(status, Region of the bucket, body) of a request whose client follows no redirect."""
    url = client.generate_presigned_url(operation, Params={"Bucket": BUCKET, **params}, HttpMethod=method)
    request = urllib.request.Request(url, data=b"near" if method == "PUT" else None, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as got:
            return got.status, got.headers["x-amz-bucket-region"], got.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["x-amz-bucket-region"], error.read().decode()


@pytest.mark.parametrize(
    ("operation", "method", "params"),
    [
        ("get_object", "GET", {"Key": "k"}),
        ("put_object", "PUT", {"Key": "k"}),
        ("list_objects_v2", "GET", {}),
        ("get_bucket_versioning", "GET", {}),
    ],
)
def test_another_region_redirects(near: Any, operation: str, method: str, params: dict[str, str]) -> None:
    status, region, body = answer(near, operation, method, **params)
    assert (status, region) == (301, FAR)
    assert "<Code>PermanentRedirect</Code>" in body


def test_head_tells_the_region_alone(near: Any) -> None:
    assert answer(near, "head_bucket", "HEAD") == (301, FAR, "")


def test_an_sdk_that_follows_arrives(aws: Aws, near: Any) -> None:
    assert near.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"far"
    redirected, arrived = aws.control.log()[-2:]
    assert (redirected["status"], redirected["error"], arrived["status"]) == (301, "PermanentRedirect", 200)


def test_where_a_bucket_is_may_be_asked_anywhere(near: Any) -> None:
    assert near.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == FAR


def test_a_copy_may_come_from_another_region(near: Any) -> None:
    near.create_bucket(Bucket="regions-near", CreateBucketConfiguration={"LocationConstraint": REGION})
    near.copy_object(Bucket="regions-near", Key="k", CopySource={"Bucket": BUCKET, "Key": "k"})
    assert near.get_object(Bucket="regions-near", Key="k")["Body"].read() == b"far"
