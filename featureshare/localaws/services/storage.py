"""S3 as the services use it: straight into moto's backends, once the rights of whom they act for are checked.

Bucket names are global, so a bucket is found whatever account owns it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from moto.s3.models import s3_backends

from featureshare.localaws.services import acls


@dataclass(frozen=True)
class Stored:
    """A current object: `version` changes whenever its bytes do; `kms_key` is what moto recorded, an id or ARN."""

    bucket: str
    key: str
    version: str
    size: int
    kms_key: str | None = None


class NoSuchBucketError(Exception):
    """The bucket does not exist."""


def split(uri: str) -> tuple[str, str]:
    """(bucket, key or prefix) of an `s3://` or path-style `https://` URI. Raises ValueError for anything else."""
    scheme, found, rest = uri.partition("://")
    if not found or scheme not in ("s3", "s3a", "s3n", "https"):
        raise ValueError(f"'{uri}' is no S3 URI")
    if scheme == "https":
        rest = rest.partition("/")[2]
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise ValueError(f"'{uri}' names no bucket")
    return bucket, key


def owner(bucket: str) -> str | None:
    """Account that owns the bucket; None when there is no such bucket."""
    found = s3_backends.bucket_accounts.get(bucket)
    return None if found is None else str(found[1])


def region(bucket: str) -> str:
    return str(_bucket(bucket).region_name)


def _bucket(name: str) -> Any:
    return _backend(name).get_bucket(name)


def _backend(bucket: str) -> Any:
    found = s3_backends.bucket_accounts.get(bucket)
    if found is None:
        raise NoSuchBucketError(bucket)
    partition, account = found
    return s3_backends[account][partition]


def put(
    bucket: str,
    key: str,
    value: bytes,
    *,
    writer: str,
    acl: str | None = None,
    kms_key: str | None = None,
    content_type: str | None = None,
) -> None:
    """Writes an object for account `writer` with a canned `acl`: under `kms_key` (an ARN), or the bucket's default key.

    Raises NoSuchBucketError.
    """
    encryption = {"encryption": "aws:kms", "kms_key_id": kms_key} if kms_key else {}
    with acls.writing(acls.Upload(writer, acl)):
        written = _backend(bucket).put_object(bucket, key, value, **encryption)
    if content_type:
        written.set_metadata({"Content-Type": content_type})


def get(stored: Stored) -> bytes:
    """The bytes of an object. Raises KeyError when it is gone."""
    found = _backend(stored.bucket).get_object(stored.bucket, stored.key)
    if found is None:
        raise KeyError(stored.key)
    return bytes(found.value)


def opened(stored: Stored) -> pa.NativeFile:
    """An object as a file of Arrow, whatever becomes of the object; a large one, which moto keeps on disk, is not
    brought into memory. Raises KeyError when it is gone."""
    found = _backend(stored.bucket).get_object(stored.bucket, stored.key)
    if found is None:
        raise KeyError(stored.key)
    with found.lock:
        buffer = found._value_buffer
        if not buffer.closed and buffer._rolled:
            # Opened anew: Arrow reads at places of its own, moto at the one place of its file.
            return pa.OSFile(f"/dev/fd/{buffer.fileno()}")
    return pa.BufferReader(get(stored))


def listing(bucket: str, prefix: str) -> Iterator[Stored]:
    """Current objects under a prefix, by key. Raises NoSuchBucketError."""
    keys = _bucket(bucket).keys
    # Copied first, in one step: other threads write while this iterates.
    names = list(keys)
    for key in sorted(name for name in names if name.startswith(prefix)):
        found = keys.get(key)
        # A delete marker is the current "version" of a deleted object and has no content.
        if found is not None and hasattr(found, "contentsize"):
            version = f"{found.etag}:{found.version_id}"
            yield Stored(bucket, key, version, int(found.contentsize), found.kms_key_id)


def partition_values(path: str) -> dict[str, str]:
    """`{column: value}` of the `column=value` folders of a key."""
    pairs = (folder.split("=", 1) for folder in path.split("/")[:-1] if "=" in folder)
    return {name.lower(): unquote(value) for name, value in pairs}
