"""Who plays which part, read from the render: nothing here makes up a name or an ARN."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from featureshare.journeys.sessions import COMPUTE_SERVICES, account_of

_SEVERAL = 3  # values of a list or set, for want of a dimension
TTL_UNITS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86400, "Weeks": 604800}


@dataclass(frozen=True)
class Group:
    """A feature group as declared and rendered.

    `features` are (name, type) in order; types are the API's. `collections` are those that hold several values: kind
    and how many. `metadata` is description and parameters by feature, `updates` the features that a team may update.
    """

    name: str
    account: str
    arn: str
    owner: str
    store: str
    description: str
    record_identifier: str
    event_time: str
    features: tuple[tuple[str, str], ...]
    online: bool
    in_memory: bool
    ttl: timedelta | None
    offline: bool
    offline_format: str
    canary: bool
    created_by: str
    shared_with: Mapping[str, tuple[str, ...]]
    classification: str
    s3_uri: str | None
    database: str | None
    table: str | None
    offline_role_arn: str | None
    online_key_alias: str | None
    offline_key_alias: str | None
    contact: str
    collections: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    metadata: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    storage: str = "standard"
    throughput: Mapping[str, int] | None = None
    updates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def type_of(self, feature: str) -> str:
        return dict(self.features)[feature]

    @property
    def values(self) -> tuple[str, ...]:
        """The features beside the identifier and the time."""
        return tuple(name for name, _ in self.features if name not in (self.record_identifier, self.event_time))

    def grants(self, team: str, verb: str) -> bool:
        """Whether the declaration lets `team` do `verb` here. An owner has write, the rest it must list."""
        return (verb == "write" and team == self.owner) or verb in self.shared_with.get(team, ())


@dataclass(frozen=True)
class Actor:
    """A team's principal doing one verb: its execution role, and the access role it takes on (None in its store)."""

    team: str
    principal: str
    verb: str
    role_arn: str
    compute: str
    access_role: str | None

    @property
    def acts_as(self) -> str:
        """The ARN of the role whose rights count."""
        return self.access_role or self.role_arn

    @property
    def account(self) -> str:
        return account_of(self.role_arn)


@dataclass(frozen=True)
class Workgroup:
    """An Athena workgroup: where queries run, and where their results go (`owner`: the account of that bucket)."""

    name: str
    arn: str
    account: str
    results_bucket: str
    output_location: str
    owner: str


