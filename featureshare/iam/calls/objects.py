"""S3 objects, and the KMS calls S3 makes with its caller's rights when they are encrypted (SSE-KMS).

S3 asks KMS for a data key to write and for Decrypt to read, via `s3.<region>.amazonaws.com`, with the encryption
context aws:s3:arn: the object's ARN, or the bucket's where the bucket uses a bucket key.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from featureshare.iam.calls.keys import key_check
from featureshare.iam.calls.model import Check
from featureshare.iam.calls.registry import SAR, VIA_SERVICE, Answer, Context, Scope, Table, entries, tag_pairs

_PAGE = SAR + "list_amazons3.html"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_{operation}.html"
_SSE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
_MULTIPART = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html"

# Request headers that policies see as condition keys of s3:PutObject.
_PUT_HEADERS = {
    "ACL": "s3:x-amz-acl",
    "CopySource": "s3:x-amz-copy-source",
    "GrantFullControl": "s3:x-amz-grant-full-control",
    "GrantRead": "s3:x-amz-grant-read",
    "GrantReadACP": "s3:x-amz-grant-read-acp",
    "GrantWriteACP": "s3:x-amz-grant-write-acp",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
    "MetadataDirective": "s3:x-amz-metadata-directive",
    "ObjectLockLegalHoldStatus": "s3:object-lock-legal-hold",
    "ObjectLockMode": "s3:object-lock-mode",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSECustomerAlgorithm": "s3:x-amz-server-side-encryption-customer-algorithm",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "StorageClass": "s3:x-amz-storage-class",
    "WebsiteRedirectLocation": "s3:x-amz-website-redirect-location",
}
_ACL_PARAMETERS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP")
_KMS_MODES = ("aws:kms", "aws:kms:dsse")


@dataclass(frozen=True)
class Sender:
    """In whose name S3 is called: the caller, a service role (`as_role`), or the caller via services (`through`)."""

    as_role: str | None = None
    through: tuple[str, ...] = ()


CALLER = Sender()


def bucket_arn(scope: Scope, bucket: str, key: str | None = None) -> str:
    """The ARN of a bucket or of an object in it. A bucket may be given as its ARN."""
    base = bucket if bucket.startswith("arn:") else f"arn:{scope.call.partition}:s3:::{bucket}"
    return base if key is None else f"{base}/{key}"


def owner_of(scope: Scope, bucket: str) -> str:
    """The account that owns a bucket; the caller's for one that does not exist."""
    facts = scope.estate.bucket(bucket.rpartition(":")[2])
    return facts.account if facts else scope.call.account


def object_check(
    scope: Scope,
    action: str,
    bucket: str,
    key: str | None,
    context: Mapping[str, Any] | None = None,
    sender: Sender = CALLER,
    source: str = "",
) -> Check:
    """An action on an object, or on the bucket itself when `key` is None."""
    resource, owner = bucket_arn(scope, bucket, key), owner_of(scope, bucket)
    keys = {**(VIA_SERVICE if sender.through else {}), **(context or {})}
    return Check(action, resource, owner, keys, as_role=sender.as_role, via=sender.through, source=source)


