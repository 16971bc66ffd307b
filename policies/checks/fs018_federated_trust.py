"""A federated trust without audience and subject lets in every user of that provider."""

import re

from featureshare.scan.conditions import has_wildcard
from featureshare.scan.document import Document, Statement
from featureshare.scan.examples import OWNER, trust
from featureshare.scan.model import Context, Finding, Kind

ID = "FS018"
SEVERITY = "HIGH"
TITLE = "A federated trust pins audience and subject."
FIX = "Add StringEquals <provider>:aud and <provider>:sub (SAML:aud for SAML), with exact values."
KINDS = ("trust",)


def findings(document: Document, kind: Kind, context: Context) -> list[Finding]:
    return [
        Finding(ID, SEVERITY, f"{principal.value}: {problem}.", statement.label)
        for statement in document.allows
        for principal in statement.principals
        if principal.kind == "federated" and (problem := _problem(statement, principal.value))
    ]


def _problem(statement: Statement, provider: str) -> str | None:
    if ":saml-provider/" in provider:
        return None if statement.pins("saml:aud") else "any audience of the SAML provider"
    pinned = {guard.key.rsplit(":", 1)[-1] for guard in statement.guards if any(statement.binding(guard.key))}
    if "aud" not in pinned:
        return "any audience of the provider"
    if provider == "cognito-identity.amazonaws.com":
        return None if "amr" in pinned else "guests of the identity pool too"
    if "sub" not in pinned:
        return "any subject of the provider"
    broad = [
        value
        for guard in statement.guards
        if guard.key.endswith((":sub", ":aud"))
        for value in guard.values
        if has_wildcard(value) and not re.fullmatch(r"repo:[^*?/]+/[^*?/:]+:.*[^*].*", value)
    ]
    return f"the pattern {broad[0]!r} as subject or audience" if broad else None


_HUB = "token.actions.githubusercontent.com"
_PROVIDER = {"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/{_HUB}"}
_WEB = "sts:AssumeRoleWithWebIdentity"
GOOD = [
    (
        "trust",
        trust(
            _PROVIDER,
            {
                "StringEquals": {
                    f"{_HUB}:aud": "sts.amazonaws.com",
                    f"{_HUB}:sub": "repo:us/features:ref:refs/heads/main",
                }
            },
            _WEB,
        ),
    )
]
BAD = [
    ("trust", trust(_PROVIDER, None, _WEB)),
    (
        "trust",
        trust(
            _PROVIDER,
            {"StringEquals": {f"{_HUB}:aud": "sts.amazonaws.com"}, "StringLike": {f"{_HUB}:sub": "repo:us/*"}},
            _WEB,
        ),
    ),
]
