"""Uploads in chunks (aws-chunked): every chunk's signature, the length, and the checksum that follows the body.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html. Only what is
verified is handed on: the plain body, with the trailing checksum as an ordinary header.
"""

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from featureshare.localaws.gateway.checksums import bad_digest, checksum
from featureshare.localaws.gateway.http import HttpRequest
from featureshare.localaws.invocation import ServiceError

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
MODES = frozenset({SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER})

_EMPTY = sha256(b"").hexdigest()
_SMALLEST = 8192  # bytes of every chunk but the last
_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?")
_SIGNATURE = "x-amz-trailer-signature"
_OF_CHUNKS = frozenset({"x-amz-decoded-content-length", "x-amz-trailer", "x-amz-content-sha256", "content-length"})


class BadChunkSignature(Exception):
    """A chunk or the trailer is signed with another signature than its own."""


@dataclass(frozen=True, slots=True)
class Seed:
    """What the chunks' signatures start from: that of the request, its key, time and scope."""

    signature: str
    key: bytes
    timestamp: str
    scope: str

    def of_chunk(self, before: str, data: bytes) -> str:
        return self._sign(
            "AWS4-HMAC-SHA256-PAYLOAD", self.timestamp, self.scope, before, _EMPTY, sha256(data).hexdigest()
        )

    def of_trailer(self, before: str, trailer: bytes) -> str:
        return self._sign("AWS4-HMAC-SHA256-TRAILER", self.timestamp, self.scope, before, sha256(trailer).hexdigest())

    def _sign(self, *lines: str) -> str:
        return hmac.new(self.key, "\n".join(lines).encode(), sha256).hexdigest()


def plain(request: HttpRequest, mode: str, seed: Seed) -> HttpRequest:
    """The request as if it had been sent in one piece.

    Raises BadChunkSignature, and ServiceError as S3 does for a body that is not as announced or corrupt.
    """
    wanted = request.header("x-amz-decoded-content-length")
    if not wanted.isdigit():
        raise ServiceError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
    named = tuple(name.strip().lower() for name in request.header("x-amz-trailer").split(",") if name.strip())
    if (mode == SIGNED) is bool(named):
        raise _malformed("x-amz-trailer and x-amz-content-sha256 do not say the same")
    body, trailer = _decoded(request.body, None if mode == UNSIGNED_TRAILER else seed, trailing=mode != SIGNED)
    if len(body) != int(wanted):
        raise _incomplete()
    if set(trailer) != set(named):
        raise _malformed(f"announced: {sorted(named)}, sent: {sorted(trailer)}")
    for name, value in trailer.items():
        _check(name, value, body)
    return HttpRequest(request.method, request.target, [*_headers(request), *trailer.items()], body)


def _headers(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, value in request.headers:
        lower = name.lower()
        if lower == "content-encoding":
            kept = [one.strip() for one in value.split(",") if one.strip().lower() != "aws-chunked"]
            if kept:
                yield name, ",".join(kept)
        elif lower not in _OF_CHUNKS:
            yield name, value


def _decoded(data: bytes, seed: Seed | None, *, trailing: bool) -> tuple[bytes, dict[str, str]]:
    """Body and trailing headers. `seed` None: nothing is signed."""
    pieces: list[bytes] = []
    at, before = 0, seed.signature if seed is not None else ""
    while True:
        end = data.find(b"\r\n", at)
        head = _HEAD.fullmatch(data[at:end]) if end >= 0 else None
        if head is None or (head[2] is None) is not (seed is None):
            raise _incomplete()
        size, at = int(head[1], 16), end + 2
        piece, at = data[at : at + size], at + size
        if len(piece) != size or (size and data[at : at + 2] != b"\r\n"):
            raise _incomplete()
        if seed is not None:
            before = _next(seed.of_chunk(before, piece), head[2].decode())
        if not size:
            break
        if pieces and seed is not None and len(pieces[-1]) < _SMALLEST:
            raise ServiceError(
                "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192", 403
            )
        pieces.append(piece)
        at += 2
    rest = data[at:]
    if not trailing:
        if rest != b"\r\n":
            raise _incomplete()
        return b"".join(pieces), {}
    return b"".join(pieces), _trailer(rest, seed, before)


def _trailer(rest: bytes, seed: Seed | None, before: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    lines = [line.rstrip(b"\n") for line in rest.split(b"\r\n")]
    if lines[-1:] != [b""]:
        raise _malformed("the trailer does not end")
    for line in lines:
        if line:
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or name.strip().lower() in headers:
                raise _malformed(f"{name!r} is no header, or stands twice")
            headers[name.strip().lower()] = value.strip()
    signature = headers.pop(_SIGNATURE, None)
    if seed is not None:
        if signature is None:
            raise BadChunkSignature
        _next(seed.of_trailer(before, canonical(headers.items())), signature)
    elif signature is not None:
        raise _malformed(f"{_SIGNATURE} in an upload that is not signed")
    return headers


def canonical(headers: Iterable[tuple[str, str]]) -> bytes:
    """Trailing headers as they are signed: a line each, sorted by name."""
    return "".join(f"{name}:{value}\n" for name, value in sorted(headers)).encode("latin-1")


def _next(signature: str, given: str) -> str:
    if not hmac.compare_digest(signature, given):
        raise BadChunkSignature
    return signature


def _check(name: str, value: str, body: bytes) -> None:
    made = checksum(name, body)
    if made is None:
        raise ServiceError("NotImplemented", f"The local AWS does not know the trailer {name}.", 501)
    if made != value:
        raise bad_digest(name)


def _incomplete() -> ServiceError:
    return ServiceError(
        "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.", 400
    )


def _malformed(detail: str) -> ServiceError:
    return ServiceError(
        "MalformedTrailerError",
        f"The request contained trailing data that was not well-formed or did not conform to our schema: {detail}.",
        400,
    )
