"""Actions are enumerated: a wildcard grants what AWS adds next year, `sagemaker:*Record` already grants deletes."""

from featureshare.scan.conditions import has_wildcard
from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import ACCESS_ROLE, OWNER, SESSIONS, TRAINING, allow, policy, root, trust
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.vocabulary import expand, home, is_home_administrator

ID = "FS001"
SEVERITY = "HIGH"
TITLE = "An Allow names its actions one by one, without * or ?."
FIX = "List the actions that are used; IAM compares them without case, so a changed case is no way around."
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration")

# The two families that AWS itself writes with a star everywhere; both stay what they are: the use of one key.
_IDIOMS = frozenset({"kms:generatedatakey*", "kms:reencrypt*"})
# What the KMS console writes for the administrators of a key.
_CONSOLE = frozenset(
    f"kms:{verb}*"
    for verb in (
        "cancel",
        "create",
        "delete",
        "describe",
        "disable",
        "enable",
        "get",
        "list",
        "put",
        "revoke",
        "rotate",
        "tag",
        "untag",
        "update",
    )
)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    account = home(document, kind, context) if kind == "kms" else ""
    return [
        Finding(ID, SEVERITY, f"{action!r} {_reach(action)}.", statement.label)
        for statement in document.allows
        for action in statement.actions
        if has_wildcard(action) and action not in _IDIOMS and not _delegates(statement, action, account)
    ]


def _delegates(statement: Statement, action: str, account: str) -> bool:
    """A key policy that hands the key to its own account's IAM, or the console's list for that account's admins."""
    if not account or not statement.principals:
        return False
    if action == "kms:*":
        return all(p.kind == "account" and p.account == account for p in statement.principals)
    return action in _CONSOLE and all(is_home_administrator(p, account) for p in statement.principals)


def _reach(action: str) -> str:
    covered = [info.name for info in expand(action)]
    if action == "*":
        return "is every action of every service"
    if not covered:
        return "is a pattern"
    shown = ", ".join(covered[:4]) + (", ..." if len(covered) > 4 else "")
    return f"is {len(covered)} actions today: {shown}"


GOOD = [
    ("identity", policy(allow(["sagemaker:GetRecord", "sagemaker:BatchGetRecord"], SESSIONS))),
    ("kms", policy(allow("kms:*", "*", principal={"AWS": root(OWNER)}, sid="DelegateToIam"))),
]
BAD = [
    ("identity", policy(allow("SageMaker:*", SESSIONS))),
    ("identity", policy(allow("sagemaker:???Record", SESSIONS))),
    ("trust", trust({"AWS": TRAINING}, action="sts:Assume*")),
    ("kms", policy(allow("kms:De*", "*", principal={"AWS": ACCESS_ROLE}))),
]
