"""One reading of every request: what is authorized is what is done.

moto reads requests more loosely than AWS: it takes an Action from a query string before the target header, parameters
from the text of a JSON body that happens to look like a form, and the first of several S3 sub-resources. A request
that could be read in two ways is refused here; what is handed to moto has one reading left.
"""

from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model

from featureshare.localaws.gateway.http import HttpRequest
from featureshare.localaws.invocation import ServiceError

DECIDED_HEADER = "x-featureshare-operation"
"""Set on what goes to moto: the operation that was authorized. A client's own is dropped."""

_read_action = BaseResponse._get_action


def _decided_action(self: Any) -> str:
    """moto's own reading of the operation, which must be the one that was authorized."""
    action = _read_action(self)
    decided = self.headers.get(DECIDED_HEADER)
    if decided and action != decided:
        raise ServiceError("AccessDenied", f"{action} is not what was authorized ({decided})", 403)
    return action


def guard_moto() -> None:
    """Makes moto refuse an operation other than the one named in `DECIDED_HEADER`."""
    setattr(BaseResponse, "_get_action", _decided_action)  # noqa: B010  (a method, to the type checker)


def ambiguity(request: HttpRequest, service: str, operation: Any, protocol: str) -> str | None:
    """Why a request could be taken for another one, or None."""
    query = {name for name, _ in parse_qsl(request.query, keep_blank_values=True) if not name.startswith("X-Amz-")}
    if protocol in ("query", "ec2"):
        return "parameters in query string and body" if query and request.body else None
    if protocol == "json":
        return f"query parameters {sorted(query)}" if query else None
    known = _query_names(service, str(operation.name))
    if service == "s3":
        other = (query & _sub_resources()) - known
        return f"sub-resources of another operation: {sorted(other)}" if other else None
    unknown = query - known
    return f"query parameters {sorted(unknown)}" if unknown else None


def unmistakable(body: bytes, protocol: str) -> bytes:
    """A JSON body that cannot be taken for a form: `&` stands only in strings, where JSON can escape it."""
    if protocol == "json" or (protocol == "rest-json" and body.startswith(b"{")):
        return body.replace(b"&", b"\\u0026")
    return body


@cache
def _query_names(service: str, operation: str) -> frozenset[str]:
    """The query parameters of an operation: those in its URI and those of its input."""
    model = get_service_model(service).operation_model(operation)
    names = set(model.http_trait.query_args)
    if model.input_shape is not None:
        for name, member in model.input_shape.members.items():
            if member.serialization.get("location") == "querystring":
                names.add(member.serialization.get("name", name))
    return frozenset(names)


@cache
def _sub_resources() -> frozenset[str]:
    """The query parameters by which operations of S3 are told apart."""
    names: set[str] = set()
    model = get_service_model("s3")
    for name in model.operation_names:
        operation = model.operation_model(name)
        names |= set(operation.http_trait.query_args)
        names |= set(getattr(operation.input_shape, "required_query_args", ()))
    return frozenset(names - {"x-id"})
