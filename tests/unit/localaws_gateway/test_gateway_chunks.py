"""Uploads in chunks: AWS's published examples to the last byte, then each way they can be wrong, then real clients.

Vectors: Amazon S3 API Reference, "Signature calculations ... transferring payload in multiple chunks"
(sigv4-streaming) and "... including trailing headers" (sigv4-streaming-trailers); checksums from RFC 3720 (appendix
B.4) and the check values "123456789" of the CRC catalogue.
"""

import hmac
import http.client
import io
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from gateway_support import OWNER, REGION, Aws, allow, refusal

from featureshare.localaws.gateway.auth import Authenticator, AuthError, AuthFailure, scope_of
from featureshare.localaws.gateway.checksums import checksum
from featureshare.localaws.gateway.clock import Clock
from featureshare.localaws.gateway.credentials import Credential
from featureshare.localaws.gateway.http import HttpRequest
from featureshare.localaws.invocation import ServiceError

THEN = datetime(2013, 5, 24, tzinfo=UTC)
CREDENTIAL = Credential(
    access_key="AKIAIOSFODNN7EXAMPLE",
    secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    account="123456789012",
    arn="arn:aws:iam::123456789012:user/example",
    kind="user",
    user_id="AIDAEXAMPLE",
    issued=THEN,
)
DATA = b"a" * 66_560
PUBLISHED = {
    "signed": (
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ),
    "trailer": (
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ),
}
TRAILER_SIGNATURE = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
CRC32C = "sOO8/Q=="


class Then(Clock):
    """The day of the published examples."""

    def wall(self) -> datetime:
        return THEN

    now = wall


def body_of(signatures: tuple[str, ...], trailer: bytes = b"") -> bytes:
    pieces = (DATA[:65_536], DATA[65_536:], b"")
    chunks = [
        f"{len(one):x};chunk-signature={mark}\r\n".encode() + one
        for one, mark in zip(pieces, signatures[1:], strict=True)
    ]
    return b"\r\n".join(chunks[:2]) + b"\r\n" + chunks[2] + (trailer or b"\r\n")


def published(kind: str, body: bytes | None = None, **changed: str) -> HttpRequest:
    """The request of an example, with another body or headers if given."""
    trailing = kind == "trailer"
    seed = PUBLISHED[kind]
    if body is None:
        end = f"x-amz-checksum-crc32c:{CRC32C}\n\r\nx-amz-trailer-signature:{TRAILER_SIGNATURE}\n\r\n\r\n"
        body = body_of(seed, end.encode() if trailing else b"")
    headers = {
        "Host": "s3.amazonaws.com",
        "x-amz-date": "20130524T000000Z",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "x-amz-content-sha256": f"STREAMING-AWS4-HMAC-SHA256-PAYLOAD{'-TRAILER' if trailing else ''}",
        "Content-Encoding": "aws-chunked",
        "x-amz-decoded-content-length": "66560",
        **({"x-amz-trailer": "x-amz-checksum-crc32c"} if trailing else {"Content-Length": "66824"}),
        **changed,
    }
    names = sorted(name.lower() for name in headers)
    headers["Authorization"] = (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        f"SignedHeaders={';'.join(names)},Signature={seed[0]}"
    )
    return HttpRequest("PUT", "/examplebucket/chunkObject.txt", list(headers.items()), body)


def opened(request: HttpRequest) -> HttpRequest:
    authenticator = Authenticator(lambda key: CREDENTIAL, Then())
    scope = scope_of(request)
    assert scope is not None
    return authenticator.plain(request, scope, authenticator.authenticate(request, scope))


@pytest.mark.parametrize("kind", ["signed", "trailer"])
def test_the_published_examples(kind: str) -> None:
    request = opened(published(kind))
    assert request.body == DATA
    assert not {"content-encoding", "x-amz-trailer", "x-amz-decoded-content-length"} & request.names()
    assert request.header("x-amz-checksum-crc32c") == (CRC32C if kind == "trailer" else "")