class Cast:
    """The declared teams, principals and groups of one render (contract shape)."""

    def __init__(self, render: Mapping[str, Any]) -> None:
        self.render = render
        self.environment: Mapping[str, Any] = render["environment"]
        self.teams: Mapping[str, Any] = render["teams"]
        self.groups: tuple[Group, ...] = tuple(
            group_of(facts) for _, facts in sorted(render["feature_groups"].items(), key=lambda item: item[0])
        )

    @property
    def ephemeral(self) -> bool:
        return bool(self.environment["ephemeral"])

    @property
    def central_account(self) -> str:
        return str(self.environment["central_account"])

    def may_write(self, group: Group) -> bool:
        """Whether a journey may put records into `group`: any in an ephemeral environment, else canaries only."""
        return self.ephemeral or group.canary

    def principals(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Every execution role that code can run as, as (team, principal, facts); people sign in by themselves."""
        for team, facts in sorted(self.teams.items()):
            for principal, role in sorted(facts["execution_roles"].items()):
                if role.get("kind", "role") == "role" and role["compute"] in COMPUTE_SERVICES:
                    yield team, principal, role

    def access_roles(self) -> Iterator[tuple[str, str, str]]:
        """Every access role as (team, verb, ARN)."""
        for team in sorted(self.teams):
            for verb, arn in self.roles_of(team):
                yield team, verb, arn

    def roles_of(self, team: str) -> list[tuple[str, str]]:
        """Every access role of a team as (verb, ARN); offline grants may be spread over several."""
        facts = self.teams[team]
        spread = {("read-offline", arn) for arn in facts["spread_readers"].values()}
        return sorted({*facts["access_roles"].items(), *spread})

    def access_role(self, team: str, verb: str, group: str) -> str | None:
        """The access role as which a team does `verb` on a shared group; None when it has none for it."""
        spread: Mapping[str, str] = self.teams[team]["spread_readers"] if verb == "read-offline" else {}
        roles: Mapping[str, str] = self.teams[team]["access_roles"]
        return spread.get(group) or roles.get(verb)

    def serves(self, actor: Actor, group: Group) -> bool:
        """Whether an actor of a shared group's access role may do its verb there: granted, and by this very role."""
        role = self.access_role(actor.team, actor.verb, group.name)
        return group.grants(actor.team, actor.verb) and role == actor.access_role

    def actor(self, team: str, verb: str, group: Group) -> Actor | None:
        """Who of `team` does `verb` on `group`; None if the declaration grants it to nobody there."""
        return self._doing(team, verb, group) if group.grants(team, verb) else None

    def maker(self, group: Group) -> Actor | None:
        """Who of its owner makes `group` through the API, by grant or in the name space; None where Terraform does."""
        return self._doing(group.owner, "manage", group) if group.created_by == "api" else None

    def _doing(self, team: str, verb: str, group: Group) -> Actor | None:
        access_role = None if group.store == "team" else self.access_role(team, verb, group.name)
        for its_team, principal, role in self.principals():
            if its_team != team or verb not in role["verbs"]:
                continue
            if group.store == "team" or access_role in role["assumes"]:
                return Actor(team, principal, verb, role["arn"], role["compute"], access_role)
        return None

    def assuming(self) -> Iterator[Actor]:
        """Every declared pair of an execution role and an access role it may assume."""
        for team, principal, role in self.principals():
            for verb, arn in self.roles_of(team):
                if arn in role["assumes"]:
                    yield Actor(team, principal, verb, role["arn"], role["compute"], arn)

    def workgroup(self, team: str, account: str) -> Workgroup | None:
        """The workgroup of `team` in `account`, if it has one there."""
        facts = self.teams[team]
        wanted = {facts.get("workgroup"), facts.get("own_workgroup")} - {None}
        for entry in self.render["workgroups"].values():
            if entry["account"] == account and (entry["name"] in wanted or entry["arn"] in wanted):
                return Workgroup(
                    entry["name"],
                    entry["arn"],
                    account,
                    entry["results_bucket"],
                    entry["output_location"],
                    entry["owner_account"],
                )
        return None


def group_of(facts: Mapping[str, Any]) -> Group:
    """A group from what the render says of it."""
    online, offline = facts["online_store"], facts["offline_store"]
    ttl = online.get("ttl")
    return Group(
        name=facts["name"],
        account=facts["account"],
        arn=facts["arn"],
        owner=facts["owner"],
        store=facts["store"],
        description=facts.get("description") or "",
        record_identifier=facts["record_identifier"],
        event_time=facts["event_time"],
        features=tuple((feature["name"], feature["type"]) for feature in facts["features"]),
        collections={
            feature["name"]: (feature["collection"], int(feature.get("dimension") or _SEVERAL))
            for feature in facts["features"]
            if feature.get("collection")
        },
        metadata={
            feature["name"]: (feature.get("description") or "", feature.get("parameters") or {})
            for feature in facts["features"]
        },
        storage=online.get("storage") or "standard",
        throughput=facts.get("throughput"),
        updates={team: tuple(names) for team, names in (facts.get("updates") or {}).items()},
        online=bool(online["enabled"]),
        in_memory=online.get("storage") == "in-memory",
        ttl=timedelta(seconds=int(ttl["value"]) * TTL_UNITS[ttl["unit"]]) if ttl else None,
        offline=bool(offline["enabled"]),
        offline_format=offline.get("format") or "glue",
        canary=facts.get("purpose") == "canary",
        created_by=facts.get("created_by") or "terraform",
        shared_with={team: tuple(verbs) for team, verbs in (facts.get("shared_with") or {}).items()},
        classification=facts.get("classification") or "internal",
        s3_uri=facts.get("s3_uri"),
        database=facts.get("database"),
        table=facts.get("table"),
        offline_role_arn=facts.get("offline_role_arn"),
        online_key_alias=facts["online_alias"] if facts.get("with_key") else None,
        offline_key_alias=facts["offline_alias"] if offline["enabled"] else None,
        contact=facts.get("contact") or "",
    )
