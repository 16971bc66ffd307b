"""Policy documents are read before they are stored, as AWS does: a broken one is refused in the call that brings it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from featureshare.iam import DocumentError, Policy
from featureshare.iam.public import is_public
from featureshare.localaws.gateway.estate import MotoEstate
from featureshare.localaws.gateway.protocol import ParsedCall
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import acls

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
_OF_BUCKET = re.compile(r"arn:[^:]*:s3:::([^/]*)(?:/.*)?", re.DOTALL)
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
    if (call.service, call.operation) == ("s3", "PutBucketPolicy"):
        _check_about(str(call.params["Bucket"]), json.loads(str(text)))


def _check_about(bucket: str, document: Mapping[str, Any]) -> None:
    """A bucket's policy is about that bucket and its objects. Raises ServiceError MalformedPolicy.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting.html; what holds a wildcard or a variable
    before the first `/` may be about it.
    """
    for resource in _resources(document):
        name = _OF_BUCKET.fullmatch(resource)
        if name is not None and name[1] != bucket and not set(name[1]) & set("*?$"):
            raise ServiceError("MalformedPolicy", "Policy has invalid resource")


def _resources(document: Mapping[str, Any]) -> Iterator[str]:
    given = document.get("Statement") or ()
    for statement in (given,) if isinstance(given, Mapping) else given:
        for member in ("Resource", "NotResource"):
            named = statement.get(member) or ()
            yield from (named,) if isinstance(named, str) else named


def refuse_public_policy(call: ParsedCall, estate: MotoEstate, principal: str) -> None:
    """S3 stores no public policy on a bucket with BlockPublicPolicy. Raises ServiceError AccessDenied.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    if (call.service, call.operation) != ("s3", "PutBucketPolicy"):
        return
    bucket = estate.raw_bucket(str(call.params.get("Bucket", "")))
    if bucket is None or not acls.blocks(bucket, "block_public_policy"):
        return
    text = call.params.get("Policy", "")
    if is_public(Policy.parse(text.decode() if isinstance(text, bytes) else str(text), name="bucket policy")):
        raise ServiceError(
            "AccessDenied",
            f'User: {principal} is not authorized to perform: s3:PutBucketPolicy on resource: "{bucket.arn}" because '
            "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
            403,
        )


def _fault(policy: Policy, kind: str) -> str | None:
    if kind == "identity":
        return policy.fault_as_identity
    if kind == "trust":
        return policy.fault_as_trust
    if kind == "key":
        return policy.fault_as_key
    return policy.fault_as_resource if kind == "resource" else None
