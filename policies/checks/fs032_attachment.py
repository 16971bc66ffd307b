"""AWS managed policies are written for every customer: AmazonSageMakerFullAccess deletes every feature group."""

import re

from featureshare.scan.conditions import strings
from featureshare.scan.document import Document
from featureshare.scan.examples import ACCESS_ROLE, OWNER, allow, policy
from featureshare.scan.model import Context, Finding, Kind

ID = "FS032"
SEVERITY = "CRITICAL"
TITLE = "No managed policy of AWS is attached, and no boundary as a grant."
FIX = "Grant what is used, inline; a boundary goes to permissions_boundary only."
KINDS = ("attachment", "identity", "administration")

_ATTACHES = ("iam:attachrolepolicy", "iam:attachuserpolicy", "iam:attachgrouppolicy")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    if kind == "attachment":
        arns = strings(document.raw.get("PolicyArn", []))
        return [Finding(ID, SEVERITY, f"{arn} {problem}.", "") for arn in arns if (problem := _problem(arn))]
    return [
        Finding(ID, SEVERITY, f"may attach {value}.", statement.label)
        for statement in document.allows
        if statement.grants(*_ATTACHES)
        for guard in statement.guards
        if guard.key == "iam:policyarn"
        for value in guard.values
        if _problem(value)
    ]


def _problem(arn: str) -> str | None:
    if re.match(r"arn:aws[a-z-]*:iam::aws:policy/", arn):
        return "is AWS's own and wider than any use"
    if ":policy/" in arn and "/boundary/" in arn:
        return "is a boundary, far wider than a grant"
    return None


_AWS = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
GOOD = [("attachment", {"PolicyArn": [f"arn:aws:iam::{OWNER}:policy/features/read-online"]})]
BAD = [
    ("attachment", {"PolicyArn": [_AWS]}),
    ("attachment", {"PolicyArn": [f"arn:aws:iam::{OWNER}:policy/fs/boundary/fs-access-boundary"]}),
    (
        "identity",
        policy(allow("iam:AttachRolePolicy", ACCESS_ROLE, condition={"ArnEquals": {"iam:PolicyARN": _AWS}})),
    ),
]
