"""From an HTTP request to an API call and back, by botocore's service models and moto's parsers and serializers.

Nothing here trusts the client to name the service: the credential scope does (it is signed), refined by the target
header or the path where services share a signing name.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlencode

import botocore.session
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    Request,
    determine_request_protocol,
    should_preserve_original_header_name,
)
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from featureshare.localaws.gateway import readings
from featureshare.localaws.gateway.http import HttpRequest, HttpResponse

_BY_SIGNING_NAME = {
    "access-analyzer": "accessanalyzer",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "email": "ses",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
_RUNTIME_PATHS = ("/FeatureGroup/", "/BatchGetRecord", "/BatchWriteRecord")
_TARGET_SERVICES = {
    "SageMaker": "sagemaker",
    "TrentService": "kms",
    "AWSGlue": "glue",
    "AmazonAthena": "athena",
    "AmazonSSM": "ssm",
    "AWSOrganizationsV20161128": "organizations",
}
# Paths of operations that have moved in the service model since SDKs in use were made.
_MOVED = {
    ("s3tables", "GET"): (
        re.compile(r"/tables/(?P<tableBucketARN>[^/]+)/(?P<namespace>[^/]+)/(?P<name>[^/]+)"),
        "/get-table",
    ),
}
_WITHHELD = ("authorization", "user-agent", "content-length", "transfer-encoding", readings.DECIDED_HEADER)


class UnknownCallError(Exception):
    """A request that no operation of a known service matches."""

    def __init__(self, service: str, detail: str) -> None:
        super().__init__(f"no operation of {service} matches {detail}")
        self.service = service


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """A request as its caller meant it: botocore's service and operation names, and the input shape's members."""

    service: str
    operation: str
    params: dict[str, Any]
    protocol: str


@cache
def _known_services() -> frozenset[str]:
    return frozenset(botocore.session.get_session().get_available_services())


def service_of(request: HttpRequest, signing_name: str | None) -> str:
    """botocore's service name for a request signed as `signing_name` (None: unsigned). Raises UnknownCallError."""
    target = request.header("x-amz-target").split(".", 1)[0]
    if signing_name is None:
        return _unsigned_service(request, target)
    name = signing_name.lower()
    if name == "sagemaker" and target != "SageMaker":
        if request.path.startswith(_RUNTIME_PATHS):
            return "sagemaker-featurestore-runtime"
        raise UnknownCallError("sagemaker", f"{request.method} {request.path}")
    if name == "s3" and request.path.startswith("/v20180820/"):
        return "s3control"
    service = _BY_SIGNING_NAME.get(name, name)
    if service not in _known_services():
        raise UnknownCallError(signing_name, f"{request.method} {request.path}")
    return service


def is_query(request: HttpRequest) -> bool:
    """Whether a request's parameters are a form, as in the query protocol."""
    return request.header("content-type").startswith("application/x-www-form-urlencoded")


def _unsigned_service(request: HttpRequest, target: str) -> str:
    """Where an unsigned request was meant to go, so that it is refused in that service's words."""
    if target:
        return _TARGET_SERVICES.get(target, "sagemaker")
    if request.path.startswith(_RUNTIME_PATHS):
        return "sagemaker-featurestore-runtime"
    if request.method == "POST" and is_query(request):
        return "sts" if b"AssumeRole" in request.body or b"GetCallerIdentity" in request.body else "iam"
    return "s3"


def environ_of(request: HttpRequest) -> dict[str, Any]:
    """The WSGI environment of a request: what moto's parsers read.

    A client's own x-moto-* headers, by which it could choose the account, are dropped; its User-Agent, where moto
    looks for a Region, is withheld.
    """
    preserved: dict[str, str] = {}
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": request.target,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: preserved,
    }
    for name, value in request.headers:
        lower = name.lower()
        if lower.startswith("x-moto") or lower in _WITHHELD:
            continue
        if lower == "content-type":
            environ["CONTENT_TYPE"] = value
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        if should_preserve_original_header_name(name):
            preserved[key] = name
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def parse(request: HttpRequest, service: str) -> ParsedCall:
    """The call a request makes. Raises UnknownCallError when no operation of the service matches it."""
    model = get_service_model(service)
    request = _at_its_place(request, service)
    wsgi = Request(_full_target(environ_of(request), str(model.metadata.get("targetPrefix", ""))))
    try:
        operation, uri_params = get_service_router(service).match(wsgi)
    except (HTTPException, NotImplementedError, KeyError) as error:
        wanted = request.header("x-amz-target") or f"{request.method} {request.path}"
        if model.protocol in ("query", "ec2"):
            wanted = str(wsgi.values.get("Action", wanted))
        raise UnknownCallError(service, wanted) from error
    protocol = determine_request_protocol(model, request.header("content-type"))
    doubt = readings.ambiguity(request, service, operation, protocol)
    if doubt is not None:
        raise UnknownCallError(service, f"{operation.name} with {doubt}")
    parser = PROTOCOL_PARSERS[protocol](operation)
    body = wsgi.get_data() if protocol not in ("query", "ec2") else b""
    try:
        params = parser.parse(
            {
                "method": request.method,
                "values": wsgi.values if protocol in ("query", "ec2") else wsgi.args,
                "headers": wsgi.headers,
                "body": body,
                "url_path": wsgi.path,
                "url_params": uri_params,
            }
        )
    except Exception as error:
        raise UnknownCallError(service, f"{operation.name} with these parameters ({error})") from error
    given = dict(params or {})
    if protocol.startswith("rest-"):
        given = _without_absent(given, operation, wsgi)
    return ParsedCall(service, str(operation.name), given, protocol)


def _at_its_place(request: HttpRequest, service: str) -> HttpRequest:
    """A request to an operation's old path as one to its present path."""
    pattern, place = _MOVED.get((service, request.method), (None, ""))
    found = pattern.fullmatch(request.path) if pattern else None
    if found is None:
        return request
    query = urlencode({name: unquote(value) for name, value in found.groupdict().items()})
    return HttpRequest(request.method, f"{place}?{query}", request.headers, request.body)


def _full_target(environ: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The environment with the target prefix in full: some SDKs leave out the package before CloudTrail's."""
    given, dot, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    if dot and given != prefix and prefix.endswith(f".{given}"):
        environ["HTTP_X_AMZ_TARGET"] = f"{prefix}.{operation}"
    return environ


def _without_absent(params: dict[str, Any], operation: Any, request: Request) -> dict[str, Any]:
    """The parameters without those that moto's parser makes up: an empty list for a query parameter not there."""
    members = operation.input_shape.members if operation.input_shape is not None else {}
    for name in [name for name, value in params.items() if value in ([], {}, None)]:
        place = members[name].serialization if name in members else {}
        if (place.get("location") == "querystring" and place.get("name", name) not in request.args) or place.get(
            "location"
        ) in ("header", "headers"):
            del params[name]
    return params


def serialize(call: ParsedCall, output: Mapping[str, Any], request_id: str) -> HttpResponse:
    """The HTTP answer that carries `output`, the members of the operation's output shape."""
    operation = get_service_model(call.service).operation_model(call.operation)
    serializer = get_serializer_class(call.service, call.protocol)(operation, SerializationContext(request_id))
    answer = serializer.serialize(dict(output))
    body = answer["body"]
    headers = [(str(name), str(value)) for name, value in answer["headers"].items()]
    data = body if isinstance(body, bytes) else str(body).encode()
    return HttpResponse(int(answer["status_code"]), data, [*headers, ("x-amzn-RequestId", request_id)])
