"""A principal `*` is everybody, anonymous callers included; a pattern in a Principal matches nobody or worse."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import BUCKET, CONSUMER, ORG, OWNER, REGION, TRAINING, allow, policy, trust
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import home, narrowed, pinned_account

ID = "FS006"
SEVERITY = "CRITICAL"
TITLE = "An Allow names its principals."
FIX = "Name roles, or an account's root narrowed by aws:PrincipalArn. An organization id alone narrows nothing."
KINDS = ("trust", "s3", "kms", "glue")

_HOME_KEYS = {
    "s3": ("aws:principalaccount", "s3:dataaccesspointaccount"),
    "kms": ("kms:calleraccount", "aws:principalaccount"),
    "glue": ("aws:principalaccount",),
}


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        for principal in statement.principals:
            if principal.kind == "any" and not _bound(statement, document, kind, context):
                message = "everybody is the principal and no condition names who."
            elif principal.kind == "pattern":
                message = f"{principal.value!r}: a Principal takes no wildcards within a value."
            elif principal.kind == "unknown":
                message = f"{principal.value!r} does not tell which account is let in."
            else:
                continue
            found.append(Finding(ID, SEVERITY, message, statement.label))
    return found


def _bound(statement: Statement, document: Document, kind: Kind, context: Context) -> bool:
    if any(statement.binding("aws:principalarn")):
        return narrowed(statement)
    return kind != "trust" and pinned_account(statement, *_HOME_KEYS[kind]) == home(document, kind, context)


GOOD = [
    ("s3", policy(allow("s3:GetObject", f"{BUCKET}/*", principal={"AWS": TRAINING}))),
    (
        "s3",
        policy(
            allow(
                "s3:GetObject",
                f"{BUCKET}/*",
                principal="*",
                condition={"ArnEquals": {"aws:PrincipalArn": TRAINING}},
            )
        ),
    ),
    (
        "kms",
        policy(
            allow(
                "kms:Decrypt",
                "*",
                principal={"AWS": "*"},
                condition={
                    "StringEquals": {"kms:CallerAccount": OWNER, "kms:ViaService": f"s3.{REGION}.amazonaws.com"}
                },
            )
        ),
    ),
]
BAD = [
    ("trust", trust("*", {"StringEquals": {"aws:PrincipalOrgID": ORG}})),
    ("trust", trust({"AWS": f"arn:aws:iam::{CONSUMER}:role/*"})),
    (
        "s3",
        policy(
            allow(
                "s3:GetObject",
                f"{BUCKET}/*",
                principal={"AWS": "*"},
                condition={"StringEquals": {"aws:PrincipalOrgID": ORG}},
            )
        ),
    ),
    ("glue", policy(allow("glue:GetTable", f"arn:aws:glue:{REGION}:{OWNER}:catalog", principal="*"))),
]
