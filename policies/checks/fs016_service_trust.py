"""A service in a trust policy acts for whoever asked it: for this account only, and on a role of its own.

Athena runs SQL with its caller's rights, so it belongs in no trust. A role that another account assumes must not also
be one that a service takes: creating a job with it would be a way up.
"""

import re

from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import OWNER, TRAINING, policy, trust
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.principals import account_of
from featureshare.scan.vocabulary import foreign, home

ID = "FS016"
SEVERITY = "HIGH"
TITLE = "A trusted service is bound to the account, is not Athena, and shares the role with no other account."
FIX = "Give the service a role of its own, with StringEquals aws:SourceAccount."
KINDS = ("trust",)

# Services that are documented to send aws:SourceAccount when they take a role; Lambda and EC2 send nothing.
_SEND_SOURCE = frozenset({"sagemaker.amazonaws.com"})


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context)
    shared = [p for statement in document.allows for p in foreign(statement.principals, account)]
    found = []
    for statement in document.allows:
        for principal in statement.principals:
            if principal.kind == "service" and (problem := _problem(statement, principal.value, bool(shared))):
                found.append(Finding(ID, SEVERITY, f"{principal.value} {problem}.", statement.label))
    return found


def _problem(statement: Statement, service: str, shared: bool) -> str | None:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", service):
        return "is no service of AWS"
    if service.startswith("athena."):
        return "is trusted, though Athena uses its caller's rights"
    if shared:
        return "may take a role that another account assumes"
    if service in _SEND_SOURCE and not _for_one_account(statement):
        return "acts for any account: no aws:SourceAccount or aws:SourceArn"
    return None


def _for_one_account(statement: Statement) -> bool:
    if statement.pins("aws:sourceaccount"):
        return True
    return any(
        all(account_of(value).isdigit() for value in guard.values) for guard in statement.binding("aws:sourcearn")
    )


_SOURCE = {"StringEquals": {"aws:SourceAccount": OWNER}}
GOOD = [
    ("trust", trust({"Service": "sagemaker.amazonaws.com"}, _SOURCE)),
    ("trust", trust({"Service": "lambda.amazonaws.com"})),
]
BAD = [
    ("trust", trust({"Service": "sagemaker.amazonaws.com"})),
    ("trust", trust({"Service": ["sagemaker.amazonaws.com", "athena.amazonaws.com"]}, _SOURCE)),
    (
        "trust",
        policy(
            *trust({"AWS": TRAINING})["Statement"],
            *trust({"Service": "sagemaker.amazonaws.com"}, _SOURCE)["Statement"],
        ),
    ),
]
