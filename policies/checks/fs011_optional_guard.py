"""`...IfExists` is true when the key is absent, so a caller without the key walks past the guard."""

from featureshare.scan.document import Document
from featureshare.scan.examples import CONSUMER, KEYS, ORG, TRAINING, VIA_SAGEMAKER, allow, policy, root, trust
from featureshare.scan.model import Context, Finding, Kind

ID = "FS011"
SEVERITY = "HIGH"
TITLE = "A guard in an Allow demands its key."
FIX = "Drop IfExists (and Null: true) from guards on who calls, through what, and on which resource."
KINDS = ("identity", "trust", "s3", "kms", "glue", "administration")

_GUARDS = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:multifactorauthpresent",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
        "iam:passedtoservice",
        "iam:permissionsboundary",
        "kms:calleraccount",
        "kms:grantisforawsresource",
        "kms:resourcealiases",
        "kms:viaservice",
        "s3:prefix",
        "s3:resourceaccount",
        "sagemaker:taggingaction",
        "sts:externalid",
    }
)
_FAMILIES = (
    "aws:principal",
    "aws:source",
    "aws:resourcetag/",
    "kms:encryptioncontext",
    "sagemaker:resourcetag/",
    "s3:existingobjecttag/",
)
_ALWAYS_FINE = frozenset({"aws:principalisawsservice", "aws:sourceidentity"})


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        for guard in statement.guards:
            if not (guard.key in _GUARDS or guard.key.startswith(_FAMILIES)) or guard.key in _ALWAYS_FINE:
                continue
            if guard.if_exists:
                message = f"{guard.written} {guard.key} passes when the key is absent."
            elif guard.operator == "null" and "true" in guard.values:
                message = f"Null {guard.key} asks for the key to be absent."
            else:
                continue
            found.append(Finding(ID, SEVERITY, message, statement.label))
    return found


GOOD = [
    ("trust", trust({"AWS": TRAINING}, {"StringEquals": {"aws:PrincipalOrgID": ORG}})),
    ("identity", policy(allow("kms:Decrypt", KEYS, condition=VIA_SAGEMAKER))),
]
BAD = [
    ("trust", trust({"AWS": TRAINING}, {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORG}})),
    ("trust", trust({"AWS": root(CONSUMER)}, {"ArnEqualsIfExists": {"aws:PrincipalArn": TRAINING}})),
    ("identity", policy(allow("kms:Decrypt", KEYS, condition={"StringEqualsIfExists": VIA_SAGEMAKER["StringEquals"]}))),
    ("trust", trust({"AWS": TRAINING}, {"Null": {"aws:PrincipalOrgID": "true"}})),
]
