"""Policy documents are read before they are stored, as AWS does: a broken one is refused in the call that brings it."""

from featureshare.iam import DocumentError, Policy
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError

_PLACES: dict[tuple[str, str], tuple[str, str]] = {
    ("iam", "PutRolePolicy"): ("PolicyDocument", "identity"),
    ("iam", "PutUserPolicy"): ("PolicyDocument", "identity"),
    ("iam", "CreatePolicy"): ("PolicyDocument", "identity"),
    ("iam", "CreatePolicyVersion"): ("PolicyDocument", "identity"),
    ("iam", "CreateRole"): ("AssumeRolePolicyDocument", "trust"),
    ("iam", "UpdateAssumeRolePolicy"): ("PolicyDocument", "trust"),
    ("s3", "PutBucketPolicy"): ("Policy", "resource"),
    ("kms", "CreateKey"): ("Policy", "key"),
    ("kms", "PutKeyPolicy"): ("Policy", "key"),
    ("glue", "PutResourcePolicy"): ("PolicyInJson", "resource"),
    ("organizations", "CreatePolicy"): ("Content", "organization"),
    ("organizations", "UpdatePolicy"): ("Content", "organization"),
}
_CODES = {
    "iam": "MalformedPolicyDocument",
    "s3": "MalformedPolicy",
    "kms": "MalformedPolicyDocumentException",
    "glue": "InvalidInputException",
    "organizations": "MalformedPolicyDocumentException",
}


def check_documents(call: ParsedCall) -> None:
    """Reads the policy document a call brings. Raises ServiceError with the service's code when it is no good."""
    place = _PLACES.get((call.service, call.operation))
    text = None if place is None else call.params.get(place[0])
    if place is None or not text:
        return
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    try:
        policy = Policy.parse(str(text), name=place[0])
    except DocumentError as error:
        raise ServiceError(_CODES[call.service], f"This policy is not valid: {error}") from error
    fault = _fault(policy, place[1])
    if fault is not None:
        raise ServiceError(_CODES[call.service], f"This policy is not valid here: {fault}")


def _fault(policy: Policy, kind: str) -> str | None:
    if kind == "identity":
        return policy.fault_as_identity
    if kind == "trust":
        return policy.fault_as_trust
    if kind == "key":
        return policy.fault_as_key
    return policy.fault_as_resource if kind == "resource" else None
