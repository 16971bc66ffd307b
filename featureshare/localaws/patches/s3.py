"""moto's buckets and objects: whoever writes one and the ACL given with it are noted as it comes to be.

moto knows one owner for everything; `featureshare.localaws.services.acls` knows the accounts. And a bucket's tag
with an empty value keeps it: moto forgets the value, which Terraform then wants to set at every plan. A state of
acceleration that was set is shown, `Suspended` too ("has no state if a state has never been set", S3 API Reference).
Object Lock is set on a bucket that holds objects, as AWS allows since 2023: it must only be versioned.
What is written under a lock needs a checksum, and one that is given names its algorithm itself ("Content-MD5 OR
x-amz-checksum- HTTP header is required", S3).
An object for which nobody named an encryption is encrypted by S3 all the same, and says so ("Amazon S3 automatically
encrypts all new objects", since January 2023). An archived object's content waits for its restoration; its tags, its
ACL and its legal hold are read as ever. A bucket's name follows all of S3's rules, of which moto knows the length.
"""

import re
from collections.abc import Callable
from typing import Any

from moto.s3 import notifications
from moto.s3.exceptions import InvalidBucketName, InvalidBucketState
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.responses import S3Response
from werkzeug.datastructures import Headers

from featureshare.localaws.services import acls

_create_bucket = S3Backend.create_bucket
_put_object = S3Backend.put_object
_begin = S3Backend.create_multipart_upload
_complete = S3Backend.complete_multipart_upload
_CHECKSUMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_NAME = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)"
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)"
)
_made = FakeKey.__init__
_ABOUT = ("get_object_tagging", "get_object_acl", "get_object_legal_hold")  # asked of an object, beside its content

_set_cors = FakeBucket.set_cors
_delete_object = S3Backend.delete_object
_put_key = S3Response._key_response_put
_lock_shown = S3Backend.get_object_lock_configuration
_bucket_tags = S3Response._bucket_tagging_from_body


def _delete_suspended(backend: Any, bucket: Any, key: str, version: str | None) -> dict[str, Any]:
    """Where versioning is suspended, `null` gives way to a marker, or one version goes; moto takes all.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersioningSuspendedBuckets.html
    """
    versions = list(bucket.keys.getlist(key))
    gone = version or "null"
    kept = [one for one in versions if str(one.version_id) != gone]
    if version is None:
        marker = FakeDeleteMarker(key=versions[-1])
        marker._version_id = gone
        kept.append(marker)
    bucket.keys.setlist(key, kept)
    if kept:
        return {"version-id": gone, **({"delete-marker": "true"} if version is None else {})}
    bucket.keys.pop(key)
    notifications.send_event(
        backend.account_id, notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT, bucket, versions[-1]
    )
    return {"version-id": gone}


def _of_archived_too(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def about(self: Any) -> Any:
        found = self._get_key
        self._get_key = lambda validate_storage_class=False: found(validate_storage_class=False)
        try:
            return read(self)
        finally:
            del self._get_key

    return about


def apply() -> None:
    def made(self: Any, *given: Any, **named: Any) -> None:
        _made(self, *given, **named)
        self.encryption = self.encryption or "AES256"

    def create_bucket(self: Any, bucket_name: str, *given: Any, **named: Any) -> Any:
        if not _NAME.fullmatch(bucket_name):
            raise InvalidBucketName()
        bucket = _create_bucket(self, bucket_name, *given, **named)
        acls.note_bucket(bucket)
        return bucket

    def put_object(self: Any, bucket_name: str, *given: Any, **named: Any) -> Any:
        key = _put_object(self, bucket_name, *given, **named)
        acls.note_object(self.get_bucket(bucket_name), key)
        return key

    def begin(self: Any, *given: Any, **named: Any) -> Any:
        multipart = _begin(self, *given, **named)
        acls.note_parts(multipart)
        return multipart

    def complete(self: Any, bucket_name: str, multipart_id: str, *given: Any, **named: Any) -> Any:
        multipart = self.get_bucket(bucket_name).multiparts.get(multipart_id)
        with acls.writing(None if multipart is None else acls.upload_of_parts(multipart)):
            return _complete(self, bucket_name, multipart_id, *given, **named)

    def bucket_tags(self: Any) -> dict[str, str]:
        return {key: value or "" for key, value in _bucket_tags(self).items()}

    def accelerate(self: Any, accelerate_config: str) -> None:
        self.accelerate_configuration = accelerate_config

    def put_key(self: Any, query: dict[str, Any], key_name: str) -> Any:
        given = [name for name in _CHECKSUMS if self.headers.get(f"x-amz-checksum-{name}")]
        # Object Lock asks for a checksum of what is uploaded; moto asks whoever copies or sets an ACL for one too.
        algorithm = (
            given[0].upper() if given else "CRC32" if self.headers.get("x-amz-copy-source") or "acl" in query else ""
        )
        if algorithm and not self.headers.get("x-amz-sdk-checksum-algorithm"):
            self.headers = Headers([*self.headers.items(), ("x-amz-sdk-checksum-algorithm", algorithm)])
        return _put_key(self, query, key_name)

    def delete_object(
        self: Any, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> tuple[bool, dict[str, Any]]:
        bucket = self.get_bucket(bucket_name)
        if bucket.versioning_status != "Suspended" or key_name not in bucket.keys:
            return _delete_object(self, bucket_name, key_name, version_id, bypass)
        return True, _delete_suspended(self, bucket, key_name, version_id)

    def lock(
        self: Any,
        bucket_name: str,
        lock_enabled: bool,
        mode: str | None = None,
        days: int | None = None,
        years: int | None = None,
    ) -> None:
        bucket = self.get_bucket(bucket_name)
        if not bucket.is_versioned:
            raise InvalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
        bucket.object_lock_enabled = bucket.object_lock_enabled or bool(lock_enabled)
        bucket.default_lock_mode = mode
        bucket.default_lock_days, bucket.default_lock_years = days or 0, years or 0

    def lock_shown(self: Any, bucket_name: str) -> tuple[bool, str | None, int | None, int | None]:
        enabled, mode, days, years = _lock_shown(self, bucket_name)
        return enabled, mode, days or None, years or None

    def set_cors(self: Any, rules: list[dict[str, Any]]) -> None:
        # An element without text is the empty string, which S3 takes as an origin.
        _set_cors(self, [{name: "" if value is None else value for name, value in rule.items()} for rule in rules])

    S3Backend.delete_object = delete_object  # type: ignore[method-assign]
    FakeBucket.set_cors = set_cors  # type: ignore[method-assign]
    FakeKey.__init__ = made  # type: ignore[method-assign]
    for name in _ABOUT:
        setattr(S3Response, name, _of_archived_too(getattr(S3Response, name)))
    FakeBucket.set_accelerate_configuration = accelerate  # type: ignore[method-assign]
    S3Response._bucket_tagging_from_body = bucket_tags  # type: ignore[method-assign]
    S3Backend.put_object_lock_configuration = lock  # type: ignore[method-assign]
    S3Response._key_response_put = put_key  # type: ignore[method-assign]
    S3Backend.get_object_lock_configuration = lock_shown  # type: ignore[method-assign]
    S3Backend.create_bucket = create_bucket  # type: ignore[method-assign]
    S3Backend.put_object = put_object  # type: ignore[method-assign]
    S3Backend.create_multipart_upload = begin  # type: ignore[method-assign]
    S3Backend.complete_multipart_upload = complete  # type: ignore[method-assign]
