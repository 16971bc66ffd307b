"""One model of every document of an environment, on all planes, and the world that a request meets in it.

Built from a render (or from plans that were brought into its shape), pure, no AWS account. The adversary of section 8
of the design lives here too: whoever holds `Allow * on *` in an account of his own.
"""

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from featureshare.errors import FeatureShareError
from featureshare.iam import DocumentError, Level, Policy, Request, World
from featureshare.iam.context import Context, Place, Requester, Way, request_context

MEMBER = "777777777777"
"""Stands for an account of the organization that no declaration names."""

OUTSIDER = "888888888888"
"""Stands for an account outside the organization."""

READER_OFFLINE = "reader-offline"
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class BadDocument(FeatureShareError):
    """A document is missing, unknown, or one that AWS would not store; nothing can be proved of it."""


def _allow_all(name: str) -> Policy:
    statement = {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, name=name)


ADMINISTRATOR = _allow_all("administrator: Allow * on *")
FULL_ACCESS = _allow_all("FullAWSAccess")


@functools.lru_cache(maxsize=4096)
def delegating(account: str, trust: bool = False) -> Policy:
    """The policy of a resource that is not ours: its owner lets every principal of `account` in, if theirs allow."""
    statement: dict[str, Any] = {"Sid": "NotOurs", "Effect": "Allow", "Principal": {"AWS": account}, "Action": "*"}
    if not trust:
        statement["Resource"] = "*"
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, name="a policy that is not ours")


@dataclass(frozen=True)
class Actor:
    """Somebody who makes requests.

    `arn` is what the engine takes (a session for roles), `source` the role, user or root behind it (aws:PrincipalArn),
    `account` empty for services and anonymous callers. `identity` and `boundary` are compiled documents. `adversary`
    says that its policies are not ours.
    """

    arn: str
    source: str
    account: str
    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    adversary: bool = False
    label: str = ""
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.label or self.source


@dataclass(frozen=True)
class Role:
    """A role of the environment, as rendered, with its documents compiled."""

    key: str
    account: str
    name: str
    path: str
    arn: str
    kind: str
    team: str | None
    principal: str | None
    stack: str
    trust: Policy
    policies: tuple[Policy, ...]
    boundary: str | None


@dataclass(frozen=True)
class Guarded:
    """A bucket or key of the environment: its ARN, owner and policy."""

    arn: str
    account: str
    name: str
    kind: str
    team: str | None
    policy: Policy | None


