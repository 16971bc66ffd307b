"""SigV4: which credential signed a request. Signatures are recomputed by botocore's own signer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.credentials import Credentials

from featureshare.localaws.gateway import chunks
from featureshare.localaws.gateway.clock import Clock
from featureshare.localaws.gateway.credentials import Credential
from featureshare.localaws.gateway.http import HttpRequest

_ALGORITHM = "AWS4-HMAC-SHA256"
_SKEW = timedelta(minutes=15)
_EMPTY = sha256(b"").hexdigest()


class AuthFailure(Enum):
    """Why a request has no caller; `errors.auth_error` words it for each protocol."""

    MISSING = "missing"
    INCOMPLETE = "incomplete"
    UNKNOWN_KEY = "unknown key"
    BAD_TOKEN = "bad token"
    EXPIRED_TOKEN = "expired token"
    BAD_SIGNATURE = "bad signature"
    UNSIGNED_HEADERS = "unsigned headers"
    SKEWED = "skewed"
    EXPIRED_REQUEST = "expired request"
    BAD_PAYLOAD = "bad payload"
    CHUNK_SIGNED = "signed chunks"
    OBSOLETE = "obsolete signature"


class AuthError(Exception):
    """A request whose caller is not established."""

    def __init__(self, failure: AuthFailure, detail: str = "", access_key: str = "") -> None:
        super().__init__(detail or failure.value)
        self.failure = failure
        self.detail = detail
        self.access_key = access_key


@dataclass(frozen=True, slots=True)
class Scope:
    """The credential scope of a signed request: whose key, and for which Region and signing name."""

    access_key: str
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str
    timestamp: str
    token: str | None
    presigned: bool
    expires: int = 0


class _Given:
    """Mixin over botocore's signers: exactly the headers the client signed, and signing keys derived once a day."""

    signed: tuple[str, ...]
    credentials: Any
    _region_name: str
    _service_name: str

    def headers_to_sign(self, request: Any) -> Any:
        return request.headers

    def canonical_headers(self, headers: Any) -> str:
        return "\n".join(f"{name}:{' '.join(headers[name].split())}" for name in self.signed)

    def signed_headers(self, headers: Any) -> str:
        return ";".join(self.signed)

    def signature(self, string_to_sign: str, request: Any) -> str:
        date = request.context["timestamp"][:8]
        key = _signing_key(self.credentials.secret_key, date, self._region_name, self._service_name)
        return hmac.new(key, string_to_sign.encode(), sha256).hexdigest()


class _Signer(_Given, SigV4Auth):  # type: ignore[misc]
    pass


class _S3Signer(_Given, S3SigV4Auth):  # type: ignore[misc]
    pass


@lru_cache(maxsize=4096)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key


@lru_cache(maxsize=1024)
def _credentials(access_key: str, secret: str) -> Any:
    return Credentials(access_key, secret)


def scope_of(request: HttpRequest) -> Scope | None:
    """The credential scope a request claims, unverified; None when it carries no signature.

    Raises AuthError for a signature that cannot be read.
    """
    header = request.header("authorization")
    # Signature version 2, which S3 refuses for every bucket made since June 2020:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/Appendix-Sigv2.html
    if header.startswith("AWS ") or ("AWSAccessKeyId=" in request.query and "Signature=" in request.query):
        raise AuthError(AuthFailure.OBSOLETE, "The request is signed with signature version 2.")
    if header:
        return _from_header(request, header)
    if "X-Amz-Signature=" in request.query or "X-Amz-Algorithm=" in request.query:
        return _from_query(request)
    return None


def _from_header(request: HttpRequest, header: str) -> Scope:
    algorithm, _, rest = header.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    pieces = fields.get("Credential", "").split("/")
    signed = tuple(fields.get("SignedHeaders", "").split(";"))
    if algorithm != _ALGORITHM or len(pieces) != 5 or "Signature" not in fields or not signed[0]:
        raise AuthError(AuthFailure.INCOMPLETE, "The Authorization header is not a complete AWS4-HMAC-SHA256 one.")
    timestamp = request.header("x-amz-date")
    return Scope(
        pieces[0], pieces[1], pieces[2], pieces[3], signed, fields["Signature"], timestamp,
        request.header("x-amz-security-token") or None, presigned=False,
    )  # fmt: skip


def _from_query(request: HttpRequest) -> Scope:
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    pieces = query.get("X-Amz-Credential", "").split("/")
    signed = tuple(query.get("X-Amz-SignedHeaders", "").split(";"))
    try:
        expires = int(query.get("X-Amz-Expires", "0"))
    except ValueError:
        expires = 0
    if query.get("X-Amz-Algorithm") != _ALGORITHM or len(pieces) != 5 or not signed[0] or not 0 < expires <= 604_800:
        raise AuthError(AuthFailure.INCOMPLETE, "The query string is not a complete AWS4-HMAC-SHA256 signature.")
    return Scope(
        pieces[0], pieces[1], pieces[2], pieces[3], signed, query.get("X-Amz-Signature", ""),
        query.get("X-Amz-Date", ""), query.get("X-Amz-Security-Token"), presigned=True, expires=expires,
    )  # fmt: skip


