"""The checksums that S3 takes with an upload, by the name of the header that carries them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache

from featureshare.localaws.gateway.http import HttpRequest
from featureshare.localaws.invocation import ServiceError

_CRC32C, _CRC64NVME = 0x82F63B78, 0x9A6C9329AC4BC9B5  # reflected polynomials (RFC 3720; NVM Express base specification)


def checksum(name: str, data: bytes) -> str | None:
    """The value of the header or trailer `name` for `data`, in base64; None for a checksum that is not known here."""
    make = _MAKERS.get(name)
    return None if make is None else b64encode(make(data)).decode()


def verify(operation: str, request: HttpRequest) -> None:
    """What a client says of the body that it sent in one piece is so.

    Raises ServiceError as S3 does (Error responses: BadDigest). Of a whole object's checksum, which
    CompleteMultipartUpload carries, the body says nothing.
    """
    md5 = request.header("content-md5")
    if md5 and md5 != b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode():
        raise ServiceError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400)
    if operation not in _CARRY_A_BODY:
        return
    for name in _MAKERS:
        given = request.header(name)
        if given and given != checksum(name, request.body):
            raise bad_digest(name)


def bad_digest(name: str) -> ServiceError:
    """The refusal of a checksum, by its header's name, that is not the body's."""
    kind = name.removeprefix("x-amz-checksum-").upper()
    return ServiceError("BadDigest", f"The {kind} you specified did not match the calculated checksum.", 400)


@cache
def _table(polynomial: int) -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return tuple(table)


def _crc(polynomial: int, size: int) -> Callable[[bytes], bytes]:
    def make(data: bytes) -> bytes:
        table, ones = _table(polynomial), (1 << 8 * size) - 1
        value = ones
        for byte in data:
            value = value >> 8 ^ table[(value ^ byte) & 0xFF]
        return (value ^ ones).to_bytes(size, "big")

    return make


_CARRY_A_BODY = ("PutObject", "UploadPart")
_MAKERS: dict[str, Callable[[bytes], bytes]] = {
    "x-amz-checksum-crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "x-amz-checksum-crc32c": _crc(_CRC32C, 4),
    "x-amz-checksum-crc64nvme": _crc(_CRC64NVME, 8),
    "x-amz-checksum-sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "x-amz-checksum-sha256": lambda data: hashlib.sha256(data).digest(),
}