@pytest.mark.parametrize("kind", ["signed", "trailer"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_wrong_signature_of_any_chunk(kind: str, number: int) -> None:
    request = published(kind)
    mark = PUBLISHED[kind][number].encode()
    other = (b"0" if mark[:1] != b"0" else b"1") + mark[1:]
    with pytest.raises(AuthError) as caught:
        opened(published(kind, request.body.replace(mark, other)))
    assert caught.value.failure is AuthFailure.BAD_SIGNATURE


def test_a_wrong_signature_of_the_trailer() -> None:
    """Or a checksum that somebody changed on the way, or the trailer of nobody."""
    good = published("trailer").body
    for body in (
        good.replace(TRAILER_SIGNATURE[:8].encode(), b"00000000"),
        good.replace(CRC32C.encode(), b"AAAAAA=="),
        good.replace(f"x-amz-trailer-signature:{TRAILER_SIGNATURE}\n\r\n".encode(), b""),
    ):
        with pytest.raises(AuthError) as caught:
            opened(published("trailer", body))
        assert caught.value.failure is AuthFailure.BAD_SIGNATURE


def test_chunks_changed_on_the_way() -> None:
    good = published("signed").body
    swapped = good.replace(b"\r\naa", b"\r\nba", 1)
    shorter = good[:-2]
    unsigned = good.replace(f";chunk-signature={PUBLISHED['signed'][1]}".encode(), b"")
    more = good + b"0\r\n"
    with pytest.raises(AuthError):
        opened(published("signed", swapped))
    for body in (shorter, unsigned, more, b"", b"zz\r\n", good[:100]):
        with pytest.raises(ServiceError) as caught:
            opened(published("signed", body))
        assert (caught.value.code, caught.value.status) == ("IncompleteBody", 400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-amz-checksum-crc32", "cbf43926"),
        ("x-amz-checksum-crc32c", "e3069283"),
        ("x-amz-checksum-crc64nvme", "ae8b14860a799888"),
        ("x-amz-checksum-sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
        ("x-amz-checksum-sha256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
    ],
)
def test_check_values_of_the_checksums(name: str, value: str) -> None:
    made = checksum(name, b"123456789")
    assert made is not None
    assert b64decode(made).hex() == value


def test_crc32c_of_rfc_3720() -> None:
    """Appendix B.4, in the byte order of a number: 32 bytes of zeroes, of ones, counting up."""
    for data, value in ((bytes(32), "8a9136aa"), (b"\xff" * 32, "62a8ab43"), (bytes(range(32)), "46dd794e")):
        assert b64decode(checksum("x-amz-checksum-crc32c", data) or "").hex() == value
    assert checksum("x-amz-checksum-md2", b"") is None


# a client ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def keys(aws: Aws, bucket: Any) -> dict[str, Any]:
    bucket("chunks")
    return aws.keys(aws.role("chunker", allow("s3:*")))


def send(
    aws: Aws,
    keys: Mapping[str, Any],
    mode: str,
    chunks: list[bytes],
    trailer: Mapping[str, str],
    change: Callable[[bytes], bytes] = lambda body: body,
    **headers: str,
) -> tuple[int, str]:
    """An upload in chunks, signed here as the pages say, without a line of what is tested."""
    all_headers = {
        "x-amz-content-sha256": mode,
        "x-amz-decoded-content-length": str(sum(map(len, chunks))),
        "Content-Encoding": "aws-chunked",
        **({"x-amz-trailer": ",".join(trailer)} if trailer else {}),
        **headers,
    }
    request = AWSRequest("PUT", f"{aws.running.endpoint}/chunks/key", headers=all_headers)
    signer = S3SigV4Auth(Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]), "s3", REGION)
    signer.payload = lambda _: mode
    signer.add_auth(request)
    if request.headers.get_all("X-Amz-Content-SHA256", [])[1:]:
        del request.headers["X-Amz-Content-SHA256"]
        request.headers["X-Amz-Content-SHA256"] = mode
    when, mark = request.context["timestamp"], str(request.headers["Authorization"]).rpartition("Signature=")[2]
    place = f"{when[:8]}/{REGION}/s3/aws4_request"
    key = f"AWS4{keys['SecretAccessKey']}".encode()
    for part in place.split("/"):
        key = hmac.new(key, part.encode(), sha256).digest()
    body = b""
    for chunk in [*chunks, b""]:
        head = f"{len(chunk):x}"
        if "HMAC" in mode:
            text = f"AWS4-HMAC-SHA256-PAYLOAD\n{when}\n{place}\n{mark}\n{sha256(b'').hexdigest()}\n"
            mark = hmac.new(key, (text + sha256(chunk).hexdigest()).encode(), sha256).hexdigest()
            head += f";chunk-signature={mark}"
        body += head.encode() + b"\r\n" + chunk + (b"\r\n" if chunk else b"")
    lines = "".join(f"{name}:{value}\n" for name, value in trailer.items())
    if trailer and "HMAC" in mode:
        text = f"AWS4-HMAC-SHA256-TRAILER\n{when}\n{place}\n{mark}\n{sha256(lines.encode()).hexdigest()}"
        lines += f"x-amz-trailer-signature:{hmac.new(key, text.encode(), sha256).hexdigest()}\n"
    body = change(body + lines.replace("\n", "\r\n").encode() + b"\r\n")
    at = urlsplit(aws.running.endpoint)
    connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=20)
    connection.request("PUT", "/chunks/key", body, dict(request.headers.items()))
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, content


