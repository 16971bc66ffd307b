"""Authorization cases at random, in the JSON-lines format of section 9 of our reference on IAM semantics.

Seeded, so a run can be repeated. Values come from small pools on purpose: with free text hardly any pattern would match
and every answer would be an implicit denial. Cases stay within what the oracle accepts as input (RCPs only deny, no
identity policies for anonymous requests, ...); what it still refuses is counted by the caller.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

A, B, C = "111122223333", "444455556666", "777788889999"
USER = f"arn:aws:iam::{A}:user/data/ann"
OTHER_USER = f"arn:aws:iam::{A}:user/bob"
ROLE = f"arn:aws:iam::{A}:role/teams/search/reader"
SESSION = f"arn:aws:sts::{A}:assumed-role/reader/job"
PLAIN_ROLE = f"arn:aws:iam::{A}:role/writer"
PLAIN_SESSION = f"arn:aws:sts::{A}:assumed-role/writer/job"
ROOT = f"arn:aws:iam::{A}:root"
FEDERATED = f"arn:aws:sts::{A}:federated-user/bob"
SERVICE = "sagemaker.amazonaws.com"
LINKED = f"arn:aws:iam::{A}:role/aws-service-role/athena.amazonaws.com/AWSServiceRoleForAthena"
TARGET = f"arn:aws:iam::{A}:role/fs/writer/core/fs-core-writer"
BUCKET = "arn:aws:s3:::features"
KEY = "1111aaaa-22bb-33cc-44dd-555555eeeeee"

# Every principal with the role behind it (for aws:PrincipalArn) and how often it asks.
PRINCIPALS: tuple[tuple[str, str | None, int], ...] = (
    (USER, USER, 5),
    (SESSION, ROLE, 7),
    (PLAIN_SESSION, PLAIN_ROLE, 4),
    (ROLE, ROLE, 2),
    (ROOT, ROOT, 2),
    (FEDERATED, FEDERATED, 1),
    (SERVICE, None, 1),
    ("anonymous", None, 1),
    (LINKED, LINKED, 1),
)

ENTRIES: tuple[str, ...] = (
    "*", A, A, ROOT, ROOT, B, f"arn:aws:iam::{B}:root", C, USER, OTHER_USER, ROLE, ROLE, PLAIN_ROLE, SESSION, SESSION,
    PLAIN_SESSION, f"{SESSION}2", FEDERATED, LINKED,
)  # fmt: skip

ACTIONS: tuple[tuple[str, Callable[[str], str], int], ...] = (
    ("s3:GetObject", lambda owner: f"{BUCKET}/core/part-0.parquet", 8),
    ("s3:PutObject", lambda owner: f"{BUCKET}/core/x", 4),
    ("s3:ListBucket", lambda owner: BUCKET, 3),
    ("s3:ListAllMyBuckets", lambda owner: "*", 2),
    ("kms:Decrypt", lambda owner: f"arn:aws:kms:eu-west-1:{owner}:key/{KEY}", 5),
    ("kms:GenerateDataKey", lambda owner: f"arn:aws:kms:eu-west-1:{owner}:key/{KEY}", 2),
    ("kms:DescribeKey", lambda owner: f"arn:aws:kms:eu-west-1:{owner}:key/{KEY}", 2),
    ("kms:CreateGrant", lambda owner: f"arn:aws:kms:eu-west-1:{owner}:key/{KEY}", 2),
    ("kms:PutKeyPolicy", lambda owner: f"arn:aws:kms:eu-west-1:{owner}:key/{KEY}", 2),
    ("sts:AssumeRole", lambda owner: TARGET.replace(A, owner), 6),
    ("sts:TagSession", lambda owner: TARGET.replace(A, owner), 2),
    ("sts:SetSourceIdentity", lambda owner: TARGET.replace(A, owner), 2),
    ("iam:PassRole", lambda owner: TARGET.replace(A, owner), 2),
    ("glue:GetTable", lambda owner: f"arn:aws:glue:eu-west-1:{owner}:table/features/clicks", 4),
    ("sagemaker:GetRecord", lambda owner: f"arn:aws:sagemaker:eu-west-1:{owner}:feature-group/clicks", 4),
    ("athena:StartQueryExecution", lambda owner: f"arn:aws:athena:eu-west-1:{owner}:workgroup/wg-core", 2),
    ("sqs:SendMessage", lambda owner: f"arn:aws:sqs:eu-west-1:{owner}:orders", 3),
)
TRUST = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})

TEXTS = ("core", "Core", "search", "co*", "", "c?re")
ARNS = (ROLE, PLAIN_ROLE, USER, f"arn:aws:iam::{B}:role/other", LINKED)
ARN_PATTERNS = (
    *ARNS, f"arn:aws:iam::{A}:role/teams/*", f"arn:aws:iam::{A}:*", "arn:aws:iam::*:role/*", f"arn:*:iam::{A}:user/*",
    f"arn:aws:iam::{A}:role/${{aws:PrincipalTag/team}}", SESSION, "arn:aws:*:*:*:*",
)  # fmt: skip
NUMBERS = ("0", "10", "100", "1000", "10.5")
DATES = ("2026-11-01T12:00:00Z", "2026-11-01T13:00:00Z", "2026-11-02T00:00:00Z", "2025-01-01T00:00:00Z")
ADDRESSES = ("10.0.0.1", "192.0.2.10", "2001:db8::1")
NETWORKS = ("10.0.0.0/8", "192.0.2.10", "0.0.0.0/0", "2001:db8::/32", "192.0.2.0/24")
KEYS_OF_TEXT = (
    "aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:PrincipalOrgID", "aws:PrincipalAccount",
    "aws:ResourceAccount", "aws:RequestedRegion", "aws:SourceVpce", "aws:userid", "aws:RequestTag/team",
    "aws:SourceAccount",
)  # fmt: skip
KEYS_OF_LISTS = ("aws:TagKeys", "aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList")
VARIABLES = ("${aws:PrincipalTag/team}", "${aws:ResourceTag/team}", "${aws:PrincipalTag/Team, 'core'}", "${aws:userid}")


class Maker:
    """Draws cases from one random source."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def cases(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield `count` cases with ids `r/0`, `r/1`, ..."""
        for number in range(count):
            yield {"id": f"r/{number}", **self._case()}

    def _one(self, options: Sequence[Any]) -> Any:
        return self._random.choice(options)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _some(self, options: Sequence[Any], least: int = 1, most: int = 3) -> list[Any]:
        return [self._one(options) for _ in range(self._random.randint(least, most))]

    def _case(self) -> dict[str, Any]:
        principal, role, _ = self._random.choices(PRINCIPALS, [weight for *_, weight in PRINCIPALS])[0]
        action, template, _ = self._random.choices(ACTIONS, [weight for *_, weight in ACTIONS])[0]
        owner = self._random.choices((A, B), (3, 2))[0]
        resource = template(owner)
        if resource == "*":
            owner = A
        context = self._context(principal, role)
        trust = action in TRUST
        limited = ":assumed-role/" in principal or ":federated-user/" in principal
        outside = principal in (SERVICE, "anonymous")  # belongs to no account, so only resource policies and RCPs apply

        def document(share: float, **options: Any) -> dict[str, Any]:
            return self._document(action, resource, share, **options)

        def own(share: float) -> list[dict[str, Any]]:
            return [document(share) for _ in range(self._random.randint(1, 2))]

        levels = (1, 2, 2, 3)
        policy = document(0.0, principal=True, trust=trust) if self._chance(0.75) else None
        return {
            "topic": "random",
            "name": f"{action} by {principal}",
            "request": {
                "principal": principal,
                "action": action,
                "resource": {"arn": resource, "account": owner},
                "context": context,
            },
            "identity_policies": [] if outside else own(0.4) if self._chance(0.85) else [],
            "resource_policy": None if resource == "*" else policy,
            "scps": []
            if outside or self._chance(0.65)
            else [{"level": f"l{at}", "policies": own(0.7)} for at in range(self._one(levels))],
            "rcps": []
            if self._chance(0.65)
            else [{"level": f"l{at}", "policies": self._rcps(action, resource)} for at in range(self._one(levels))],
            "boundary": own(0.5) if not outside and principal != ROOT and self._chance(0.25) else None,
            "session_policy": document(0.5) if limited and self._chance(0.3) else None,
        }

    def _rcps(self, action: str, resource: str) -> list[dict[str, Any]]:
        if self._chance(0.5):
            return []
        statement = self._statement(action, resource, effect="Deny", rcp=True)
        return [{"Version": "2012-10-17", "Statement": [{**statement, "Principal": "*"}]}]

    def _document(
        self, action: str, resource: str, full: float, *, principal: bool = False, trust: bool = False
    ) -> dict[str, Any]:
        """A document; with the chance `full` it is the one that allows everything."""
        if self._chance(full):
            return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        statements = [
            self._statement(action, resource, principal=principal, trust=trust)
            for _ in range(self._one((1, 1, 2, 2, 3)))
        ]
        version = self._random.choices(("2012-10-17", "2008-10-17", None), (18, 1, 1))[0]
        body = {"Statement": statements}
        return body if version is None else {"Version": version, **body}

    def _statement(
        self,
        action: str,
        resource: str,
        *,
        effect: str = "",
        principal: bool = False,
        trust: bool = False,
        rcp: bool = False,
    ) -> dict[str, Any]:
        effect = effect or self._random.choices(("Allow", "Deny"), (5, 1))[0]
        out: dict[str, Any] = {"Effect": effect}
        service = action.partition(":")[0]
        actions = [action, action, f"{service}:*", f"{action[:-3]}*", action.upper(), f"{service}:Nothing?"]
        actions += [] if rcp else ["*", "*", "*"]
        name = "NotAction" if not rcp and self._chance(0.08) else "Action"
        out[name] = self._one(actions) if self._chance(0.8) else [self._one(actions), f"{service}:Get*"]
        if not trust:
            out["NotResource" if self._chance(0.1) else "Resource"] = self._resources(action, resource)
        if principal:
            negated = not trust and self._chance(0.12 if effect == "Deny" else 0.04)
            out["NotPrincipal" if negated else "Principal"] = self._principal()
        if self._chance(0.45):
            out["Condition"] = self._condition()
        return out

    def _resources(self, action: str, resource: str) -> Any:
        if action.startswith("kms:") and self._chance(0.5):
            return "*"
        head, _, tail = resource.rpartition("/") if "/" in resource else resource.rpartition(":")
        sign = "/" if "/" in resource else ":"
        exact = resource if resource != "*" else BUCKET
        service = action.partition(":")[0]
        options = [
            "*", "*", "*", exact, exact, f"{exact[:-2]}*", f"{exact[:-1]}?", f"{exact}x", f"arn:aws:{service}:*:*:*",
            f"arn:aws:{service}:::*",
        ]  # fmt: skip
        if head:
            options += [f"{head}{sign}*", f"{head}{sign}{self._one(VARIABLES)}{tail[-1:]}"]
        if resource.startswith(BUCKET):
            options += [f"{BUCKET}/{self._one(VARIABLES)}/*", f"{BUCKET}/${{*}}", BUCKET]
        return self._one(options) if self._chance(0.8) else self._some(options, 2)

    def _principal(self) -> Any:
        pick = self._random.random()
        if pick < 0.12:
            return "*"
        if pick < 0.2:
            return {"Service": self._one((SERVICE, "glue.amazonaws.com", [SERVICE, "s3.amazonaws.com"]))}
        if pick < 0.6:
            return {"AWS": self._one(ENTRIES)}
        out = {"AWS": sorted(set(self._some(ENTRIES, 2, 4)))}
        return {**out, "Service": SERVICE} if self._chance(0.1) else out

    def _context(self, principal: str, role: str | None) -> dict[str, Any]:
        """Keys as AWS would set them for most requests, some missing, some with odd values."""
        out: dict[str, Any] = {}
        if role is not None and self._chance(0.9):
            out["aws:PrincipalArn"] = role
        for key in KEYS_OF_TEXT:
            if self._chance(0.5):
                out[key] = self._one(TEXTS)
        for key in KEYS_OF_LISTS:
            if self._chance(0.4):
                out[key] = self._some(TEXTS, 0, 3)
        for key, values in (
            ("aws:MultiFactorAuthAge", NUMBERS),
            ("aws:CurrentTime", DATES),
            ("aws:TokenIssueTime", DATES),
            ("aws:SourceIp", ADDRESSES),
            ("aws:SourceArn", ARNS),
            ("aws:SecureTransport", ("true", "false")),
            ("aws:ViaAWSService", ("true", "false")),
            ("aws:MultiFactorAuthPresent", ("true", "false")),
        ):
            if self._chance(0.5):
                out[key] = self._one(values)
        if self._chance(0.1):
            out = {key.lower(): value for key, value in out.items()}
        return out

    def _condition(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for _ in range(self._one((1, 1, 1, 2))):
            operator, key, values = self._clause()
            if self._chance(0.15):
                key = key.upper() if self._chance(0.5) else key.lower()
            out.setdefault(operator, {})[key] = values
        return out

    def _clause(self) -> tuple[str, str, Any]:
        family = self._random.choices(
            ("text", "list", "arn", "number", "date", "bool", "address", "null"), (6, 5, 3, 1, 1, 2, 2, 2)
        )[0]
        maybe = "IfExists" if self._chance(0.25) else ""
        if family == "null":
            return "Null", self._one((*KEYS_OF_TEXT, *KEYS_OF_LISTS, "aws:SourceIp")), self._one(("true", "false"))
        if family == "text":
            names = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
                     "StringNotEqualsIgnoreCase")  # fmt: skip
            return self._one(names) + maybe, self._one(KEYS_OF_TEXT), self._values((*TEXTS, *VARIABLES, "*", "c*"))
        if family == "list":
            quantifier = self._one(("ForAllValues", "ForAnyValue"))
            name = self._one(("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"))
            return f"{quantifier}:{name}{maybe}", self._one(KEYS_OF_LISTS), self._values((*TEXTS, "c*", VARIABLES[0]))
        if family == "arn":
            name = self._one(("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"))
            return name + maybe, self._one(("aws:PrincipalArn", "aws:SourceArn")), self._values(ARN_PATTERNS)
        if family == "number":
            return f"Numeric{self._order()}{maybe}", "aws:MultiFactorAuthAge", self._values(NUMBERS)
        if family == "date":
            key = self._one(("aws:CurrentTime", "aws:TokenIssueTime"))
            return f"Date{self._order()}{maybe}", key, self._values(DATES)
        if family == "bool":
            key = self._one(("aws:SecureTransport", "aws:ViaAWSService", "aws:MultiFactorAuthPresent"))
            return f"Bool{maybe}", key, self._one(("true", "false"))
        return self._one(("IpAddress", "NotIpAddress")) + maybe, "aws:SourceIp", self._values(NETWORKS)

    def _order(self) -> str:
        kinds = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        return str(self._one(kinds))

    def _values(self, options: Sequence[str]) -> Any:
        return self._one(options) if self._chance(0.6) else self._some(options, 2)
