"""A service admitted by a bucket, key or catalog policy must say for which account it comes (confused deputy)."""

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import BUCKET, GLUE, OWNER, allow, policy
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.principals import account_of

ID = "FS017"
SEVERITY = "HIGH"
TITLE = "A service in a resource policy is bound to an account or a resource."
FIX = "Add StringEquals aws:SourceAccount or an exact aws:SourceArn."
KINDS = ("s3", "kms", "glue")

# What the service acts for: its source, or the ARN that it must put into the encryption context (log groups and
# trails: CloudWatch Logs and CloudTrail user guides, encryption with KMS).
_SOURCES = ("aws:sourcearn", "kms:encryptioncontext:aws:logs:arn", "kms:encryptioncontext:aws:cloudtrail:arn")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{principal.value} comes for any account.", statement.label)
        for statement in document.allows
        for principal in statement.principals
        if principal.kind in ("service", "federated") and not _bound(statement)
    ]


def _bound(statement: Statement) -> bool:
    # Lake Formation's own statement: AWS RAM shares what was granted there.
    if statement.actions == ("glue:shareresource",) and [p.value for p in statement.principals] == [
        "ram.amazonaws.com"
    ]:
        return True
    if statement.pins("aws:sourceaccount", "kms:calleraccount", "aws:sourceorgid"):
        return True
    return any(
        all(account_of(value).isdigit() or guard.exact for value in guard.values)
        for key in _SOURCES
        for guard in statement.binding(key)
    )


GOOD = [
    (
        "s3",
        policy(
            allow(
                "s3:PutObject",
                f"{BUCKET}/logs/*",
                principal={"Service": "logging.s3.amazonaws.com"},
                condition={"StringEquals": {"aws:SourceAccount": OWNER}},
            )
        ),
    ),
    (
        "glue",
        policy(
            allow(
                "glue:ShareResource",
                [f"{GLUE}:table/*/*", f"{GLUE}:catalog"],
                principal={"Service": "ram.amazonaws.com"},
            )
        ),
    ),
    (
        "kms",
        policy(
            allow(
                "kms:GenerateDataKey",
                "*",
                principal={"Service": "cloudtrail.amazonaws.com"},
                condition={
                    "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{OWNER}:trail/*"}
                },
            )
        ),
    ),
]
BAD = [
    ("s3", policy(allow("s3:PutObject", f"{BUCKET}/*", principal={"Service": "sagemaker.amazonaws.com"}))),
    ("kms", policy(allow("kms:Decrypt", "*", principal={"Service": "sagemaker.amazonaws.com"}))),
    (
        "kms",
        policy(
            allow(
                "kms:GenerateDataKey",
                "*",
                principal={"Service": "cloudtrail.amazonaws.com"},
                condition={
                    "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:*:trail/*"}
                },
            )
        ),
    ),
]
