"""Allow with NotAction, NotResource or NotPrincipal grants the rest of the world, future services included."""

from featureshare.scan.document import Document
from featureshare.scan.examples import ACCESS_ROLE, BUCKET, OWNER, SESSIONS, allow, policy, root
from featureshare.scan.model import Context, Finding, Kind

ID = "FS005"
SEVERITY = "CRITICAL"
TITLE = "No NotAction, NotResource or NotPrincipal in an Allow."
FIX = "Say what is allowed; keep the Not elements for Deny."
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"Allow with {element}: everything but what is listed.", statement.label)
        for statement in document.allows
        for element in ("NotAction", "NotResource", "NotPrincipal")
        if element in statement.raw
    ]


_DENY = {"Effect": "Deny", "NotAction": "sagemaker:GetRecord", "Resource": "*"}
GOOD = [("identity", policy(allow("sagemaker:GetRecord", SESSIONS), _DENY))]
BAD = [
    ("identity", policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": SESSIONS})),
    ("identity", policy({"Effect": "Allow", "Action": "sagemaker:GetRecord", "NotResource": SESSIONS})),
    (
        "s3",
        policy(
            {
                "Effect": "Allow",
                "NotPrincipal": {"AWS": [root(OWNER), ACCESS_ROLE]},
                "Action": "s3:GetObject",
                "Resource": f"{BUCKET}/*",
            }
        ),
    ),
]
