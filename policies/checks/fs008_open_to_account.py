"""A bucket, key or catalog policy that admits another account's root admits whomever its administrators like."""

from featureshare.scan.document import Document
from featureshare.scan.examples import BUCKET, CONSUMER, GLUE, ORG, OWNER, TRAINING, allow, policy, root
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import home, narrowed

ID = "FS008"
SEVERITY = "HIGH"
TITLE = "A resource policy does not open to another account as a whole."
FIX = "Name the role, or keep the root and add ArnEquals aws:PrincipalArn."
KINDS = ("s3", "kms", "glue")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context)
    return [
        Finding(ID, SEVERITY, f"{principal.value} is the whole of account {principal.account}.", statement.label)
        for statement in document.allows
        for principal in statement.principals
        if principal.kind == "account" and principal.account != account and not narrowed(statement)
    ]


GOOD = [
    ("kms", policy(allow("kms:Decrypt", "*", principal={"AWS": TRAINING}))),
    ("s3", policy(allow("s3:GetBucketLocation", BUCKET, principal={"AWS": root(OWNER)}))),
]
BAD = [
    ("s3", policy(allow("s3:GetObject", f"{BUCKET}/*", principal={"AWS": root(CONSUMER)}))),
    (
        "kms",
        policy(
            allow(
                "kms:Decrypt",
                "*",
                principal={"AWS": CONSUMER},
                condition={"StringEquals": {"aws:PrincipalOrgID": ORG}},
            )
        ),
    ),
    ("glue", policy(allow("glue:GetTable", f"{GLUE}:table/features/sessions", principal={"AWS": root(CONSUMER)}))),
]
