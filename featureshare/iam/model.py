"""The vocabulary of a decision: what is asked, the documents in force, and the answer with its reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from featureshare.iam.document import Policy

ContextValue = str | tuple[str, ...]

ALLOWED = "Allowed"
IMPLICITLY_DENIED = "ImplicitlyDenied"
EXPLICITLY_DENIED = "ExplicitlyDenied"


class Strength(IntEnum):
    """How firmly a `Principal` entry names the caller; it decides what else must allow."""

    NONE = 0
    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


@dataclass(frozen=True)
class Request:
    """One authorization question.

    `principal` is the ARN of a user, role, session, federated user, account root or identity provider, a service name
    (`sagemaker.amazonaws.com`) or `anonymous`. `account` owns `resource`, which is an ARN, or `*` for an action without
    one. `context` holds condition keys with a string, or a tuple of strings for a multivalued key; nothing is
    inferred, an absent key is absent. `wildcard_only` marks an action without resource-level permission.
    """

    principal: str
    action: str
    resource: str
    account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    wildcard_only: bool = False


@dataclass(frozen=True)
class Level:
    """One level of the organization (root, unit or account) and the SCPs or RCPs attached to it."""

    name: str
    policies: tuple["Policy", ...]


@dataclass(frozen=True)
class Finding:
    """Something a reader of the decision must know about how it was reached.

    `kind` is `ill-formed`, `unsupported`, `inferred` (AWS documents nothing exact; decided as our reference says),
    `not-decided` (a fact that could matter is no input) or `lint`. `rule` is the section and number in the reference.
    """

    kind: str
    rule: str
    text: str
    layer: str = ""
    document: str = ""
    sid: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (self.layer, self.document, self.sid) if part)
        return f"{self.kind} ({self.rule}): {place + ': ' if place else ''}{self.text}"


@dataclass(frozen=True)
class Reason:
    """Why: the layer (`identity`, `resource`, `boundary`, `session`, `scp`, `rcp` or `engine`), document, Sid, text."""

    layer: str
    document: str
    sid: str
    text: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.layer, self.document, self.sid) if part)
        return f"{place}: {self.text}"


@dataclass(frozen=True)
class World:
    """The documents in force for a request, and the facts about both accounts that decide which of them apply.

    `scps` belong to the principal's account, `rcps` to the resource's, both root first, `()` when none are in force.
    `boundary` and `session` are one layer each: None when absent, `()` denies all (GetFederationToken without a policy
    is `session=()`). `resource` is the bucket, key, trust, Glue or RAM document. `grants` are KMS grants written by
    `featureshare.iam.grants.grant_policy`, or RAM shares by `featureshare.iam.shares.share_policy`.
    `management_account` is exempt from SCPs as principal and from RCPs as owner. `aws_managed_key` exempts the key from
    RCPs. `object_owner` is the account that owns the S3 object where the bucket does not enforce its own ownership;
    `acls` are the access control lists on it and its bucket, written by `featureshare.iam.acl.acl_policy`, None when
    they are no input. `ram_data_plane` False takes the reading that RAM shares of a feature group do not reach its data
    plane. `faults` are documents that could not be compiled: they deny.
    """

    identity: tuple["Policy", ...] = ()
    resource: "Policy | None" = None
    scps: tuple[Level, ...] = ()
    rcps: tuple[Level, ...] = ()
    boundary: tuple["Policy", ...] | None = None
    session: tuple["Policy", ...] | None = None
    grants: tuple["Policy", ...] = ()
    management_account: str | None = None
    aws_managed_key: bool = False
    object_owner: str | None = None
    acls: tuple["Policy", ...] | None = None
    ram_data_plane: bool = True
    faults: tuple[Finding, ...] = ()


Reasons = Callable[[], tuple[Reason, ...]]
Findings = Callable[[], tuple[Finding, ...]]


class Decision:
    """The answer. `result` is Allowed, ImplicitlyDenied or ExplicitlyDenied.

    Reasons and findings are worked out on first use, each for itself: most callers only want the answer.
    """

    __slots__ = ("_findings", "_known_findings", "_known_reasons", "_reasons", "allowed", "result")

    def __init__(self, result: str, reasons: Reasons, findings: Findings) -> None:
        self.allowed: bool = result == ALLOWED
        self.result: str = result
        self._reasons = reasons
        self._findings = findings
        self._known_reasons: tuple[Reason, ...] | None = None
        self._known_findings: tuple[Finding, ...] | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What allowed or denied; for an implicit denial, what was missing and which statements came near."""
        if self._known_reasons is None:
            self._known_reasons = self._reasons()
        return self._known_reasons

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Inferred rules reached, unsupported features, faults and lint."""
        if self._known_findings is None:
            self._known_findings = self._findings()
        return self._known_findings

    def __bool__(self) -> bool:
        return self.allowed

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            return NotImplemented
        return (self.result, self.reasons, self.findings) == (other.result, other.reasons, other.findings)

    def __hash__(self) -> int:
        return hash(self.result)

    def __repr__(self) -> str:
        return f"Decision({self.result}, reasons={self.reasons!r})"