BIG = [b"x" * 9000, b"y" * 10]
SUM = {"x-amz-checksum-sha256": b64encode(sha256(b"".join(BIG)).digest()).decode()}
WRONG = {"x-amz-checksum-sha256": b64encode(bytes(32)).decode()}
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


@pytest.mark.parametrize(
    ("mode", "trailer"), [(SIGNED, {}), (f"{SIGNED}-TRAILER", SUM), (UNSIGNED, SUM)], ids=["signed", "both", "unsigned"]
)
def test_what_arrives_is_the_plain_body(aws: Aws, keys: dict[str, Any], mode: str, trailer: dict[str, str]) -> None:
    assert send(aws, keys, mode, BIG, trailer, **{"x-amz-meta-a": "1"})[0] == 200
    found = aws.client("s3", keys).get_object(Bucket="chunks", Key="key")
    assert found["Body"].read() == b"".join(BIG)
    assert found["Metadata"] == {"a": "1"}
    assert "aws-chunked" not in found.get("ContentEncoding", "")
    assert send(aws, keys, mode, [], {name: checksum(name, b"") or "" for name in trailer})[0] == 200
    assert aws.client("s3", keys).get_object(Bucket="chunks", Key="key")["Body"].read() == b""


def test_another_content_encoding_stays(aws: Aws, keys: dict[str, Any]) -> None:
    assert send(aws, keys, UNSIGNED, BIG, SUM, **{"Content-Encoding": "aws-chunked,gzip"})[0] == 200
    assert aws.client("s3", keys).head_object(Bucket="chunks", Key="key")["ContentEncoding"] == "gzip"


@pytest.mark.parametrize(
    ("mode", "trailer", "chunks", "change", "status", "code"),
    [
        (SIGNED, {}, BIG, lambda body: body.replace(b"xx", b"xz", 1), 403, "SignatureDoesNotMatch"),
        (f"{SIGNED}-TRAILER", WRONG, BIG, None, 400, "BadDigest"),
        (
            f"{SIGNED}-TRAILER",
            SUM,
            BIG,
            lambda body: body.replace(b"trailer-sig", b"trailer-gis"),
            403,
            "SignatureDoes",
        ),
        (UNSIGNED, WRONG, BIG, None, 400, "BadDigest"),
        (UNSIGNED, SUM, BIG, lambda body: body.replace(b"xx", b"xz", 1), 400, "BadDigest"),
        (UNSIGNED, SUM, BIG, lambda body: body[:-6], 400, "MalformedTrailerError"),
        (UNSIGNED, SUM, BIG, lambda body: body.replace(b"sha256:", b"sha1:"), 400, "MalformedTrailerError"),
        (UNSIGNED, {}, BIG, None, 400, "MalformedTrailerError"),
        (UNSIGNED, {"x-amz-checksum-md2": "AAAA"}, BIG, None, 501, "NotImplemented"),
        (SIGNED, SUM, BIG, None, 400, "MalformedTrailerError"),
        (SIGNED, {}, [b"x" * 10, b"y" * 9000], None, 403, "InvalidChunkSizeError"),
        ("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", {}, BIG, None, 501, "NotImplemented"),
    ],
)
def test_uploads_that_are_refused(
    aws: Aws,
    keys: dict[str, Any],
    mode: str,
    trailer: dict[str, str],
    chunks: list[bytes],
    change: Callable[[bytes], bytes] | None,
    status: int,
    code: str,
) -> None:
    s3 = aws.client("s3", keys)
    s3.put_object(Bucket="chunks", Key="key", Body=b"before")
    got, body = send(aws, keys, mode, chunks, trailer, change or (lambda body: body))
    assert (got, f"<Code>{code}" in body) == (status, True)
    assert s3.get_object(Bucket="chunks", Key="key")["Body"].read() == b"before"


