"""A request has one reading: what is authorized is what is done."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from gateway_support import OWNER, REGION, Aws, allow, document

from featureshare.iam.calls import operations

Make = Callable[..., str]


def send(
    aws: Aws, keys: dict[str, Any], service: str, method: str, target: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """A well-signed request that no SDK would write."""
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest(method, aws.running.endpoint + target, headers, body)
    signer(Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]), service, REGION).add_auth(
        request
    )
    answer = URLLib3Session(proxies={}).send(request.prepare())
    return answer.status_code, answer.content


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GLUE = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSGlue.GetDatabase"}


@pytest.fixture(scope="module")
def reader(aws: Aws, admin: str) -> dict[str, Any]:
    aws.as_role("glue", admin).create_database(DatabaseInput={"Name": "kept"})
    aws.as_role("glue", admin).create_database(DatabaseInput={"Name": "hidden"})
    catalog = f"arn:aws:glue:{REGION}:{OWNER}"
    shown = [f"{catalog}:catalog", f"{catalog}:database/kept"]
    role = aws.role("one-reading", allow("iam:ListRoles", "s3:GetBucketAcl"), allow("glue:GetDatabase", on=shown))
    return aws.keys(role)


def test_the_plain_requests_work(aws: Aws, reader: dict[str, Any], bucket: Make) -> None:
    bucket("one-bucket", policy=document())
    assert send(aws, reader, "iam", "POST", "/", b"Action=ListRoles&Version=2010-05-08", **FORM)[0] == 200
    status, content = send(aws, reader, "glue", "POST", "/", b'{"Name": "kept"}', **GLUE)
    assert (status, b'"kept"' in content) == (200, True)
    assert send(aws, reader, "s3", "GET", "/one-bucket?acl")[0] == 200
    assert send(aws, reader, "glue", "POST", "/", b'{"Name": "hidden"}', **GLUE)[0] == 400


def test_action_in_query_string_and_body(aws: Aws, reader: dict[str, Any]) -> None:
    body = b"Action=DeleteRole&RoleName=admin&Version=2010-05-08"
    assert send(aws, reader, "iam", "POST", "/?Action=ListRoles&Version=2010-05-08", body, **FORM)[0] == 403
    body = b"Action=ListRoles&Action=DeleteRole&RoleName=admin&Version=2010-05-08"
    status, content = send(aws, reader, "iam", "POST", "/", body, **FORM)
    assert status == 403 or b"<ListRolesResponse" in content


def test_action_beside_a_target(aws: Aws, reader: dict[str, Any], admin: str) -> None:
    assert send(aws, reader, "glue", "POST", "/?Action=DeleteDatabase", b'{"Name": "kept"}', **GLUE)[0] == 400
    status, content = send(
        aws, reader, "glue", "POST", "/", b'{"Name": "kept", "x": "&Action=DeleteDatabase&"}', **GLUE
    )
    assert status == 400 or b'"kept"' in content
    assert aws.as_role("glue", admin).get_database(Name="kept")["Database"]["Name"] == "kept"


def test_parameters_hidden_in_a_string(aws: Aws, reader: dict[str, Any]) -> None:
    body = b'{"Name": "kept", "x": "&Name=hidden&DatabaseName=hidden&"}'
    content = send(aws, reader, "glue", "POST", "/", body, **GLUE)[1]
    assert b'"hidden"' not in content


@pytest.mark.parametrize("query", ["acl&policy", "policy&acl", "acl&versioning", "acl&uploads"])
def test_two_sub_resources(aws: Aws, reader: dict[str, Any], query: str) -> None:
    assert send(aws, reader, "s3", "GET", f"/one-bucket?{query}")[0] == 403


def test_ampersands_in_values_survive(aws: Aws, admin: str) -> None:
    glue = aws.as_role("glue", admin)
    glue.create_database(DatabaseInput={"Name": "and", "Description": "a & b &amp; c=d \\ & ü"})
    assert glue.get_database(Name="and")["Database"]["Description"] == "a & b &amp; c=d \\ & ü"


def test_a_client_cannot_name_the_decided_operation(aws: Aws, reader: dict[str, Any]) -> None:
    headers = {**FORM, "x-featureshare-operation": "DeleteRole"}
    status, content = send(aws, reader, "iam", "POST", "/", b"Action=ListRoles&Version=2010-05-08", **headers)
    assert (status, b"<ListRolesResponse" in content) == (200, True)


def test_no_sub_resource_of_a_bucket_is_answered_by_listing_it(aws: Aws, admin: str, bucket: Make) -> None:
    """moto lists the bucket for every sub-resource it does not know: a right to less would read more."""
    bucket("unlisted-bucket", "secret-name")
    model = aws.as_role("s3", admin).meta.service_model
    keys = aws.keys(admin)
    listing = {"ListObjects", "ListObjectsV2", "ListObjectVersions"}
    asked = 0
    for service, name in operations():
        shape = model.operation_model(name) if service == "s3" and not name.startswith("_") else None
        if shape is None or name in listing or shape.http["method"] != "GET" or "{Key" in shape.http["requestUri"]:
            continue
        if "{Bucket}" not in shape.http["requestUri"]:
            continue
        target = shape.http["requestUri"].replace("{Bucket}", "unlisted-bucket")
        if "Id" in shape.input_shape.required_members:
            target += "&id=x"
        status, content = send(aws, keys, "s3", "GET", target)
        assert b"secret-name" not in content, name
        assert status in (200, 404), (name, status, content)
        asked += 1
    assert asked > 15


def test_an_operation_is_known_by_the_path_it_had(aws: Aws, admin: str) -> None:
    """SDKs made before S3 Tables moved GetTable name the table in the path."""
    tables = aws.as_role("s3tables", admin)
    arn = tables.create_table_bucket(name="lake-of-paths")["arn"]
    tables.create_namespace(tableBucketARN=arn, namespace=["features"])
    tables.create_table(tableBucketARN=arn, namespace="features", name="rides", format="ICEBERG")
    assert tables.get_table(tableBucketARN=arn, namespace="features", name="rides")["name"] == "rides"
    old = f"/tables/{quote(arn, safe='')}/features/"
    status, content = send(aws, aws.keys(admin), "s3tables", "GET", old + "rides")
    assert (status, b'"rides"' in content) == (200, True)
    assert send(aws, aws.keys(admin), "s3tables", "GET", old + "trips")[0] == 404
    stranger = aws.keys(aws.role("no-tables", allow("s3tables:ListTableBuckets")))
    assert b"s3tables:GetTable" in send(aws, stranger, "s3tables", "GET", old + "rides")[1]