class Model:
    """The documents of one environment. Raises BadDocument where one is missing, unknown or ill-formed."""

    def __init__(self, render: Mapping[str, Any]) -> None:
        self.render = render
        environment = render["environment"]
        self.environment = environment
        self.name: str = environment["name"]
        self.prefix: str = environment["prefix"]
        self.region: str = environment["region"]
        self.partition: str = environment["partition"]
        self.organization: str | None = environment["organization_id"]
        self.central: str = environment["central_account"]
        self._place = None if self.organization is None else Place(self.organization)
        self._way = Way(at=_SINCE, region=self.region)
        self.platform: str = environment["platform_principal"]
        self.platform_account = self.platform.split(":")[4]
        self.faults: list[str] = []
        self.roles: dict[str, Role] = {}
        self.managed: dict[str, Policy] = {
            arn: self._parse(policy["document"], f"policy {policy['name']}", "identity")
            for arn, policy in render["managed_policies"].items()
        }
        for key, raw in render["roles"].items():
            role = self._role(key, raw)
            self.roles[role.arn] = role
        # The first of several, as `access_roles` in the render has it; only offline readers are several.
        self._access = {
            (role.team, role.kind): role
            for role in sorted(self.roles.values(), key=lambda one: one.arn, reverse=True)
            if role.account == self.central
        }
        self._by_account_name = {(role.account, role.name): role for role in self.roles.values()}
        self.buckets = {name: self._bucket(name, raw) for name, raw in render["buckets"].items()}
        state = render["landing_zone"]["state"]
        self.state_bucket: str = state["bucket"]
        self.keys = {key.arn: key for key in map(self._key, render["keys"].values())}
        self.catalogs: dict[str, Policy | None] = {
            account: self._optional(catalog.get("policy"), f"catalog policy of {account}")
            for account, catalog in render["catalogs"].items()
        }
        self.scps = self._scps()
        self.groups: dict[str, Mapping[str, Any]] = {one["arn"]: one for one in render["feature_groups"].values()}
        # Declared groups, and for each name space the pattern that stands for what its team makes there.
        self.spaces: tuple[Mapping[str, Any], ...] = tuple(render.get("name_spaces", {}).values())
        self.shown: tuple[Mapping[str, Any], ...] = (*self.groups.values(), *self.spaces)
        zone = render["landing_zone"]["platform"]
        self.platform_policies = (self._parse(zone["policy"], "platform role's policy", "identity"),)
        self.brought = {
            role["arn"]: tuple(
                self._parse(text, f"{key} {name}", "identity") for name, text in sorted(role["policies"].items())
            )
            for key, role in (render.get("brought_roles") or {}).items()
        }
        self.accounts = self._accounts()
        if not self.roles:
            self.faults.append("there is no role: an empty set of policies proves nothing")

    # documents -------------------------------------------------------------------------------------------------------
    def _parse(self, text: Any, name: str, layer: str) -> Policy:
        if not isinstance(text, str | Mapping) or not text:
            raise BadDocument(f"{name} is missing or unknown.")
        try:
            policy = Policy.parse(text, name=name)
        except DocumentError as error:
            raise BadDocument(f"{error}.") from error
        fault = {
            "identity": policy.fault_as_identity,
            "trust": policy.fault_as_trust,
            "key": policy.fault_as_key,
            "resource": policy.fault_as_resource,
        }[layer]
        if fault:
            raise BadDocument(f"{name}: {fault}.")
        if not policy.statements:
            raise BadDocument(f"{name} has no statement.")
        return policy

    def _optional(self, text: Any, name: str) -> Policy | None:
        return None if text is None else self._parse(text, name, "resource")

    def _role(self, key: str, raw: Mapping[str, Any]) -> Role:
        documents = [
            self._parse(text, f"{raw['name']} {name}", "identity") for name, text in sorted(raw["policies"].items())
        ]
        for arn in raw.get("attached") or ():
            if arn not in self.managed:
                raise BadDocument(f"{raw['name']} is attached to {arn}, whose document is not known.")
            documents.append(self.managed[arn])
        # A boundary that the platform brings is not ours to read; it can only take away.
        if raw["boundary"] not in (None, self.brought_boundary(raw["account"]), *self.managed):
            raise BadDocument(f"{raw['name']} has the boundary {raw['boundary']}, whose document is not known.")
        return Role(
            key=key,
            account=raw["account"],
            name=raw["name"],
            path=raw["path"],
            arn=raw["arn"],
            kind=raw["kind"],
            team=raw["team"],
            principal=raw["principal"],
            stack=raw["stack"],
            trust=self._parse(raw["trust"], f"trust policy of {raw['name']}", "trust"),
            policies=tuple(documents),
            boundary=raw["boundary"],
        )

    def access_role(self, team: str, kind: str, group: str) -> Role | None:
        """The access role as which a team does a kind of work on a group; None when there is none.

        One for each kind; a team's offline grants may be spread over several, and then each group has its own.
        """
        first = self._access.get((team, kind))
        spread = self.render["teams"].get(team, {}).get("spread_readers")
        if kind != READER_OFFLINE or not spread:
            return first
        role = self.roles.get(spread.get(group, ""))
        return role if role and (role.team, role.kind, role.account) == (team, kind, self.central) else None

    def brought_boundary(self, account: str) -> str | None:
        """The ARN of the boundary that the platform brings to an account; None where boundaries are ours."""
        name = self.environment["permissions_boundary"]
        return None if name is None else f"arn:{self.partition}:iam::{account}:policy/{name}"

    def _bucket(self, name: str, raw: Mapping[str, Any]) -> Guarded:
        policy = self._parse(raw["policy"], f"bucket policy of {name}", "resource")
        arn = f"arn:{self.partition}:s3:::{name}"
        return Guarded(arn, raw["account"], name, raw["kind"], raw["team"], policy)

    def _key(self, raw: Mapping[str, Any]) -> Guarded:
        alias = raw["alias"]
        policy = self._parse(raw["policy"], f"key policy of {alias}", "key")
        return Guarded(
            self.key_arn(raw["account"], alias, raw["region"]),
            raw["account"],
            alias,
            raw["purpose"],
            raw.get("team"),
            policy,
        )

    def _scps(self) -> tuple[Level, ...]:
        documents = (self.render.get("organization") or {}).get("scps") or {}
        if self.organization is None or not documents:
            return ()
        policies = [self._parse(text, f"SCP {name}", "identity") for name, text in sorted(documents.items())]
        return (Level("root", (FULL_ACCESS, *policies)),)

    def key_arn(self, account: str, alias: str, region: str | None = None) -> str:
        """The ARN that stands for the key behind an alias: ids of keys are unknown before they exist.

        `region` is the environment's unless another is named.
        """
        digest = hashlib.sha256(f"{account}/{alias}".encode()).hexdigest()
        name = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
        return f"arn:{self.partition}:kms:{region or self.region}:{account}:key/{name}"

    def _accounts(self) -> dict[str, str]:
        """Account ids of the universe and what each is."""
        known = {team["account"]: f"account of {name}" for name, team in self.render["teams"].items()}
        known |= {
            replica["account"]: f"account of replica {name}"
            for name, replica in self.render["replicas"].items()
            if replica["account"] not in known
        }
        known |= {self.central: "central account", self.platform_account: "platform account"}
        known.setdefault(MEMBER, "undeclared account of the organization")
        known.setdefault(OUTSIDER, "account outside the organization")
        return known

    # actors ----------------------------------------------------------------------------------------------------------
    def role_actor(self, role: Role) -> Actor:
        """A session of a role with the documents it has."""
        boundary = None
        if role.boundary in self.managed:
            boundary = (self.managed[str(role.boundary)],)
        return Actor(self.session_arn(role.arn), role.arn, role.account, role.policies, boundary)

    def brought_actor(self, arn: str) -> Actor:
        """A role that a team brings, with what we put on it and nothing of its own."""
        return Actor(self.session_arn(arn), arn, arn.split(":")[4], self.brought[arn])

    def platform_actor(self) -> Actor:
        """The platform principal with the policy that the landing zone gives it."""
        return Actor(self.session_arn(self.platform), self.platform, self.platform_account, self.platform_policies)

    def adversary(self, source: str, label: str = "") -> Actor:
        """A principal whose policies are not ours: Allow * on * in its own account."""
        account = source.split(":")[4]
        return Actor(self.session_arn(source), source, account, (ADMINISTRATOR,), None, True, label)

    def session_arn(self, source: str) -> str:
        """The session of a role; a user or root stands for itself."""
        parts = source.split(":", 5)
        if not parts[-1].startswith("role/"):
            return source
        return f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{source.rsplit('/', 1)[-1]}/session"

    # the world of a request ------------------------------------------------------------------------------------------
    def member(self, account: str) -> bool:
        """Whether an account belongs to the organization."""
        return self.organization is not None and account in self.accounts and account != OUTSIDER

    def context(self, actor: Actor, resource: str, owner: str, action: str = "") -> Context:
        """The condition keys that follow from who asks and for what; nothing of the request itself.

        The units of the organization's accounts are not declared, so its paths are in no context.
        """
        who = Requester(
            arn=actor.arn,
            source=actor.source,
            account=actor.account,
            place=self._place if self.member(actor.account) else None,
            tags=actor.tags,
        )
        context = request_context(who, self._way, resource, owner, self._place if self.member(owner) else None, action)
        for key, value in self.group_tags(resource).items():
            context[f"aws:ResourceTag/{key}"] = context[f"sagemaker:ResourceTag/{key}"] = value
        return context

    def group_tags(self, arn: str) -> Mapping[str, str]:
        """The tags that a feature group is declared with: nobody but the deploy role changes them."""
        group = self.groups.get(arn)
        return {} if group is None else group["tags"]

    def in_catalog(self, arn: str) -> bool:
        """Whether an ARN is that of a feature group in an account whose feature groups are declared here."""
        parts = arn.split(":", 5)
        return len(parts) == 6 and parts[5].startswith("feature-group/") and parts[4] in self.catalogs

    def resource_policy(self, actor: Actor, action: str, resource: str, owner: str) -> Policy | None:
        """The document on a resource; for one that is not ours, its owner lets the actor's account in."""
        service = action.partition(":")[0].lower()
        if service == "s3":
            name = resource.split(":", 5)[-1].partition("/")[0]
            bucket = self.buckets.get(name)
            if bucket is not None and bucket.account == owner:
                return bucket.policy
            if name == self.state_bucket and owner == self.platform_account:
                return None
        elif service == "kms":
            if ":key/" not in resource:
                return None
            if resource in self.keys:
                return self.keys[resource].policy
        elif service == "sts":
            if resource in self.roles:
                return self.roles[resource].trust
            return delegating(actor.account, trust=True) if actor.account else None
        elif service == "glue":
            if owner in self.catalogs:
                return self.catalogs[owner]
        elif service == "iam" or owner in self.catalogs:
            return None
        return delegating(actor.account) if actor.account else None

    def world(self, actor: Actor, action: str, resource: str, owner: str) -> World:
        """The documents in force for a request of `actor`."""
        return World(
            identity=actor.identity,
            resource=self.resource_policy(actor, action, resource, owner),
            scps=self.scps if self.member(actor.account) else (),
            boundary=actor.boundary,
            management_account=self.platform_account if self.organization is not None else None,
        )

    def request(
        self, actor: Actor, action: str, resource: str, owner: str, context: Mapping[str, Any], wildcard: bool = False
    ) -> Request:
        """A request with the given context, which must hold the derived keys already."""
        return Request(actor.arn, action, resource, owner, context, wildcard)

    def key_aliases(self, arn: str) -> tuple[str, ...]:
        """The aliases of a key of ours."""
        key = self.keys.get(arn)
        return () if key is None else (key.name,)


def services_of(policies: Iterable[Policy]) -> set[str]:
    """The services that documents name in their actions; `*` for a pattern that may be any."""
    out = set()
    for policy in policies:
        for statement in policy.statements:
            for pattern in statement.actions.patterns:
                service = pattern.partition(":")[0].lower()
                out.add("*" if re.search(r"[*?]", service) or statement.actions.negated else service)
    return out
