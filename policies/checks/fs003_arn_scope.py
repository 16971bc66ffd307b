"""A wildcard in partition, service, Region or account of an ARN reaches into places that nobody reviewed."""

from featureshare.scan.conditions import has_wildcard
from featureshare.scan.document import Document
from featureshare.scan.examples import OWNER, SESSIONS, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS003"
SEVERITY = "HIGH"
TITLE = "The first five parts of a resource's ARN are exact."
FIX = "Write partition, service, Region and account id out."
KINDS = ("identity", "s3", "kms", "glue", "administration")

_PARTS = ("prefix", "partition", "service", "Region", "account")
_NEED_ACCOUNT = frozenset({"athena", "glue", "kms", "sagemaker"})


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{arn!r} {problem}.", statement.label)
        for statement in document.allows
        for arn in statement.resources
        if (problem := _problem(arn))
    ]


def _problem(arn: str) -> str | None:
    if set(arn) <= {"*"}:
        return None  # the bare star is another rule's
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return "is no ARN of six parts"
    loose = [name for name, part in zip(_PARTS, parts[:5], strict=True) if has_wildcard(part)]
    if loose:
        return f"has a wildcard as {' and '.join(loose)}"
    if parts[2] in _NEED_ACCOUNT and not (parts[3] and parts[4]):
        return "names no Region or no account"
    return None


GOOD = [
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS))),
    ("identity", policy(allow("s3:GetBucketLocation", "arn:aws:s3:::features-222222222222-eu-west-1"))),
]
BAD = [
    ("identity", policy(allow("sagemaker:GetRecord", "arn:aws:sagemaker:*:*:feature-group/sessions"))),
    ("identity", policy(allow("sagemaker:GetRecord", f"arn:aws:sagemaker:*:{OWNER}:feature-group/sessions"))),
    ("identity", policy(allow("sagemaker:GetRecord", "arn:aws:*:eu-west-1:222222222222:feature-group/sessions"))),
]
