"""Who calls: SigV4 in headers and query strings, and every way it can fail, in each protocol's words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import botocore.auth
import pytest
from gateway_support import Aws, allow, http, refusal

NAMES = [
    "plain",
    "a b",
    "a+b",
    "ü/ö~*'()!",
    "double//slash",
    "/leading",
    "percent%2Fname",
    "trailing/",
    "a=b&c?d#e",
    "日本",
]


@pytest.fixture(scope="module")
def keys(aws: Aws, bucket: Any) -> dict[str, Any]:
    bucket("signed-bucket")
    role = aws.role("signer", allow("s3:*", "iam:GetRole", "sagemaker:*"))
    return aws.keys(role)


@pytest.mark.parametrize("name", NAMES)
def test_object_names_survive_signing(aws: Aws, keys: dict[str, Any], name: str) -> None:
    s3 = aws.client("s3", keys)
    s3.put_object(Bucket="signed-bucket", Key=name, Body=b"x" + name.encode())
    assert s3.get_object(Bucket="signed-bucket", Key=name)["Body"].read() == b"x" + name.encode()
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="signed-bucket", Prefix=name)["Contents"]] == [name]


def test_metadata_and_ranges_pass_through(aws: Aws, keys: dict[str, Any]) -> None:
    s3 = aws.client("s3", keys)
    s3.put_object(Bucket="signed-bucket", Key="meta", Body=b"0123456789", Metadata={"my_key": "a  b"})
    found = s3.get_object(Bucket="signed-bucket", Key="meta", Range="bytes=2-4")
    assert found["Body"].read() == b"234"
    assert found["Metadata"] == {"my_key": "a  b"}


def test_multipart_upload(aws: Aws, keys: dict[str, Any]) -> None:
    s3 = aws.client("s3", keys)
    upload = s3.create_multipart_upload(Bucket="signed-bucket", Key="big")["UploadId"]
    parts = []
    for number, size in ((1, 5 << 20), (2, 10)):
        tag = s3.upload_part(
            Bucket="signed-bucket", Key="big", UploadId=upload, PartNumber=number, Body=bytes([number]) * size
        )["ETag"]
        parts.append({"PartNumber": number, "ETag": tag})
    s3.complete_multipart_upload(Bucket="signed-bucket", Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.head_object(Bucket="signed-bucket", Key="big")["ContentLength"] == (5 << 20) + 10


@pytest.mark.parametrize(
    ("service", "call", "params", "code", "status"),
    [
        ("s3", "list_objects_v2", {"Bucket": "signed-bucket"}, "SignatureDoesNotMatch", 403),
        ("iam", "get_role", {"RoleName": "signer"}, "SignatureDoesNotMatch", 403),
        ("sts", "get_caller_identity", {}, "SignatureDoesNotMatch", 403),
        ("sagemaker", "list_feature_groups", {}, "InvalidSignatureException", 400),
        (
            "sagemaker-featurestore-runtime",
            "get_record",
            {"FeatureGroupName": "g", "RecordIdentifierValueAsString": "1"},
            "InvalidSignatureException",
            403,
        ),
    ],
)
def test_wrong_secret(
    aws: Aws, keys: dict[str, Any], service: str, call: str, params: dict[str, Any], code: str, status: int
) -> None:
    forged = {**keys, "SecretAccessKey": "x" * 40}
    got = refusal(getattr(aws.client(service, forged), call), **params)
    assert (got[0], got[2]) == (code, status)
    assert aws.last()["result"] == "Refused"


@pytest.mark.parametrize(
    ("service", "call", "params", "unknown", "bad_token"),
    [
        ("s3", "list_buckets", {}, "InvalidAccessKeyId", "InvalidToken"),
        ("sts", "get_caller_identity", {}, "InvalidClientTokenId", "InvalidClientTokenId"),
        ("kms", "list_keys", {}, "UnrecognizedClientException", "UnrecognizedClientException"),
    ],
)
def test_unknown_key_and_foreign_token(
    aws: Aws, keys: dict[str, Any], service: str, call: str, params: dict[str, Any], unknown: str, bad_token: str
) -> None:
    nobody = {**keys, "AccessKeyId": "ASIAAAAAAAAAAAAAAAAA"}
    assert refusal(getattr(aws.client(service, nobody), call), **params)[0] == unknown
    other = aws.keys("arn:aws:iam::222222222222:role/signer")
    stolen = {**keys, "SessionToken": other["SessionToken"]}
    assert refusal(getattr(aws.client(service, stolen), call), **params)[0] == bad_token
    missing = {**keys, "SessionToken": None}
    assert refusal(getattr(aws.client(service, missing), call), **params)[0] == bad_token


@pytest.mark.parametrize(
    ("service", "call", "params", "code", "status"),
    [
        ("s3", "list_objects_v2", {"Bucket": "signed-bucket"}, "ExpiredToken", 400),
        ("sts", "get_caller_identity", {}, "ExpiredToken", 403),
        ("sagemaker", "list_feature_groups", {}, "ExpiredTokenException", 400),
    ],
)
def test_expired_session(
    aws: Aws, keys: dict[str, Any], service: str, call: str, params: dict[str, Any], code: str, status: int
) -> None:
    short = aws.keys("arn:aws:iam::222222222222:role/signer", duration=900)
    client = aws.client(service, short)
    getattr(client, call)(**params)
    aws.control.advance(901)
    try:
        got = refusal(getattr(client, call), **params)
    finally:
        aws.control.advance(-901)
    assert (got[0], got[2]) == (code, status)


def test_clock_skew(aws: Aws, keys: dict[str, Any]) -> None:
    late = datetime.now(UTC) - timedelta(minutes=16)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=late):
        assert refusal(aws.client("s3", keys).list_buckets)[0] == "RequestTimeTooSkewed"
        assert refusal(aws.client("sts", keys).get_caller_identity)[0] == "SignatureDoesNotMatch"
    nearly = datetime.now(UTC) - timedelta(minutes=13)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=nearly):
        aws.client("s3", keys).list_buckets()


def test_unsigned(aws: Aws, keys: dict[str, Any]) -> None:
    endpoint = aws.running.endpoint
    status, body = http(f"{endpoint}/signed-bucket/meta")
    assert status == 403
    assert "<Code>AccessDenied</Code>" in body
    status, body = http(f"{endpoint}/", "POST", b"Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 403
    assert "<Code>MissingAuthenticationToken</Code>" in body
    status, body = http(
        f"{endpoint}/", "POST", b"{}", **{"X-Amz-Target": "SageMaker.ListFeatureGroups", "Content-Type": "a/b"}
    )
    assert status == 400
    assert "MissingAuthenticationTokenException" in body
    status, body = http(f"{endpoint}/FeatureGroup/g?RecordIdentifierValueAsString=1")
    assert status == 403
    assert "Missing Authentication Token" in body


def test_presigned(aws: Aws, keys: dict[str, Any]) -> None:
    s3 = aws.client("s3", keys, signature_version="s3v4")
    s3.put_object(Bucket="signed-bucket", Key="a b/ü", Body=b"hello")
    url = s3.generate_presigned_url("get_object", {"Bucket": "signed-bucket", "Key": "a b/ü"}, ExpiresIn=60)
    assert http(url) == (200, "hello")
    status, body = http(url.replace("ExpiresIn", "x").replace("X-Amz-Expires=60", "X-Amz-Expires=600"))
    assert (status, "SignatureDoesNotMatch" in body) == (403, True)
    status, body = http(url, "DELETE")
    assert (status, "SignatureDoesNotMatch" in body) == (403, True)
    put = s3.generate_presigned_url("put_object", {"Bucket": "signed-bucket", "Key": "put"}, ExpiresIn=60)
    assert http(put, "PUT", b"by url")[0] == 200
    assert s3.get_object(Bucket="signed-bucket", Key="put")["Body"].read() == b"by url"
    aws.control.advance(61)
    try:
        status, body = http(url)
    finally:
        aws.control.advance(-61)
    assert (status, "Request has expired" in body) == (403, True)


def test_a_presigned_url_is_worth_what_its_maker_may_do(aws: Aws, keys: dict[str, Any]) -> None:
    reader = aws.role("presigner", allow("s3:GetObject", on="arn:aws:s3:::signed-bucket/mine/*"))
    aws.client("s3", keys).put_object(Bucket="signed-bucket", Key="mine/1", Body=b"1")
    s3 = aws.client("s3", aws.keys(reader), signature_version="s3v4")
    mine = s3.generate_presigned_url("get_object", {"Bucket": "signed-bucket", "Key": "mine/1"})
    theirs = s3.generate_presigned_url("get_object", {"Bucket": "signed-bucket", "Key": "plain"})
    assert http(mine)[0] == 200
    assert http(theirs)[0] == 403


def _altered(header: str, value: str) -> Any:
    """Changes a header after signing, as somebody on the way could."""

    def change(request: Any, **_: Any) -> None:
        request.headers[header] = value

    return change


@pytest.mark.parametrize(
    ("header", "value"),
    [("X-Amz-Content-SHA256", "0" * 64), ("X-Amz-Acl", "public-read"), ("X-Amz-Date", "20260101T000000Z")],
)
def test_headers_changed_on_the_way(aws: Aws, keys: dict[str, Any], header: str, value: str) -> None:
    s3 = aws.client("s3", keys)
    s3.put_object(Bucket="signed-bucket", Key="changed", Body=b"1")
    s3.meta.events.register("before-send.s3.PutObject", _altered(header, value))
    assert refusal(s3.put_object, Bucket="signed-bucket", Key="changed", Body=b"2")[2] == 403
    assert aws.last()["result"] == "Refused"


def test_body_changed_on_the_way(aws: Aws, keys: dict[str, Any]) -> None:
    def change(request: Any, **_: Any) -> None:
        request.body = request.body.replace(b"GetRole", b"GetUser") if isinstance(request.body, bytes) else b"x=1"
        request.headers["Content-Length"] = str(len(request.body))

    iam = aws.client("iam", keys)
    iam.get_role(RoleName="signer")
    iam.meta.events.register("before-send.iam.GetRole", change)
    assert refusal(iam.get_role, RoleName="signer")[0] == "SignatureDoesNotMatch"


def test_a_client_cannot_choose_the_account(aws: Aws, keys: dict[str, Any]) -> None:
    """moto would act in whatever account this header names."""
    iam = aws.client("iam", keys)
    iam.meta.events.register("before-send.iam.GetRole", _altered("x-moto-account-id", "666666666666"))
    assert iam.get_role(RoleName="signer")["Role"]["Arn"] == "arn:aws:iam::222222222222:role/signer"
