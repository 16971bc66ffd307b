"""moto's S3 again: tells who listens of every new version and delete marker, and shows an object's replication status.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
"""

from collections.abc import Callable
from typing import Any

from moto.s3.models import FakeKey, S3Backend

STATUS = "featureshare_replication_status"
"""Attribute of moto's objects: PENDING, COMPLETED, FAILED or REPLICA; absent where no rule applied."""

_heard: Callable[[str, Any], None] | None = None


def listen(heard: Callable[[str, Any], None] | None) -> None:
    """From now on `heard` is told (bucket, moto's object or delete marker) of what was written; None: nobody is."""
    global _heard
    _heard = heard


def apply() -> None:
    # Bound now: another correction of S3 has been applied before this one.
    _put, _mark = S3Backend.put_object, S3Backend._set_delete_marker
    _headers = FakeKey.response_dict.fget  # type: ignore[attr-defined]

    def put_object(self: Any, bucket_name: str, *arguments: Any, **options: Any) -> Any:
        written = _put(self, bucket_name, *arguments, **options)
        if _heard is not None:
            _heard(bucket_name, written)
        return written

    def mark(self: Any, bucket_name: str, key_name: str) -> Any:
        marker = _mark(self, bucket_name, key_name)
        if _heard is not None:
            _heard(bucket_name, marker)
        return marker

    def response_dict(self: Any) -> dict[str, Any]:
        headers: dict[str, Any] = _headers(self)
        if status := getattr(self, STATUS, None):
            headers["x-amz-replication-status"] = status
        return headers

    S3Backend.put_object = put_object  # type: ignore[method-assign]
    S3Backend._set_delete_marker = mark  # type: ignore[method-assign]
    FakeKey.response_dict = property(response_dict)  # type: ignore[assignment, method-assign]
