"""ForAllValues is true for a request without the key; a key of many values needs ForAnyValue or ForAllValues."""

from featureshare.scan.conditions import requires_presence
from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import KEYS, ORG, SESSIONS, TRAINING, allow, policy, trust
from featureshare.scan.model import Context, Finding, Kind

ID = "FS012"
SEVERITY = "HIGH"
TITLE = "Set operators fit their key and demand that it is there."
FIX = 'Use ForAnyValue, or add Null: {"<key>": "false"} beside ForAllValues.'
KINDS = ("identity", "trust", "s3", "kms", "glue", "administration")

_MANY_VALUES = frozenset({"aws:calledvia", "aws:principalorgpaths", "aws:tagkeys", "kms:resourcealiases"})
# Absent, these say that nothing is tagged, so nothing passes by that should not.
_HARMLESS_WHEN_ABSENT = frozenset({"aws:tagkeys", "sts:transitivetagkeys"})


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        for guard in statement.guards:
            if guard.quantifier == "forallvalues" and not _present(statement, guard.key):
                message = f"{guard.written} {guard.key} is true when the key is absent."
            elif not guard.quantifier and guard.key in _MANY_VALUES and guard.operator != "null":
                message = f"{guard.key} has many values; {guard.written} is for keys of one."
            else:
                continue
            found.append(Finding(ID, SEVERITY, message, statement.label))
    return found


def _present(statement: Statement, key: str) -> bool:
    if key in _HARMLESS_WHEN_ABSENT or requires_presence(key, statement.guards):
        return True
    # UpdateRecord names the features it touches, a plain PutRecord carries no such key.
    updates = any(guard.values == ("true",) for guard in statement.binding("sagemaker:isupdaterecord"))
    return key == "sagemaker:updatablefeatures" and updates


GOOD = [
    (
        "identity",
        policy(
            allow(
                "kms:Decrypt",
                KEYS,
                condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/features"}},
            )
        ),
    ),
    (
        "identity",
        policy(
            allow(
                "sagemaker:PutRecord",
                SESSIONS,
                condition={
                    "Bool": {"sagemaker:IsUpdateRecord": "true"},
                    "ForAllValues:StringEquals": {"sagemaker:UpdatableFeatures": ["clicks"]},
                },
            )
        ),
    ),
]
BAD = [
    ("trust", trust({"AWS": TRAINING}, {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": ORG}})),
    (
        "identity",
        policy(
            allow("kms:Decrypt", KEYS, condition={"StringEquals": {"kms:ResourceAliases": "alias/features"}}),
        ),
    ),
]
