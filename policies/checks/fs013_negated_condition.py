"""A negated condition in an Allow admits everything else, and every request that lacks the key."""

from featureshare.scan.document import Document
from featureshare.scan.examples import BUCKET, CONSUMER, OWNER, TRAINING, UNRELATED, allow, policy, root, trust
from featureshare.scan.model import Context, Finding, Kind

ID = "FS013"
SEVERITY = "HIGH"
TITLE = "No negated operator in an Allow."
FIX = "Say who may in the Allow; say who may not in a Deny."
KINDS = ("identity", "trust", "s3", "kms", "glue", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{guard.written} {guard.key}: allows all but what is listed.", statement.label)
        for statement in document.allows
        for guard in statement.guards
        if guard.negated
    ]


_DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": f"{BUCKET}/*",
    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": TRAINING}},
}
GOOD = [("s3", policy(allow("s3:GetObject", f"{BUCKET}/*", principal={"AWS": root(OWNER)}), _DENY))]
BAD = [
    ("trust", trust({"AWS": root(CONSUMER)}, {"StringNotEquals": {"aws:PrincipalAccount": UNRELATED}})),
    ("trust", trust({"AWS": TRAINING}, {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::555555555555:role/x"}})),
]
