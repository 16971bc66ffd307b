"""Errors in AWS's words and in each protocol's shape, so that real clients react as they do on AWS.

Wording: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import json
from xml.sax.saxutils import escape

from featureshare.iam import Decision
from featureshare.localaws.gateway.auth import AuthError, AuthFailure
from featureshare.localaws.gateway.http import HttpResponse
from featureshare.localaws.gateway.regions import ElsewhereError
from featureshare.localaws.invocation import ServiceError

_XML = [("Content-Type", "text/xml")]
_LAYERS = {
    "identity": ("an identity-based policy", "no identity-based policy"),
    "resource": ("a resource-based policy", "no resource-based policy"),
    "boundary": ("a permissions boundary", "no permissions boundary"),
    "session": ("a session policy", "no session policy"),
    "scp": ("a service control policy", "no service control policy"),
    "rcp": ("a resource control policy", "no resource control policy"),
}
_REST_JSON = frozenset(
    (
        *("accessanalyzer", "backup", "batch", "efs", "emr-serverless", "lakeformation", "lambda", "pipes", "ram"),
        *("resource-groups", "sagemaker-featurestore-runtime", "scheduler"),
    )
)
_TRUST = ("the role trust policy", "no role trust policy")


def protocol_of(service: str) -> str:
    """The error dialect of a service: s3, query, ec2, json or rest-json."""
    if service in ("s3", "s3control"):
        return "s3"
    if service == "ec2":
        return "ec2"
    if service in ("iam", "sts", "sns", "elbv2", "ses"):
        return "query"
    if service in _REST_JSON:
        return "rest-json"
    return "json"


def denied(decision: Decision | None, principal: str, action: str, resource: str, service: str) -> ServiceError:
    """The access-denied error for the check that `decision` was taken on; None when none was taken."""
    dialect = protocol_of(service)
    if principal == "anonymous":
        return ServiceError(_denied_in(protocol_of(service))[0], "Access Denied", 403)
    shown = f'"{resource}"' if dialect == "s3" else resource
    message = f"User: {principal} is not authorized to perform: {action} on resource: {shown}"
    if decision is not None:
        message += _because(decision, action)
    code, status = _denied_in(protocol_of(service))
    return ServiceError(code, message, status)


def _because(decision: Decision, action: str) -> str:
    layer = decision.reasons[0].layer if decision.reasons else "identity"
    trust = layer == "resource" and action.lower().startswith("sts:")
    explicit, implicit = _TRUST if trust else _LAYERS.get(layer, _LAYERS["identity"])
    if decision.result == "ExplicitlyDenied":
        return f" with an explicit deny in {explicit}"
    return f" because {implicit} allows the {action} action"


def _denied_in(dialect: str) -> tuple[str, int]:
    """The code and status of a denial."""
    codes = {"s3": "AccessDenied", "query": "AccessDenied", "ec2": "UnauthorizedOperation"}
    return codes.get(dialect, "AccessDeniedException"), 400 if dialect == "json" else 403


def auth_error(error: AuthError, service: str) -> ServiceError:
    """What a service answers to a request whose caller is not established."""
    code, status, message = _auth_words(error, protocol_of(service))
    return ServiceError(code, message, status)


def _auth_words(error: AuthError, dialect: str) -> tuple[str, int, str]:
    if dialect == "s3":
        return _s3_auth_words(error)
    query = dialect in ("query", "ec2")
    status = 403 if query or dialect == "rest-json" else 400
    bad_signature = "SignatureDoesNotMatch" if query else "InvalidSignatureException"
    unknown = "InvalidClientTokenId" if query else "UnrecognizedClientException"
    words = {
        AuthFailure.MISSING: (
            "MissingAuthenticationToken" if query else "MissingAuthenticationTokenException",
            "Missing Authentication Token" if dialect == "rest-json" else "Request is missing Authentication Token",
        ),
        AuthFailure.INCOMPLETE: ("IncompleteSignature" if query else "IncompleteSignatureException", str(error)),
        AuthFailure.UNKNOWN_KEY: (unknown, "The security token included in the request is invalid."),
        AuthFailure.BAD_TOKEN: (unknown, "The security token included in the request is invalid."),
        AuthFailure.EXPIRED_TOKEN: (
            "ExpiredToken" if query else "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        AuthFailure.SKEWED: (bad_signature, f"Signature expired or not yet current: {error.detail}"),
        AuthFailure.EXPIRED_REQUEST: (bad_signature, "Signature expired: the presigned request's time is over."),
        AuthFailure.UNSIGNED_HEADERS: (bad_signature, f"These headers must be signed: {error.detail}"),
        AuthFailure.OBSOLETE: (bad_signature, "Signature version 2 is not supported."),
        AuthFailure.CHUNK_SIGNED: (bad_signature, f"Payload signing mode {error.detail} is not supported here."),
    }
    code, message = words.get(
        error.failure,
        (
            bad_signature,
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        ),
    )
    return code, status, message


def _s3_auth_words(error: AuthError) -> tuple[str, int, str]:
    words = {
        AuthFailure.MISSING: ("AccessDenied", 403, "Access Denied"),
        AuthFailure.INCOMPLETE: ("AuthorizationHeaderMalformed", 400, str(error)),
        AuthFailure.OBSOLETE: (
            "InvalidRequest", 400,
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."),
        AuthFailure.UNKNOWN_KEY: (
            "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."),
        AuthFailure.BAD_TOKEN: (
            "InvalidToken", 400, "The provided token is malformed or otherwise invalid."),
        AuthFailure.EXPIRED_TOKEN: ("ExpiredToken", 400, "The provided token has expired."),
        AuthFailure.SKEWED: (
            "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."),
        AuthFailure.EXPIRED_REQUEST: ("AccessDenied", 403, "Request has expired"),
        AuthFailure.UNSIGNED_HEADERS: (
            "AccessDenied", 403, f"There were headers present in the request which were not signed: {error.detail}"),
        AuthFailure.BAD_PAYLOAD: (
            "XAmzContentSHA256Mismatch", 400,
            "The provided 'x-amz-content-sha256' header does not match what was computed."),
        AuthFailure.CHUNK_SIGNED: (
            "NotImplemented", 501, f"Payload signing mode {error.detail} is not supported by the local AWS."),
    }  # fmt: skip
    return words.get(
        error.failure,
        (
            "SignatureDoesNotMatch",
            403,
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        ),
    )


def render(error: ServiceError, service: str, request_id: str, query: bool = False) -> HttpResponse:
    """The HTTP answer that carries `error` in the dialect of `service`.

    `query` says that the request was a form: a service that knows two protocols (CloudWatch) answers in the one asked.
    """
    dialect = "query" if query and protocol_of(service) == "json" else protocol_of(service)
    code, status = error.code, error.status
    if code in ("AccessDenied", "AccessDeniedException"):
        code, status = _denied_in(dialect)
    message = error.message
    if dialect == "s3":
        told = (
            f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
            f"<RequestId>{request_id}</RequestId><HostId>local</HostId></Error>"
        )
        if service == "s3control":  # SDKs look for its errors inside of another element
            told = f"<ErrorResponse>{told}</ErrorResponse>"
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{told}'
        headers = [("Content-Type", "application/xml"), ("x-amz-request-id", request_id)]
        if isinstance(error, ElsewhereError):
            headers.append(("x-amz-bucket-region", error.region))
        return HttpResponse(status, body.encode(), headers)
    if dialect == "query":
        body = (
            "<ErrorResponse><Error><Type>Sender</Type>"
            f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return HttpResponse(status, body.encode(), [*_XML, ("x-amzn-RequestId", request_id)])
    if dialect == "ec2":
        body = (
            f"<Response><Errors><Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
        return HttpResponse(status, body.encode(), [*_XML, ("x-amzn-RequestId", request_id)])
    fields = {"message": message, "Message": message}
    kind = "application/x-amz-json-1.1"
    if dialect == "json":
        fields = {"__type": code, **fields}
    else:
        kind = "application/json"
    headers = [("Content-Type", kind), ("x-amzn-ErrorType", code), ("x-amzn-RequestId", request_id)]
    return HttpResponse(status, json.dumps(fields).encode(), headers)
