"""What cannot be read cannot be clean: an unknown value, a misspelt element, a document without statements."""

import re
from collections.abc import Iterator
from typing import Any

from featureshare.scan.document import Document
from featureshare.scan.examples import SESSIONS, TRAINING, allow, policy, trust
from featureshare.scan.model import Context, Finding, Kind

ID = "FS030"
SEVERITY = "HIGH"
TITLE = "Every document is known at plan and follows IAM's grammar."
FIX = "Build documents from names, not from computed values; mend the element that is named."
KINDS = ("identity", "trust", "s3", "kms", "glue", "boundary", "administration", "organization")

# A Terraform reference or a blank of a template; IAM's own variables have a colon or are one sign.
_UNRESOLVED = re.compile(r"known after apply|true_after_unknown|\$\{[^}:*?$]*\}|%\{|<[A-Z][A-Z0-9 _-]+>")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    found = [Finding(ID, SEVERITY, defect.message, defect.statement) for defect in document.defects]
    for statement in document.statements:
        missing = "Resource" not in statement.raw and "NotResource" not in statement.raw
        if missing and kind not in ("trust", "kms"):
            found.append(Finding(ID, SEVERITY, "has no Resource.", statement.label))
        if not missing and kind == "trust":
            found.append(Finding(ID, SEVERITY, "a trust policy has no Resource.", statement.label))
    for text in _strings(document.raw):
        if match := _UNRESOLVED.search(text):
            found.append(Finding(ID, SEVERITY, f"{match.group()!r} in {text!r} is not filled in.", ""))
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


GOOD = [("identity", policy(allow("sagemaker:GetRecord", SESSIONS))), ("trust", trust({"AWS": TRAINING}))]
BAD = [
    ("identity", policy()),
    ("identity", policy({"Effect": "allow", "Action": "sagemaker:GetRecord", "Resource": SESSIONS})),
    ("identity", policy(allow("sagemaker:GetRecord", SESSIONS, principal={"AWS": TRAINING}))),
    ("identity", policy(allow("sagemaker:GetRecord", "${aws_sagemaker_feature_group.sessions.arn}"))),
    ("trust", trust({"AWS": TRAINING}, {"StringEqual": {"aws:PrincipalOrgID": "o-featureshar"}})),
]
