"""An account id that belongs to nobody here: a swapped digit, a copied example, or worse."""

import json
import re
from collections.abc import Iterator

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import BUCKET, KEYS, SESSIONS, TRAINING, UNRELATED, allow, policy, root, trust
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.principals import account_of

ID = "FS009"
SEVERITY = "CRITICAL"
TITLE = "Documents name only accounts that take part in the sharing."
FIX = "Put the owner's or the declared team's account id."
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration")

_ACCOUNT_KEYS = frozenset(
    {"aws:principalaccount", "aws:resourceaccount", "aws:sourceaccount", "kms:calleraccount", "s3:resourceaccount"}
)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        strange = {account for account in _accounts(statement) if account not in context.known}
        if context.unrelated_account and context.unrelated_account in json.dumps(statement.raw):
            strange.add(context.unrelated_account)
        found += [
            Finding(ID, SEVERITY, f"account {account} takes no part here.", statement.label)
            for account in sorted(strange)
        ]
    return found


def _accounts(statement: Statement) -> Iterator[str]:
    arns = list(statement.resources)
    for principal in statement.principals:
        if principal.account:
            yield principal.account
    for guard in statement.guards:
        if guard.negated:
            continue
        if guard.key in _ACCOUNT_KEYS:
            yield from (value for value in guard.values if re.fullmatch(r"\d{12}", value))
        arns += [value for value in guard.values if value.startswith("arn:")]
    for arn in arns:
        if re.fullmatch(r"\d{12}", account := account_of(arn)) and arn.split(":")[2] != "ecr":
            yield account


GOOD = [
    ("trust", trust({"AWS": TRAINING})),
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS))),
]
BAD = [
    ("trust", trust({"AWS": f"arn:aws:iam::{UNRELATED}:role/feature-share/training"})),
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS.replace("222222222222", UNRELATED)))),
    (
        "s3",
        policy(
            allow(
                "s3:GetObject",
                f"{BUCKET}/*",
                principal={"AWS": [TRAINING, root("123123123123")]},
                condition={"ArnEquals": {"aws:PrincipalArn": TRAINING}},
            )
        ),
    ),
    (
        "identity",
        policy(
            allow(
                "kms:Decrypt",
                KEYS,
                condition={
                    "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/features"},
                    "StringEquals": {"kms:CallerAccount": UNRELATED},
                },
            )
        ),
    ),
]
