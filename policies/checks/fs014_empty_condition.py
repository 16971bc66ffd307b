"""An empty Condition looks like a guard and is none."""

from featureshare.scan.document import Document
from featureshare.scan.examples import ORG, TRAINING, trust
from featureshare.scan.model import Context, Finding, Kind

ID = "FS014"
SEVERITY = "MEDIUM"
TITLE = "No empty Condition, operator or list of values."
FIX = "Write the condition or leave the element out."
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = []
    for statement in document.allows:
        condition = statement.raw.get("Condition")
        if condition is None and "Condition" not in statement.raw:
            continue
        if not condition:
            found.append(Finding(ID, SEVERITY, "the Condition is empty.", statement.label))
        elif isinstance(condition, dict):
            found += [
                Finding(ID, SEVERITY, f"{operator} has no key or no value.", statement.label)
                for operator, keys in condition.items()
                if not keys or (isinstance(keys, dict) and any(value in ([], None) for value in keys.values()))
            ]
    return found


GOOD = [
    ("trust", trust({"AWS": TRAINING})),
    ("trust", trust({"AWS": TRAINING}, {"StringEquals": {"aws:PrincipalOrgID": ORG}})),
]
BAD = [
    ("trust", trust({"AWS": TRAINING}, {})),
    ("trust", trust({"AWS": TRAINING}, {"StringEquals": {}})),
    ("trust", trust({"AWS": TRAINING}, {"StringEquals": {"aws:PrincipalOrgID": []}})),
]
