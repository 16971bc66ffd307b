"""Who owns an S3 object, and the access control lists of buckets and objects, which moto keeps without accounts.

What they mean is in `featureshare.iam.acl`; here they are read from requests, kept on moto's buckets and keys, and
shown. New buckets have ACLs disabled and public access blocked, as on AWS since April 2023.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends
from moto.s3.models import PublicAccessBlock, s3_backends
from moto.s3control.models import s3control_backends

from featureshare.iam.acl import (
    ENFORCED,
    GROUPS,
    PERMISSIONS,
    WRITER,
    Grant,
    UnknownAcl,
    canned,
    is_public,
    object_owner,
    only_for_owner,
    without_public,
)
from featureshare.localaws.invocation import Handler, Invocation, ServiceError

_KEPT = "featureshare_acl"
_HEADERS = {
    "GrantFullControl": "FULL_CONTROL",
    "GrantRead": "READ",
    "GrantReadACP": "READ_ACP",
    "GrantWrite": "WRITE",
    "GrantWriteACP": "WRITE_ACP",
}
_GRANTEE = re.compile(r'\s*(id|uri|emailAddress)\s*=\s*"?([^",]+)"?\s*', re.IGNORECASE)
_WRITES = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
_NOT_SUPPORTED = ("AccessControlListNotSupported", "The bucket does not allow ACLs")
_NOT_ENFORCEABLE = (
    "InvalidBucketAclWithObjectOwnership",
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """Who writes an object, and the ACL that the request gives: a canned one, grants, or neither."""

    writer: str
    canned: str | None = None
    grants: tuple[Grant, ...] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The owner of an object or bucket and the grants on it."""

    owner: str
    grants: tuple[Grant, ...]


_uploading: ContextVar[Upload | None] = ContextVar("uploading", default=None)


@contextmanager
def writing(upload: Upload | None) -> Iterator[None]:
    """Objects that moto makes meanwhile in this thread are `upload`'s; without one they are the bucket owner's."""
    token = _uploading.set(upload)
    try:
        yield
    finally:
        _uploading.reset(token)


def note_object(bucket: Any, key: Any) -> None:
    """Keeps owner and ACL of an object that moto has just made."""
    upload = _uploading.get()
    if upload is None:
        return
    owner = object_owner(ownership(bucket), bucket.account_id, upload.writer, upload.canned)
    grants = upload.grants
    if grants is None:
        grants = canned(upload.canned or "private", owner, bucket.account_id)
    key.__dict__[_KEPT] = Listed(owner, grants)


def note_parts(multipart: Any) -> None:
    """Keeps who began a multipart upload, and the ACL that the object will have."""
    multipart.__dict__[_KEPT] = _uploading.get()


def upload_of_parts(multipart: Any) -> Upload | None:
    found: Upload | None = multipart.__dict__.get(_KEPT)
    return found


def note_bucket(bucket: Any) -> None:
    """What a new bucket has from birth."""
    bucket.ownership_rule = ENFORCED
    bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")


def ownership(bucket: Any) -> str:
    """The bucket's setting; without ownership controls (deleted ones) the writer owns what it writes."""
    return str(bucket.ownership_rule or WRITER)


def of_bucket(bucket: Any) -> Listed:
    """The bucket's list as it counts: the owner's alone where ACLs are disabled, without ignored public grants."""
    kept = bucket.__dict__.get(_KEPT)
    if kept is None or ownership(bucket) == ENFORCED:
        return Listed(bucket.account_id, canned("private", bucket.account_id, bucket.account_id))
    return Listed(bucket.account_id, _unblocked(bucket, kept))


def of_object(bucket: Any, key: Any) -> Listed:
    """An object's owner and list as they count."""
    kept = key.__dict__.get(_KEPT)
    if kept is None or ownership(bucket) == ENFORCED:
        return Listed(bucket.account_id, canned("private", bucket.account_id, bucket.account_id))
    return Listed(kept.owner, _unblocked(bucket, kept.grants))


def find_object(bucket: Any, key: str, version: str | None = None) -> Any:
    """moto's current object, or the version named; None when there is none, or a delete marker."""
    if version and version != "null":
        found = next((item for item in bucket.keys.getlist(key, []) if str(item.version_id) == version), None)
    else:
        found = bucket.keys.get(key)
    return found if hasattr(found, "contentsize") else None