def test_a_length_that_is_not_the_announced_one(aws: Aws, keys: dict[str, Any]) -> None:
    assert "IncompleteBody" in send(aws, keys, UNSIGNED, BIG, SUM, **{"x-amz-decoded-content-length": "9009"})[1]
    assert send(aws, keys, UNSIGNED, BIG, SUM, **{"x-amz-decoded-content-length": ""})[0] == 411


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
@pytest.mark.parametrize("size", [0, 10, 3 << 20])
def test_boto3_with_a_trailing_checksum(aws: Aws, keys: dict[str, Any], algorithm: str, size: int) -> None:
    """What boto3 and the AWS CLI send over HTTPS; over loopback HTTP they would put the checksum in a header."""
    s3 = aws.client("s3", keys)

    def in_trailer(params: Any, **_: Any) -> None:
        params["context"]["checksum"]["request_algorithm"]["in"] = "trailer"

    sent: list[str] = []
    s3.meta.events.register("before-call.s3.PutObject", in_trailer)
    s3.meta.events.register(
        "before-send.s3.PutObject", lambda request, **_: sent.append(str(request.headers["X-Amz-Content-SHA256"]))
    )
    data = bytes(number % 251 for number in range(size))
    s3.put_object(Bucket="chunks", Key="boto", Body=io.BytesIO(data), ChecksumAlgorithm=algorithm)
    assert [one.strip("b'") for one in sent] == [UNSIGNED]
    assert s3.get_object(Bucket="chunks", Key="boto")["Body"].read() == data


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ChecksumCRC32": "AAAAAA=="}, "The CRC32 you specified did not match the calculated checksum."),
        ({"ChecksumCRC32C": "AAAAAA=="}, "The CRC32C you specified did not match the calculated checksum."),
        ({"ChecksumSHA256": "A" * 43 + "="}, "The SHA256 you specified did not match the calculated checksum."),
        ({"ContentMD5": "A" * 22 + "=="}, "The Content-MD5 you specified did not match what we received."),
    ],
)
def test_a_body_in_one_piece_is_what_its_headers_say(
    aws: Aws, keys: dict[str, Any], given: dict[str, str], message: str
) -> None:
    s3 = aws.client("s3", keys)
    with pytest.raises(s3.exceptions.ClientError) as error:
        s3.put_object(Bucket="chunks", Key="corrupt", Body=b"123456789", **given)
    assert (error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]) == ("BadDigest", message)
    upload = s3.create_multipart_upload(Bucket="chunks", Key="corrupt")["UploadId"]
    with pytest.raises(s3.exceptions.ClientError, match="BadDigest"):
        s3.upload_part(Bucket="chunks", Key="corrupt", UploadId=upload, PartNumber=1, Body=b"123456789", **given)
    assert "Contents" not in s3.list_objects_v2(Bucket="chunks", Prefix="corrupt")
    right = {"ChecksumCRC32": "y/Q5Jg==", "ContentMD5": "JfnnlDI7RTiF9RgfG2JNCw=="}  # of the CRC catalogue; of RFC 1321
    s3.put_object(Bucket="chunks", Key="sound", Body=b"123456789", **right)


def test_whoever_may_not_write_may_not_in_chunks(aws: Aws, keys: dict[str, Any]) -> None:
    reader = aws.keys(aws.role("chunk-reader", allow("s3:GetObject")))
    assert send(aws, reader, SIGNED, BIG, {})[0] == 403
    denied = aws.last()
    assert (denied["result"], denied["checks"][0]["action"]) == ("Denied", "s3:PutObject")
    assert denied["principal"] == f"arn:aws:sts::{OWNER}:assumed-role/chunk-reader/local"
    assert refusal(aws.client("s3", reader).put_object, Bucket="chunks", Key="key", Body=b"")[0] == "AccessDenied"