def encryption_check(
    scope: Scope,
    action: str,
    kms_key: str,
    bucket: str,
    key: str,
    *,
    bucket_key: bool | None = None,
    sender: Sender = CALLER,
    source: str = _SSE,
) -> Check:
    """The KMS check S3 brings about for one object under `kms_key`."""
    facts = scope.estate.bucket(bucket)
    whole = facts.bucket_key if facts and bucket_key is None else bool(bucket_key)
    named = {"aws:s3:arn": bucket_arn(scope, bucket, None if whole else key)}
    return key_check(
        scope,
        action,
        kms_key,
        via="s3",
        context={"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        encryption_context=named,
        as_role=sender.as_role,
        through=sender.through,
        source=source,
    )


def decrypt_checks(
    scope: Scope, bucket: str, key: str, version: str | None = None, sender: Sender = CALLER
) -> Iterator[Check]:
    """kms:Decrypt on the key an existing object is under; nothing when it is under none."""
    kms_key = scope.estate.object_key(bucket, key, version)
    if kms_key:
        yield encryption_check(scope, "kms:Decrypt", kms_key, bucket, key, sender=sender)


def new_object_key(scope: Scope, bucket: str) -> str | None:
    """The KMS key a new object would be under: the one asked for, else the bucket's default, else none.

    SSE-KMS asked for without a key means the AWS managed key alias/aws/s3.
    """
    mode = scope.get("ServerSideEncryption")
    if mode in _KMS_MODES:
        return scope.text("SSEKMSKeyId", "alias/aws/s3")
    facts = scope.estate.bucket(bucket)
    return facts.default_key if facts and mode is None and scope.get("SSECustomerAlgorithm") is None else None


def _where(scope: Scope) -> tuple[str, str]:
    return scope.text("Bucket"), scope.text("Key")


def _version(scope: Scope) -> Context:
    return {"s3:versionid": scope.text("VersionId")} if scope.get("VersionId") else {}


def _headers(scope: Scope) -> Context:
    context: Context = {}
    for parameter, key in _PUT_HEADERS.items():
        value = scope.get(parameter)
        if parameter == "CopySource" and isinstance(value, Mapping):
            value = f"{value.get('Bucket')}/{value.get('Key')}"
        if value is not None:
            context[key] = str(value)
    tags = dict(parse_qsl(scope.text("Tagging", ""), keep_blank_values=True))
    if tags:
        context.update({f"s3:RequestObjectTag/{key}": value for key, value in tags.items()})
        context["s3:RequestObjectTagKeys"] = tuple(tags)
    return context


def _only(context: Context, *stems: str) -> Context:
    return {key: value for key, value in context.items() if key.startswith(stems)}


def _write(scope: Scope) -> Iterator[Check]:
    """s3:PutObject, the rights that further headers need, and a data key."""
    bucket, key = _where(scope)
    context = _headers(scope)
    yield object_check(scope, "s3:PutObject", bucket, key, context)
    if any(scope.get(name) is not None for name in _ACL_PARAMETERS):
        acl = _only(context, "s3:x-amz-acl", "s3:x-amz-grant-")
        yield object_check(scope, "s3:PutObjectAcl", bucket, key, acl)
    if scope.get("Tagging"):
        yield object_check(scope, "s3:PutObjectTagging", bucket, key, _only(context, "s3:RequestObjectTag"))
    if scope.get("ObjectLockMode"):
        yield object_check(scope, "s3:PutObjectRetention", bucket, key, _only(context, "s3:object-lock-mode"))
    if scope.get("ObjectLockLegalHoldStatus"):
        yield object_check(scope, "s3:PutObjectLegalHold", bucket, key, _only(context, "s3:object-lock-legal-hold"))
    kms_key = new_object_key(scope, bucket)
    if kms_key:
        asked = scope.get("BucketKeyEnabled")
        yield encryption_check(scope, "kms:GenerateDataKey", kms_key, bucket, key, bucket_key=asked)


def _copied(scope: Scope) -> Iterator[Check]:
    """Reading what is copied: s3:GetObject (of the version named) and kms:Decrypt on the source."""
    bucket, key, version = copy_source(scope.get("CopySource"))
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    yield object_check(scope, action, bucket, key, {"s3:versionid": version} if version else {})
    yield from decrypt_checks(scope, bucket, key, version)


def copy_source(source: Any) -> tuple[str, str, str | None]:
    """Bucket, key and version of a CopySource: a mapping, or `/bucket/key?versionId=v` percent-encoded."""
    if isinstance(source, Mapping):
        return str(source.get("Bucket", "*")), str(source.get("Key", "*")), source.get("VersionId")
    path, _, query = str(source or "*/*").partition("?versionId=")
    bucket, _, key = unquote(path.removeprefix("/")).partition("/")
    return bucket, key, parse_qs(f"v={query}").get("v", [None])[0] if query else None


def _copy(scope: Scope) -> Iterator[Check]:
    yield from _write(scope)
    yield from _copied(scope)


def _upload_key(scope: Scope) -> str | None:
    """The key a multipart upload under way is under. The part names none: the bucket's default stands for it."""
    facts = scope.estate.bucket(scope.text("Bucket"))
    return facts.default_key if facts else None


def _part(scope: Scope) -> Iterator[Check]:
    """UploadPart and CompleteMultipartUpload: S3 decrypts parts to put them together, with the caller's rights."""
    bucket, key = _where(scope)
    yield object_check(scope, "s3:PutObject", bucket, key, _only(_headers(scope), "s3:if-", "s3:x-amz-copy-source"))
    kms_key = _upload_key(scope)
    if kms_key:
        yield encryption_check(scope, "kms:Decrypt", kms_key, bucket, key, source=_MULTIPART)


def _part_copy(scope: Scope) -> Iterator[Check]:
    yield from _part(scope)
    yield from _copied(scope)


def _list_parts(scope: Scope) -> Iterator[Check]:
    bucket, key = _where(scope)
    yield object_check(scope, "s3:ListMultipartUploadParts", bucket, key)
    kms_key = _upload_key(scope)
    if kms_key:
        yield encryption_check(scope, "kms:Decrypt", kms_key, bucket, key, source=_MULTIPART)


def _read(scope: Scope) -> Iterator[Check]:
    """s3:GetObject, and kms:Decrypt of what is encrypted."""
    bucket, key = _where(scope)
    version = scope.get("VersionId")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    yield object_check(scope, action, bucket, key, _version(scope))
    yield from decrypt_checks(scope, bucket, key, version)


def _head(scope: Scope) -> Iterator[Check]:
    """s3:GetObject; the key only for a checksum, which the request asks for by x-amz-checksum-mode: ENABLED."""
    if scope.get("ChecksumMode") == "ENABLED":
        yield from _read(scope)
    else:
        yield from _object("s3:GetObject", "s3:GetObjectVersion")(scope)


def _attributes(scope: Scope) -> Iterator[Check]:
    yield from _read(scope)
    action = "s3:GetObjectVersionAttributes" if scope.get("VersionId") else "s3:GetObjectAttributes"
    yield object_check(scope, action, *_where(scope), _version(scope))


def _delete(scope: Scope, key: str, version: str | None) -> Iterator[Check]:
    bucket = scope.text("Bucket")
    if version:
        yield object_check(scope, "s3:DeleteObjectVersion", bucket, key, {"s3:versionid": version})
    else:
        yield object_check(scope, "s3:DeleteObject", bucket, key)
    if scope.get("BypassGovernanceRetention"):
        yield object_check(scope, "s3:BypassGovernanceRetention", bucket, key)


def _delete_one(scope: Scope) -> Iterator[Check]:
    return _delete(scope, scope.text("Key"), scope.get("VersionId"))


def _delete_many(scope: Scope) -> Iterator[Check]:
    """One check an object. S3 answers a denial per key; whoever enforces this may do the same."""
    for one in scope.get("Delete.Objects") or ({"Key": "*"},):
        yield from _delete(scope, str(one.get("Key")), one.get("VersionId"))


def _object(action: str, versioned: str | None = None) -> Answer:
    """An action on an object; `versioned` is its name when the call names a version."""

    def checks(scope: Scope) -> Iterator[Check]:
        bucket, key = _where(scope)
        if versioned and scope.get("VersionId"):
            yield object_check(scope, versioned, bucket, key, _version(scope))
        else:
            yield object_check(scope, action, bucket, key)

    return checks


def _tag(scope: Scope) -> Iterator[Check]:
    bucket, key = _where(scope)
    tags = tag_pairs(scope.get("Tagging.TagSet"))
    context: Context = {f"s3:RequestObjectTag/{name}": value for name, value in tags.items()}
    if tags:
        context["s3:RequestObjectTagKeys"] = tuple(tags)
    action = "s3:PutObjectVersionTagging" if scope.get("VersionId") else "s3:PutObjectTagging"
    yield object_check(scope, action, bucket, key, {**context, **_version(scope)})


def _put_acl(scope: Scope) -> Iterator[Check]:
    action = "s3:PutObjectVersionAcl" if scope.get("VersionId") else "s3:PutObjectAcl"
    acl = _only(_headers(scope), "s3:x-amz-acl", "s3:x-amz-grant-")
    yield object_check(scope, action, *_where(scope), {**acl, **_version(scope)})


TABLE: Table = {
    **entries(
        _API,
        {
            "CompleteMultipartUpload": _part,
            "CopyObject": _copy,
            "CreateMultipartUpload": _write,
            "DeleteObject": _delete_one,
            "DeleteObjects": _delete_many,
            "GetObject": _read,
            "GetObjectAttributes": _attributes,
            "HeadObject": _head,
            "ListParts": _list_parts,
            "PutObject": _write,
            "SelectObjectContent": _read,
            "UploadPart": _part,
            "UploadPartCopy": _part_copy,
        },
    ),
    **entries(
        _PAGE,
        {
            "AbortMultipartUpload": _object("s3:AbortMultipartUpload"),
            "DeleteObjectTagging": _object("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
            "GetObjectAcl": _object("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
            "GetObjectLegalHold": _object("s3:GetObjectLegalHold"),
            "GetObjectRetention": _object("s3:GetObjectRetention"),
            "GetObjectTagging": _object("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
            "PutObjectAcl": _put_acl,
            "PutObjectLegalHold": _object("s3:PutObjectLegalHold"),
            "PutObjectRetention": _object("s3:PutObjectRetention"),
            "PutObjectTagging": _tag,
            "RestoreObject": _object("s3:RestoreObject"),
        },
    ),
}


def location(uri: str) -> tuple[str, str]:
    """Bucket and key prefix of an `s3://bucket/prefix` URI; the prefix ends in a slash unless it is empty."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix if not prefix or prefix.endswith("/") else prefix + "/"