def _unblocked(bucket: Any, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    return without_public(grants) if blocks(bucket, "ignore_public_acls") else grants


def blocks(bucket: Any, what: str) -> bool:
    """Whether a setting of public access block is on: the bucket's own, or its account's for all buckets."""
    account = s3control_backends[bucket.account_id][bucket.partition].public_access_block
    return any(str(getattr(one, what, False)).lower() == "true" for one in (bucket.public_access_block, account))


@lru_cache(maxsize=1024)
def canonical_id(account: str) -> str:
    """The canonical user id of an account: 64 hexadecimal digits, as AWS's, the same in every local AWS."""
    return sha256(f"canonical user of {account}".encode()).hexdigest()


# moto's one owner of everything, as it stands in its answers.
_MOTO_OWNERS = (
    b"75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a",
    b"bcaf1ffd86f41161ca5fb16fd081034f",
)


def with_owner(body: bytes, account: str) -> bytes:
    """A listing of moto's with `account`, which owns the bucket, as the owner of what is listed."""
    for owner in _MOTO_OWNERS:
        body = body.replace(owner, canonical_id(account).encode())
    return body


def _account_of(identifier: str) -> str:
    """The account with a canonical id. Raises ServiceError as S3 does for one that nobody has."""
    known = {str(account) for account in iam_backends}
    for partitions in list(organizations_backends.values()):
        known |= {str(entry.id) for store in list(partitions.values()) if store.org for entry in store.accounts}
    for account in known:
        if canonical_id(account) == identifier:
            return account
    raise ServiceError("InvalidArgument", "Invalid id")


# requests -----------------------------------------------------------------------------------------------------------
def admit(operation: str, params: Mapping[str, Any], caller: str) -> Upload | None:
    """The upload that an S3 call of account `caller` makes, None for a call that writes no object.

    Raises ServiceError for an ACL that the bucket does not take or that cannot be given here.
    """
    if operation == "CreateBucket":
        _admit_new_bucket(params, caller)
    if operation not in _WRITES and operation != "PutBucketOwnershipControls":
        return None
    bucket = _moto_bucket(params)
    if bucket is None:
        return None
    if operation == "PutBucketOwnershipControls":
        rules = (params.get("OwnershipControls") or {}).get("Rules") or [{}]
        kept = bucket.__dict__.get(_KEPT)
        if rules[0].get("ObjectOwnership") == ENFORCED and kept and not only_for_owner(kept, bucket.account_id):
            raise ServiceError(*_NOT_ENFORCEABLE)
        return None
    name, grants = _given(params, caller, bucket.account_id)
    harmless = name == "bucket-owner-full-control" if name else only_for_owner(grants or (), bucket.account_id)
    if ownership(bucket) == ENFORCED and grants is not None and not harmless:
        raise ServiceError(*_NOT_SUPPORTED)
    _admit_public(bucket, grants or ())
    return Upload(caller, name, None if name else grants)


def _admit_new_bucket(params: Mapping[str, Any], caller: str) -> None:
    _, grants = _given(params, caller, caller, bucket=True)
    if is_public(grants or ()):
        raise ServiceError(
            "InvalidBucketAclWithBlockPublicAccessError",
            "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
        )
    if grants and params.get("ObjectOwnership", ENFORCED) == ENFORCED and not only_for_owner(grants, caller):
        raise ServiceError(*_NOT_ENFORCEABLE)


def _admit_public(bucket: Any, grants: Iterable[Grant]) -> None:
    if is_public(grants) and blocks(bucket, "block_public_acls"):
        raise ServiceError("AccessDenied", "Access Denied", 403)


def _given(
    params: Mapping[str, Any], owner: str, bucket_owner: str, *, bucket: bool = False
) -> tuple[str | None, tuple[Grant, ...] | None]:
    """The canned ACL's name and the grants that a request gives by header or body; (None, None) for neither."""
    name, body = params.get("ACL"), params.get("AccessControlPolicy")
    headers = [(kind, str(params[one])) for one, kind in _HEADERS.items() if params.get(one)]
    if name and headers:
        raise ServiceError("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")
    if body and (name or headers):
        raise ServiceError("UnexpectedContent", "This request does not support content")
    if name:
        try:
            return str(name), canned(str(name), owner, bucket_owner, bucket=bucket)
        except UnknownAcl as error:
            code = "NotImplemented" if name == "aws-exec-read" else "InvalidArgument"
            raise ServiceError(code, f"{error}.") from error
    if headers:
        return None, tuple(Grant(one, kind) for kind, text in headers for one in _grantees(text))
    if body:
        return None, tuple(_from_body(one) for one in body.get("Grants") or ())
    return None, None


def _grantees(text: str) -> Iterator[str]:
    for part in text.split(","):
        found = _GRANTEE.fullmatch(part)
        if found is None:
            raise ServiceError("InvalidArgument", f"Argument format not recognized: {part.strip()}")
        yield _grantee({found[1].lower(): found[2].strip()})


def _grantee(given: Mapping[str, str]) -> str:
    """The account or group that a grantee names. Raises ServiceError."""
    if given.get("emailaddress"):
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html: ended on 1 October 2025
        raise ServiceError("MethodNotAllowed", "Email grantees are not supported; use the canonical user ID.", 405)
    if given.get("uri"):
        if given["uri"] not in GROUPS:
            raise ServiceError("InvalidArgument", "Invalid group uri")
        return given["uri"]
    return _account_of(given.get("id", ""))


def _from_body(grant: Mapping[str, Any]) -> Grant:
    permission = str(grant.get("Permission"))
    grantee = {str(key).lower(): str(value) for key, value in (grant.get("Grantee") or {}).items() if value}
    if permission not in PERMISSIONS:
        raise ServiceError("MalformedACLError", "The XML you provided was not well-formed or did not validate")
    return Grant(_grantee(grantee), permission)


def _moto_bucket(params: Mapping[str, Any]) -> Any:
    name = str(params.get("Bucket", ""))
    found = s3_backends.bucket_accounts.get(name)
    return None if found is None else s3_backends[found[1]][found[0]].buckets.get(name)


# operations ---------------------------------------------------------------------------------------------------------
def get_bucket_acl(call: Invocation) -> dict[str, Any]:
    return _shown(of_bucket(_bucket(call)))


def put_bucket_acl(call: Invocation) -> dict[str, Any]:
    bucket = _bucket(call)
    bucket.__dict__[_KEPT] = _new_list(call, bucket, bucket.account_id, of_a_bucket=True)
    return {}


def get_object_acl(call: Invocation) -> dict[str, Any]:
    bucket = _bucket(call)
    return _shown(of_object(bucket, _object(call, bucket)))


def put_object_acl(call: Invocation) -> dict[str, Any]:
    """A new list for an object. It never changes the owner."""
    bucket = _bucket(call)
    found = _object(call, bucket)
    kept = found.__dict__.get(_KEPT)
    owner = bucket.account_id if kept is None else kept.owner
    found.__dict__[_KEPT] = Listed(owner, _new_list(call, bucket, owner))
    return {}


def _new_list(call: Invocation, bucket: Any, owner: str, *, of_a_bucket: bool = False) -> tuple[Grant, ...]:
    _, grants = _given(call.params, owner, bucket.account_id, bucket=of_a_bucket)
    if ownership(bucket) == ENFORCED:
        raise ServiceError(*_NOT_SUPPORTED)
    if grants is None:
        raise ServiceError("MissingSecurityHeader", "Your request was missing a required header: x-amz-acl")
    _admit_public(bucket, grants)
    return grants


def _bucket(call: Invocation) -> Any:
    found = _moto_bucket(call.params)
    if found is None:
        raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
    return found


def _object(call: Invocation, bucket: Any) -> Any:
    found = find_object(bucket, str(call.params["Key"]), call.params.get("VersionId"))
    if found is None:
        raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
    return found


def _shown(listed: Listed) -> dict[str, Any]:
    grants = [
        {
            "Grantee": {"Type": "Group", "URI": grant.grantee}
            if grant.grantee in GROUPS
            else {"Type": "CanonicalUser", "ID": canonical_id(grant.grantee)},
            "Permission": grant.permission,
        }
        for grant in listed.grants
    ]
    return {"Owner": {"ID": canonical_id(listed.owner)}, "Grants": grants}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("s3", "GetBucketAcl"): get_bucket_acl,
    ("s3", "PutBucketAcl"): put_bucket_acl,
    ("s3", "GetObjectAcl"): get_object_acl,
    ("s3", "PutObjectAcl"): put_object_acl,
}
