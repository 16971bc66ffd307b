"""moto, in this process: it keeps the state of S3, IAM, KMS, Glue and the rest. It decides nothing about access."""

import json
import threading
from copy import copy
from typing import Any

import moto.backends
from moto.core.base_backend import BackendDict
from moto.iam.access_control import PermissionResult
from moto.iam.models import IAMBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket

from featureshare.localaws.gateway import readings
from featureshare.localaws.gateway.http import HttpRequest, HttpResponse
from featureshare.localaws.gateway.protocol import ParsedCall, environ_of
from featureshare.localaws.invocation import ServiceError

_AUTH_QUERY = (
    "X-Amz-Algorithm=", "X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Expires=", "X-Amz-SignedHeaders=",
    "X-Amz-Signature=", "X-Amz-Security-Token=",
)  # fmt: skip


def _no_opinion(self: Any, action: str, resource: str) -> Any:
    """moto's bucket-policy check takes a Deny whose condition does not hold for a Deny; the gateway has decided."""
    return PermissionResult.PERMITTED


_build_managed_policies = IAMBackend._init_aws_policies
_managed_policies: list[Any] = []


def _shared_managed_policies(self: Any) -> list[Any]:
    """AWS's managed policies, parsed once; moto parses all 1,400 for every account (0.1 s and 15 MB each)."""
    if not _managed_policies:
        _managed_policies.extend(_build_managed_policies(self))
    shared = [copy(policy) for policy in _managed_policies]
    for policy in shared:
        policy.account_id = self.account_id
    return shared


class Emulator:
    """Passes requests that the gateway has allowed to moto's own web application."""

    def __init__(self) -> None:
        setattr(FakeBucket, "get_permission", _no_opinion)  # noqa: B010  (a method, to the type checker)
        setattr(IAMBackend, "_init_aws_policies", _shared_managed_policies)  # noqa: B010
        readings.guard_moto()
        self._app = DomainDispatcherApplication(create_backend_app)
        # moto walks through its dictionaries without locks; one call at a time for each service keeps them whole, and
        # costs nothing where only one thread computes anyway.
        self._locks: dict[str, threading.Lock] = {}
        self._locks_lock = threading.Lock()

    def call(
        self, request: HttpRequest, call: ParsedCall, *, account: str, region: str, signing_name: str
    ) -> HttpResponse:
        """moto's answer to `request` in `account` and `region`. Raises ServiceError when moto lacks the operation."""
        service = call.service
        query = "&".join(pair for pair in request.query.split("&") if not pair.startswith(_AUTH_QUERY))
        target = f"{request.path}?{query}" if query else request.path
        body = readings.unmistakable(request.body, call.protocol)
        environ = environ_of(HttpRequest(request.method, target, request.headers, body))
        environ["HTTP_AUTHORIZATION"] = (
            f"AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEEXAMPLE00/20260101/{region}/{signing_name}/aws4_request, "
            "SignedHeaders=host, Signature=0"
        )
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if service != "s3":  # its operations go by other names in moto; `readings` and `gaps` see to it instead
            environ["HTTP_X_FEATURESHARE_OPERATION"] = call.operation
        if request.method == "PUT" and environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            environ["CONTENT_TYPE"] = "binary/octet-stream"  # else moto reads an object's content as form fields
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            started[:] = [status, headers]

        try:
            with self._lock(service):
                body = b"".join(self._app(environ, start_response))
        except NotImplementedError as error:
            raise ServiceError(
                "NotImplemented", f"moto does not implement this operation of {service}: {error}", 400
            ) from error
        status = int(str(started[0]).split(" ", 1)[0])
        unrouted = b"<title>404 Not Found</title>" in body and service != "s3"
        if status == 404 and (unrouted or b"Not yet implemented" in body):
            raise ServiceError("NotImplemented", f"moto does not implement this operation of {service}", 400)
        return HttpResponse(status, body, [(name, value) for name, value in started[1] if name != "server"])

    def _lock(self, service: str) -> threading.Lock:
        with self._locks_lock:
            return self._locks.setdefault(service, threading.Lock())


def reset() -> None:
    """Forgets everything moto holds."""
    BackendDict.reset()


def backend(service: str, account: str, region: str) -> Any:
    """moto's backend of a service; global services live under their partition."""
    found: Any = moto.backends.get_backend(service)  # type: ignore[call-overload]
    return found[account][region]


def document(text: Any) -> str | None:
    """A policy document as moto keeps it (text, bytes or mapping) as text; None when there is none."""
    if not text:
        return None
    if isinstance(text, bytes):
        return text.decode()
    return text if isinstance(text, str) else json.dumps(text)
