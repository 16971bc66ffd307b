"""Who asks, and whom a policy names.

Sources: IAM User Guide, "Principal" (reference_policies_elements_principal) and "NotPrincipal"
(reference_policies_elements_notprincipal).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from featureshare.iam.model import ContextValue, Strength


class Kind(Enum):
    """Kinds of request principal."""

    USER = "user"
    ROLE = "role"
    SESSION = "session"
    FEDERATED_USER = "federated user"
    ROOT = "root"
    SERVICE = "service"
    IDENTITY = "federated identity"
    ANONYMOUS = "anonymous"


# Kinds that belong to an account, so that its identity policies, boundaries and SCPs govern them.
OF_ACCOUNT = frozenset({Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER, Kind.ROOT})

_ACCOUNT = re.compile(r"[0-9]{12}")
_IAM = re.compile(r"arn:([a-z0-9-]+):iam::([^:]*):(root|(?:user|role|saml-provider|oidc-provider)/.+)", re.DOTALL)
_STS = re.compile(r"arn:([a-z0-9-]+):sts::([^:]*):(?:assumed-role/([^/]+)/([^/]+)|federated-user/(.+))", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_UNIQUE_ID = re.compile(r"(?:AROA|AIDA|AGPA|AIPA|ANPA|ANVA|ASCA)[A-Z0-9]+")
_SERVICE_LINKED = re.compile(r"arn:[a-z0-9-]+:iam::[^:]*:role/aws-service-role/[^/]+/[^/]+")


class UnknownPrincipalError(ValueError):
    """Text that names no kind of principal this engine knows."""


@dataclass(frozen=True)
class Principal:
    """A parsed request principal. `name` is the last part of its name: for a session, that of its role."""

    text: str
    kind: Kind
    account: str
    partition: str = ""
    name: str = ""


@lru_cache(maxsize=16384)
def parse_principal(text: str) -> Principal:
    """Read a request principal. Raises UnknownPrincipalError."""
    if text == "anonymous":
        return Principal(text, Kind.ANONYMOUS, "")
    if found := _STS.fullmatch(text):
        partition, account, role, _, user = found.groups()
        if role is not None:
            return Principal(text, Kind.SESSION, account, partition, role)
        return Principal(text, Kind.FEDERATED_USER, account, partition, user)
    if found := _IAM.fullmatch(text):
        partition, account, rest = found.groups()
        kind, _, path = rest.partition("/")
        name = path.rpartition("/")[2]
        kinds = {"root": Kind.ROOT, "user": Kind.USER, "role": Kind.ROLE}
        return Principal(text, kinds.get(kind, Kind.IDENTITY), account, partition, name)
    if _HOST.fullmatch(text):
        return Principal(text, Kind.SERVICE, "")
    raise UnknownPrincipalError(f"{text!r} is not a principal that can make a request")


@dataclass(frozen=True)
class Caller:
    """The principal of one request together with the role behind it, as the request context tells.

    `role_arn` is the ARN with its path, or None where only account and name are known. `doubtful` says that
    aws:PrincipalArn contradicts the session: an Allow then takes neither for granted, a Deny both.
    """

    principal: Principal
    role_arn: str | None
    doubtful: bool

    @property
    def service_linked(self) -> bool:
        """Whether it is a service-linked role; the path shows it, so without aws:PrincipalArn a session is none."""
        return self.role_arn is not None and not self.doubtful and bool(_SERVICE_LINKED.fullmatch(self.role_arn))


def caller_of(principal: Principal, context: Mapping[str, ContextValue]) -> Caller:
    """Join the principal with aws:PrincipalArn (`context` has lower-case keys)."""
    if principal.kind is Kind.ROLE:
        return Caller(principal, principal.text, False)
    if principal.kind is not Kind.SESSION:
        return Caller(principal, None, False)
    given = context.get("aws:principalarn")
    if given is None:
        return Caller(principal, None, False)
    if type(given) is not str:
        return Caller(principal, None, True)
    return _session_caller(principal, given)


@lru_cache(maxsize=16384)
def _session_caller(principal: Principal, role_arn: str) -> Caller:
    prefix = f"arn:{principal.partition}:iam::{principal.account}:role/"
    fits = role_arn.startswith(prefix) and role_arn.rpartition("/")[2] == principal.name
    return Caller(principal, role_arn, not fits)


class PrincipalSet:
    """The entries of `Principal` or `NotPrincipal`. Raises ValueError for a form that AWS does not know."""

    def __init__(self, element: Any) -> None:
        self.lints: list[str] = []
        self.everybody = False
        self._accounts: set[str] = set()
        self._roles: set[str] = set()
        self._role_names: set[tuple[str, str, str]] = set()
        self._direct: set[str] = set()
        self._services: set[str] = set()
        self._identities: set[str] = set()
        self._any_service = False
        self._any_identity = False
        if element == "*":
            self.everybody = True
            return
        if not isinstance(element, Mapping) or not element:
            raise ValueError('it is "*" or an object with AWS, Service, Federated or CanonicalUser')
        for kind, entries in element.items():
            items = entries if isinstance(entries, list | tuple) else [entries]
            if not items or not all(isinstance(item, str) and item for item in items):
                raise ValueError(f"{kind} needs one or more non-empty strings")
            for item in items:
                self._add(kind, item)

    def _add(self, kind: str, entry: str) -> None:
        if kind == "AWS":
            self._add_aws(entry)
        elif kind == "Service":
            self._any_service |= entry == "*"
            self._services.add(entry)
        elif kind == "Federated":
            self._any_identity |= entry == "*"
            self._identities.add(entry)
        elif kind == "CanonicalUser":
            self.lints.append(f"2.3 canonical user {entry} cannot be told from an ARN: matches nobody here")
        else:
            raise ValueError(f"{kind} is not a kind of principal")
        if kind in ("Service", "Federated") and "*" in entry:
            self.lints.append(f"2.3 {kind} {entry!r}: wildcards are not documented; grants nobody")

    def _add_aws(self, entry: str) -> None:
        if entry == "*":
            self.everybody = True
            return
        if _ACCOUNT.fullmatch(entry):
            self._accounts.add(entry)
            return
        if _UNIQUE_ID.fullmatch(entry):
            self.lints.append(f"2.3 {entry} is the id of a deleted principal: matches nobody")
            return
        if "*" in entry or "?" in entry:
            self.lints.append(f"2.3 {entry!r}: no partial wildcards here, a literal that never matches")
            return
        try:
            named = parse_principal(entry)
        except UnknownPrincipalError:
            self.lints.append(f"2.3 {entry!r} names no principal: matches nobody")
            return
        if named.kind is Kind.ROOT:
            self._accounts.add(named.account)
        elif named.kind is Kind.ROLE:
            self._roles.add(entry)
            self._role_names.add((named.partition, named.account, named.name))
        elif named.kind in (Kind.USER, Kind.SESSION, Kind.FEDERATED_USER):
            self._direct.add(entry)
        else:
            self.lints.append(f"2.3 {entry!r} is no AWS principal: matches nobody")

    def _has_role(self, caller: Caller, deny: bool) -> bool:
        principal = caller.principal
        named = (principal.partition, principal.account, principal.name) in self._role_names
        if caller.doubtful:
            exact = caller.role_arn in self._roles
            return (named or exact) if deny else (named and exact)
        return named if caller.role_arn is None else caller.role_arn in self._roles

    def strength(self, caller: Caller, *, deny: bool) -> Strength:
        """How the caller is named as `Principal` of a statement; `deny` is the statement's effect."""
        principal = caller.principal
        kind = principal.kind
        if self.everybody:
            return Strength.DIRECT
        if kind is Kind.ANONYMOUS:
            return Strength.NONE
        if kind in (Kind.SERVICE, Kind.IDENTITY):
            named = principal.text in self._identities or (kind is Kind.SERVICE and principal.text in self._services)
            wild = deny and (self._any_service if kind is Kind.SERVICE else self._any_identity)
            return Strength.DIRECT if named or wild else Strength.NONE
        if kind is not Kind.ROLE and principal.text in self._direct:
            return Strength.DIRECT
        if kind in (Kind.ROLE, Kind.SESSION) and self._has_role(caller, deny):
            return Strength.ROLE
        return Strength.ACCOUNT if principal.account in self._accounts else Strength.NONE

    def lists(self, caller: Caller) -> bool:
        """Whether `NotPrincipal` with these entries spares the caller: the account alone spares only its root."""
        principal = caller.principal
        kind = principal.kind
        if self.everybody:
            return True
        if kind is Kind.SESSION:
            return principal.text in self._direct and self._has_role(caller, deny=False)
        if kind is Kind.ROLE:
            return self._has_role(caller, deny=False)
        if kind in (Kind.USER, Kind.FEDERATED_USER):
            return principal.text in self._direct
        if kind is Kind.ROOT:
            return principal.account in self._accounts
        if kind is Kind.ANONYMOUS:
            return False
        return principal.text in self._identities or (kind is Kind.SERVICE and principal.text in self._services)

    def lists_account(self, caller: Caller) -> bool:
        """Whether the caller's account is among the entries."""
        return self.everybody or caller.principal.account in self._accounts