class Authenticator:
    """Establishes the credential behind a request; `lookup` finds credentials by access key."""

    def __init__(self, lookup: Callable[[str], Credential | None], clock: Clock) -> None:
        self._lookup = lookup
        self._clock = clock

    def authenticate(self, request: HttpRequest, scope: Scope) -> Credential:
        """The credential that signed `request`. Raises AuthError."""
        credential = self._lookup(scope.access_key)
        if credential is None:
            raise AuthError(AuthFailure.UNKNOWN_KEY, access_key=scope.access_key)
        if not hmac.compare_digest(credential.token or "", scope.token or ""):
            raise AuthError(AuthFailure.BAD_TOKEN, access_key=scope.access_key)
        self._check_age(scope)
        if _signature(request, scope, credential) != scope.signature:
            raise AuthError(AuthFailure.BAD_SIGNATURE, access_key=scope.access_key)
        self._check_coverage(request, scope)
        _check_payload(request, scope)
        if credential.expires is not None and self._clock.now() >= credential.expires:
            raise AuthError(AuthFailure.EXPIRED_TOKEN, access_key=scope.access_key)
        return credential

    def plain(self, request: HttpRequest, scope: Scope, credential: Credential) -> HttpRequest:
        """An authenticated request with its body in one piece: chunks are verified and put together.

        Raises AuthError for a chunk that another signed, ServiceError for a body that is not as announced.
        """
        mode = _payload_hash(request, scope)
        if scope.service != "s3" or mode not in chunks.MODES:
            return request
        key = _signing_key(credential.secret, scope.date, scope.region, scope.service)
        where = f"{scope.date}/{scope.region}/{scope.service}/aws4_request"
        try:
            return chunks.plain(request, mode, chunks.Seed(scope.signature, key, scope.timestamp, where))
        except chunks.BadChunkSignature:
            raise AuthError(AuthFailure.BAD_SIGNATURE, access_key=scope.access_key) from None

    def _check_age(self, scope: Scope) -> None:
        try:
            when = datetime.strptime(scope.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise AuthError(AuthFailure.INCOMPLETE, "X-Amz-Date is missing or malformed.") from None
        if scope.timestamp[:8] != scope.date:
            raise AuthError(AuthFailure.BAD_SIGNATURE, "The date of the credential scope is not that of X-Amz-Date.")
        now = self._clock.wall()
        if scope.presigned:
            if self._clock.now() > when + timedelta(seconds=scope.expires):
                raise AuthError(AuthFailure.EXPIRED_REQUEST)
            if when > now + _SKEW:
                raise AuthError(AuthFailure.SKEWED, scope.timestamp)
        elif abs(now - when) > _SKEW:
            raise AuthError(AuthFailure.SKEWED, scope.timestamp)

    def _check_coverage(self, request: HttpRequest, scope: Scope) -> None:
        """Host and every x-amz-* header must be signed: an unsigned one may come from anybody on the way."""
        loose = {name for name in request.names() if name.startswith("x-amz-")} - set(scope.signed)
        if scope.service == "s3":
            loose.discard("x-amz-content-sha256")
        if "host" not in scope.signed or loose:
            raise AuthError(AuthFailure.UNSIGNED_HEADERS, ", ".join(sorted(loose)) or "host")


def _check_payload(request: HttpRequest, scope: Scope) -> None:
    """The body is the one whose hash the signature covers."""
    claimed = _payload_hash(request, scope)
    if scope.service == "s3" and (claimed == "UNSIGNED-PAYLOAD" or claimed in chunks.MODES):
        return
    if claimed.startswith("STREAMING-"):
        raise AuthError(AuthFailure.CHUNK_SIGNED, claimed)
    if claimed != (sha256(request.body).hexdigest() if request.body else _EMPTY):
        raise AuthError(AuthFailure.BAD_PAYLOAD)


def _signature(request: HttpRequest, scope: Scope, credential: Credential) -> str:
    signer_class = _S3Signer if scope.service == "s3" else _Signer
    signer = signer_class(_credentials(credential.access_key, credential.secret), scope.service, scope.region)
    signer.signed = scope.signed
    if scope.presigned:
        pairs = [pair for pair in request.query.split("&") if not pair.startswith("X-Amz-Signature=")]
        url = f"http://localhost{request.path}?{'&'.join(pairs)}"
    else:
        url = f"http://localhost{request.target}"
    given = _Headers((name, request.header(name)) for name in scope.signed)
    given["X-Amz-Content-SHA256"] = _payload_hash(request, scope)
    signed = _Signed(request.method, url, given, {"timestamp": scope.timestamp})
    canonical = signer.canonical_request(signed)
    return str(signer.signature(signer.string_to_sign(signed, canonical), signed))


def _payload_hash(request: HttpRequest, scope: Scope) -> str:
    claimed = request.header("x-amz-content-sha256")
    if scope.presigned and scope.service == "s3" and "x-amz-content-sha256" not in scope.signed:
        return "UNSIGNED-PAYLOAD"
    if claimed:
        return claimed
    return sha256(request.body).hexdigest() if request.body else _EMPTY


class _Headers(dict[str, str]):
    """Lower-case names are the client's signed headers; the one capitalised name is what botocore's signer reads."""


@dataclass(slots=True)
class _Signed:
    """What botocore's canonical_request reads of an AWSRequest, without the cost of building one."""

    method: str
    url: str
    headers: _Headers
    context: dict[str, str]
    params: None = None
