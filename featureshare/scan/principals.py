"""Principals of a statement, and whether conditions narrow them."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from featureshare.scan.conditions import has_wildcard, strings

PrincipalKind = Literal["any", "account", "role", "user", "session", "service", "federated", "id", "pattern", "unknown"]
_ARN = re.compile(r"arn:(aws[a-z-]*):(iam|sts)::(\d{12}):(.+)")
# Paths that AWS or the console fills: anybody who makes a role there is inside such a pattern.
_SHARED_PATHS = frozenset({"service-role", "aws-service-role", "aws-reserved"})
_SSO = re.compile(r"role/aws-reserved/sso\.amazonaws\.com/(\*/|[a-z0-9-]+/)?AWSReservedSSO_[\w+=,.@-]+_(\*|\?{16})")


@dataclass(frozen=True)
class Principal:
    """One entry of a Principal element; `account` is empty where the entry names none."""

    kind: PrincipalKind
    value: str
    account: str = ""

    @property
    def name(self) -> str:
        """The last part of a role's or user's ARN."""
        return self.value.rsplit("/", 1)[-1]


def parse(element: Any) -> tuple[Principal, ...]:
    """The entries of a Principal element."""
    if element == "*":
        return (Principal("any", "*"),)
    if not isinstance(element, dict):
        return (Principal("unknown", str(element)),)
    found: list[Principal] = []
    for family, values in element.items():
        for value in strings(values):
            found.append(_entry(str(family).lower(), value))
    return tuple(found)


def _entry(family: str, value: str) -> Principal:
    if value == "*":
        return Principal("any", value)
    if family == "service":
        return Principal("service", value) if not has_wildcard(value) else Principal("pattern", value)
    if family == "federated":
        match = re.match(r"arn:aws[a-z-]*:iam::(\d{12}):", value)
        return Principal("federated", value, match.group(1) if match else "")
    if family != "aws":
        return Principal("unknown", value)
    if re.fullmatch(r"\d{12}", value):
        return Principal("account", value, value)
    if has_wildcard(value):
        return Principal("pattern", value)
    if re.fullmatch(r"A[A-Z0-9]{15,}", value):
        return Principal("id", value)
    match = _ARN.fullmatch(value)
    if not match:
        return Principal("unknown", value)
    account, rest = match.group(3), match.group(4)
    if rest == "root":
        return Principal("account", value, account)
    family = rest.split("/", 1)[0]
    kinds: dict[str, PrincipalKind] = {
        "role": "role",
        "user": "user",
        "assumed-role": "session",
        "federated-user": "session",
    }
    return Principal(kinds.get(family, "unknown"), value, account)


def account_of(arn: str) -> str:
    """The account part of an ARN; empty when there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" else ""


def names_few(arn: str) -> bool:
    """Whether a value of aws:PrincipalArn names principals and not half an account.

    Exact ARNs do, so does everything below a path of one's own (`role/feature-share/readers/*`) and the roles of one
    permission set, whose names end in characters that AWS draws. A cut-off name (`role/reader-*`), a path that AWS
    fills, and a wildcard in the account do not.
    """
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or any(has_wildcard(part) for part in parts[:5]):
        return False
    rest = parts[5]
    if not has_wildcard(rest):
        return rest != "root"
    if _SSO.fullmatch(rest):
        return True
    family, *path = rest.split("/")
    literal = []
    for segment in path:
        if has_wildcard(segment):
            break
        literal.append(segment)
    return (
        family in ("role", "user") and bool(literal) and literal[0] not in _SHARED_PATHS and path[len(literal)] == "*"
    )
