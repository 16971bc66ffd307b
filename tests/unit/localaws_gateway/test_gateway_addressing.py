"""Host names before the endpoint's, and local AWS as the proxy through which they are reached."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from gateway_support import OWNER, REGION, Aws, allow, document, statement
from moto.s3control.models import s3control_backends

from featureshare.localaws.gateway import addressing, errors
from featureshare.localaws.gateway.http import HttpRequest, HttpResponse
from featureshare.localaws.invocation import ServiceError


def request(target: str, host: str = "127.0.0.1:4566", method: str = "GET") -> HttpRequest:
    return HttpRequest(method, target, [("Host", host), ("X-A", "b")], b"body")


def test_a_request_through_the_proxy_is_one_without() -> None:
    met = addressing.arrived(request("http://data.127.0.0.1:4566/a%20b?versioning"))
    assert isinstance(met, HttpRequest)
    assert (met.target, met.body) == ("/a%20b?versioning", b"body")
    plain = request("/a")
    assert addressing.arrived(plain) is plain


@pytest.mark.parametrize("method", ["GET", "CONNECT"])
@pytest.mark.parametrize("authority", ["example.com", "127.0.0.1.example.com", "s3.amazonaws.com:443"])
def test_it_is_no_proxy_to_others(method: str, authority: str) -> None:
    target = authority if method == "CONNECT" else f"http://{authority}/x"
    met = addressing.arrived(request(target, method=method))
    assert isinstance(met, HttpResponse)
    assert met.status == 403
    assert authority in met.body.decode()


@pytest.mark.parametrize(
    ("service", "host", "target", "wanted"),
    [
        ("s3", "data.127.0.0.1:4566", "/", "/data"),
        ("s3", "data.127.0.0.1:4566", "/?versioning", "/data?versioning"),
        ("s3", "my.data.localhost:4566", "/a%20b?x=/", "/my.data/a%20b?x=/"),
        ("s3", "127.0.0.1:4566", "/data/a", "/data/a"),
        ("s3control", "222222222222.127.0.0.1:4566", "/v20180820/accesspoint/a", "/v20180820/accesspoint/a"),
        ("s3", "data.example.com", "/a", "/a"),
    ],
)
def test_what_stands_before_the_host_goes_into_the_path(service: str, host: str, target: str, wanted: str) -> None:
    met = addressing.plain(request(target, host), service)
    assert met.target == wanted
    assert met.header("x-a") == "b"
    assert met.header("host") in ("127.0.0.1:4566", "localhost:4566", "data.example.com")


def test_a_bucket_before_the_host_is_signed_as_it_was_sent(aws: Aws) -> None:
    keys = aws.keys(aws.role("addressing", allow("s3:*")))
    aws.client("s3", keys).create_bucket(Bucket="addressed", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert send(aws, keys, "PUT", "addressed", "/a b", b"hello")[0] == 200
    assert send(aws, keys, "GET", "addressed", "/a b")[1] == b"hello"
    assert send(aws, keys, "GET", "addressed", "/a b", said="other")[0] == 403


def send(
    aws: Aws, keys: Any, method: str, bucket: str, path: str, body: bytes = b"", said: str = ""
) -> tuple[int, bytes]:
    """A request to BUCKET before the endpoint's host, over the endpoint as proxy; `said` signs another bucket."""
    where = urlsplit(aws.running.endpoint).netloc
    quoted = path.replace(" ", "%20")
    signed = AWSRequest(method, f"http://{said or bucket}.{where}{quoted}", data=body)
    given = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    S3SigV4Auth(given, "s3", REGION).add_auth(signed)
    headers = {**dict(signed.headers.items()), "Host": f"{bucket}.{where}"}
    connection = http.client.HTTPConnection(where, timeout=10)
    try:
        connection.request(method, f"http://{bucket}.{where}{quoted}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_an_account_wide_block_counts_for_its_buckets(aws: Aws) -> None:
    s3 = aws.client("s3", aws.keys(aws.role("blocking", allow("s3:*"))))
    s3.create_bucket(Bucket="blocked", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.delete_public_access_block(Bucket="blocked")
    public = document({**statement("Allow", "s3:GetObject", "arn:aws:s3:::blocked/*"), "Principal": "*"})
    account = s3control_backends[OWNER]["aws"]
    account.put_public_access_block(OWNER, {"BlockPublicPolicy": "true"})
    with pytest.raises(s3.exceptions.ClientError, match="BlockPublicPolicy"):
        s3.put_bucket_policy(Bucket="blocked", Policy=public)
    account.delete_public_access_block(OWNER)
    s3.put_bucket_policy(Bucket="blocked", Policy=public)


def test_errors_of_s3_control_are_wrapped() -> None:
    """As its SDKs read them: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html"""
    error = ServiceError("NoSuchAccessPoint", "not there", 404)
    wrapped, bare = (errors.render(error, service, "r").body.decode() for service in ("s3control", "s3"))
    assert "<ErrorResponse><Error><Code>NoSuchAccessPoint</Code>" in wrapped
    assert "ErrorResponse" not in bare
