"""The condition keys that follow from who asks, for what, when and how: nothing that the request itself says.

One place for local AWS, which decides requests, and for the proof, which makes them up. What a call adds (prefix,
tags, aliases, encryption context) is in `featureshare.iam.calls`. A key that has no value is absent, never empty.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from featureshare.iam.model import ContextValue
from featureshare.iam.principals import Kind, parse_principal

Context = dict[str, ContextValue]

_ISO = "%Y-%m-%dT%H:%M:%SZ"
_TYPES = {Kind.SESSION: "AssumedRole", Kind.ROLE: "AssumedRole", Kind.ROOT: "Account", Kind.USER: "User",
          Kind.FEDERATED_USER: "FederatedUser"}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where an account stands: organization id and path (`o-x/r-y/ou-z/`), None where its units are not known."""

    organization: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks.

    `arn` is the request principal, `source` the role, user or root behind it (with path), `account` twelve digits;
    both are empty for services and anonymous callers. `tags` are the principal tags in force, `issued` is when a
    session was made, `place` None for an account outside every organization.
    """

    arn: str
    source: str = ""
    account: str = ""
    place: Place | None = None
    user_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    source_identity: str | None = None
    issued: datetime | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How and when a request comes.

    `by_service` says that a service makes it with its caller's rights (forward access session), `via` are the
    services on the way that AWS documents for aws:CalledVia, the first one first. `address` is the client's, None
    where no client of the caller's own sends it.
    """

    at: datetime
    region: str
    secure: bool = True
    address: str | None = None
    by_service: bool = False
    via: tuple[str, ...] = ()


def request_context(
    who: Requester, way: Way, resource: str, owner: str, place: Place | None = None, action: str = ""
) -> Context:
    """The keys of a request by `who` on `resource`, which the account `owner` at `place` owns.

    `action` tells the service where `resource` is `*`. The caller adds the keys of the request itself.
    """
    at = int(way.at.timestamp())
    context: Context = {
        "aws:CurrentTime": _instant(at),
        "aws:EpochTime": str(at),
        "aws:SecureTransport": "true" if way.secure else "false",
        "aws:RequestedRegion": way.region,
        "aws:ViaAWSService": "true" if way.by_service else "false",
    }
    if way.by_service:
        if way.via:
            context.update(called_via(way.via))
    elif way.address is not None:
        context["aws:SourceIp"] = way.address
    _of_resource(context, who, resource, owner, place, action)
    _of_requester(context, who)
    return context


def called_via(via: tuple[str, ...]) -> Context:
    """aws:CalledVia and its first and last, of the services between caller and resource; nothing without any."""
    if not via:
        return {}
    return {"aws:CalledVia": via, "aws:CalledViaFirst": via[0], "aws:CalledViaLast": via[-1]}


def _of_resource(context: Context, who: Requester, resource: str, owner: str, place: Place | None, action: str) -> None:
    service = action.partition(":")[0].lower() if action else resource.split(":", 3)[2] if ":" in resource else ""
    if owner.isdigit():
        context["aws:ResourceAccount"] = owner
        if service == "s3":
            context["s3:ResourceAccount"] = owner
    if service == "kms" and who.account:
        context["kms:CallerAccount"] = who.account
    if place is not None:
        context["aws:ResourceOrgID"] = place.organization
        if place.path is not None:
            context["aws:ResourceOrgPaths"] = (place.path,)


def _of_requester(context: Context, who: Requester) -> None:
    kind = parse_principal(who.arn).kind
    if kind is Kind.ANONYMOUS:  # aws:PrincipalIsAWSService is a key of signed requests
        context["aws:PrincipalType"] = "Anonymous"
        context["aws:userid"] = "anonymous"
        return
    context["aws:PrincipalIsAWSService"] = "true" if kind is Kind.SERVICE else "false"
    if kind is Kind.SERVICE:
        context["aws:PrincipalServiceName"] = who.arn
        return
    context["aws:PrincipalArn"] = who.source or who.arn
    context["aws:PrincipalAccount"] = who.account
    context["aws:PrincipalType"] = _TYPES.get(kind, "User")
    if who.user_id:
        context["aws:userid"] = who.user_id
    if who.place is not None:
        context["aws:PrincipalOrgID"] = who.place.organization
        if who.place.path is not None:
            context["aws:PrincipalOrgPaths"] = (who.place.path,)
    if kind is Kind.USER:
        context["aws:username"] = who.arn.rpartition("/")[2]
    if kind is Kind.SESSION and who.issued is not None:
        context["aws:MultiFactorAuthPresent"] = "false"  # a key of temporary credentials, which nobody got by MFA here
        context["aws:TokenIssueTime"] = who.issued.strftime(_ISO)
    if who.source_identity:
        context["aws:SourceIdentity"] = who.source_identity
    for key, value in who.tags.items():
        context[f"aws:PrincipalTag/{key}"] = value


@lru_cache(maxsize=64)
def _instant(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime(_ISO)
