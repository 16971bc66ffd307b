"""A condition narrows by its values: `o-*`, an external id `*` or `role/*` narrow nothing."""

import re

from featureshare.scan.conditions import Guard, has_wildcard
from featureshare.scan.document import Document
from featureshare.scan.examples import (
    BUCKET,
    CONSUMER,
    KEYS,
    ORG,
    OWNER,
    TRAINING,
    VIA_SAGEMAKER,
    allow,
    policy,
    root,
    trust,
)
from featureshare.scan.model import Context, Finding, Kind
from featureshare.scan.patterns import s3_key_problem
from featureshare.scan.principals import account_of, names_few

ID = "FS010"
SEVERITY = "HIGH"
TITLE = "The values of a narrowing condition are exact, and the organization is ours."
FIX = "Write the whole id, ARN, alias or service name; end an s3:prefix at a slash."
KINDS = ("identity", "trust", "s3", "kms", "glue", "administration")

_EXACT = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "iam:passedtoservice",
        "kms:calleraccount",
        "kms:granteeprincipal",
        "kms:resourcealiases",
        "kms:requestalias",
        "s3:resourceaccount",
        "sts:externalid",
    }
)
_ORGANIZATIONS = frozenset({"aws:principalorgid", "aws:resourceorgid", "aws:sourceorgid"})
_UNSAFE_FALSE = frozenset({"aws:securetransport", "aws:multifactorauthpresent", "kms:grantisforawsresource"})
# Where any value at all would do.
_TAGS = ("aws:resourcetag/", "aws:principaltag/", "sagemaker:resourcetag/", "s3:existingobjecttag/")


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{guard.written} {guard.key}: {problem}.", statement.label)
        for statement in document.allows
        for guard in statement.guards
        if not guard.negated
        for value in guard.values
        if (problem := _problem(guard, value, context))
    ]


def _problem(guard: Guard, value: str, context: Context) -> str | None:
    if value.lower() == f"${{{guard.key}}}":
        return "compares the key with itself"
    if guard.operator in ("stringequals", "stringequalsignorecase") and has_wildcard(value):
        return f"{value!r} has a wildcard, which this operator reads as a plain character"
    if guard.operator == "bool" and guard.key in _UNSAFE_FALSE and value.lower() == "false":
        return "asks for the unsafe value"
    if guard.operator in ("null", "bool"):
        return None
    if guard.key in _EXACT and (has_wildcard(value) or not value.strip()):
        return f"{value!r} is no exact value"
    if guard.key in _ORGANIZATIONS and context.org_id and "$" not in value and value != context.org_id:
        return f"{value!r} is not our organization"
    if guard.key == "aws:principalorgpaths" and context.org_id and not value.startswith(f"{context.org_id}/"):
        return f"{value!r} does not begin with our organization"
    if guard.key == "aws:principalarn" and not names_few(value):
        return f"{value!r} covers principals that nobody chose"
    if guard.key == "aws:sourcearn" and (has_wildcard(account_of(value)) or not value.startswith("arn:")):
        return f"{value!r} names no account"
    if guard.key == "kms:viaservice" and not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9*-]+\.amazonaws\.com(\.cn)?", value):
        return f"{value!r} names no one service"
    if guard.key == "aws:userid" and value.startswith(("*", "?")):
        return f"{value!r} begins with a wildcard"
    if guard.key.startswith(_TAGS) and value and set(value) <= {"*"}:
        return "any value of the tag will do"
    if guard.key == "s3:prefix":
        return s3_key_problem(value)
    return None


def _trust(condition: dict[str, dict[str, str]]) -> tuple[Kind, dict[str, object]]:
    return "trust", trust({"AWS": TRAINING}, condition)


GOOD = [
    _trust({"StringEquals": {"aws:PrincipalOrgID": ORG, "sts:ExternalId": "core-search-7f3a"}}),
    ("identity", policy(allow("s3:ListBucket", BUCKET, condition={"StringLike": {"s3:prefix": ["", "sessions/*"]}}))),
]
BAD = [
    _trust({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
    _trust({"StringLike": {"sts:ExternalId": "*"}}),
    _trust({"StringEquals": {"aws:PrincipalOrgID": "o-otherorg00"}}),
    _trust({"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}}),
    ("trust", trust({"AWS": root(CONSUMER)}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{CONSUMER}:role/*"}})),
    (
        "identity",
        policy(
            allow(
                "kms:Decrypt",
                KEYS,
                condition={**VIA_SAGEMAKER, "ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/*"}},
            )
        ),
    ),
    ("identity", policy(allow("s3:ListBucket", BUCKET, condition={"StringLike": {"s3:prefix": "sessions*"}}))),
    (
        "trust",
        trust(
            {"Service": "sagemaker.amazonaws.com"},
            {"StringEquals": {"aws:SourceAccount": OWNER}, "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:*:*"}},
        ),
    ),
]
