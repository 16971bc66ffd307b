"""One entry for each feature group, as people look for them. Pure: a declaration in, entries out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from featureshare.declaration import Declaration, FeatureGroup, Grant


@dataclass(frozen=True)
class FeatureEntry:
    """A feature: `role` is `record identifier`, `event time` or empty."""

    name: str
    type: str
    description: str
    role: str


@dataclass(frozen=True)
class Use:
    """A team that may use a group: its verbs, and for each the principals of the team that take it.

    `by_tag` has, for verbs that a tag gives and not the owner's file, the file and line that do.
    """

    team: str
    contact: str
    verbs: tuple[str, ...]
    principals: Mapping[str, tuple[str, ...]]
    by_tag: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Copy:
    """A replica of the group's offline store, and who reads there: roles of the replica's account by name or ARN."""

    replica: str
    account: str
    region: str
    readers: tuple[str, ...]


@dataclass(frozen=True)
class Ask:
    """How access is asked for: the file and line to change and what to add there, or why that is not possible.

    `line` counts from 1; None where the position is not known. `add` is YAML, with YOUR-TEAM for the reader's team;
    that team's own file, `team_file`, names the principals that take the verbs.
    """

    possible: bool
    file: str
    line: int | None
    add: str
    approver: str
    team_file: str
    why_not: str = ""


@dataclass(frozen=True)
class Entry:
    """A feature group with what a data scientist wants to know before using it."""

    name: str
    description: str
    owner: str
    contact: str
    account: str
    region: str
    store: str
    classification: str
    freshness: str | None
    pipeline: str | None
    purpose: str | None
    created_by: str
    record_identifier: str
    event_time: str
    online: str | None
    offline: str | None
    features: tuple[FeatureEntry, ...]
    uses: tuple[Use, ...]
    copies: tuple[Copy, ...]
    ask: Ask

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON, with its lineage: what fills the group and who takes from it."""
        return asdict(self) | {"lineage": self.lineage()}

    def lineage(self) -> dict[str, Any]:
        """Where the group's data comes from and where it goes, as declared."""
        return {
            "pipeline": self.pipeline,
            "written_by": self._principals("write", "manage"),
            "feature_group": self.name,
            "read_by": self._principals("read-online", "read-offline"),
            "copied_to": [copy.replica for copy in self.copies],
        }

    def _principals(self, *verbs: str) -> list[str]:
        """Who takes one of the verbs, as team/principal."""
        return sorted(
            {f"{use.team}/{name}" for use in self.uses for verb in verbs for name in use.principals.get(verb, ())}
        )


def entries(declaration: Declaration, lines: Mapping[str, int], folder: str) -> tuple[Entry, ...]:
    """Every feature group of the declaration, sorted by name.

    `lines` has, by group, the line (from 1) after which a grant is added; `folder` is how messages name the
    environment's folder, such as `environments/local`.
    """
    uses: dict[str, dict[str, set[str]]] = {}
    for grant in declaration.grants():
        uses.setdefault(grant.feature_group, {}).setdefault(grant.team, set()).add(grant.verb)
    return tuple(
        _entry(declaration, name, group, uses.get(name, {}), lines.get(name), folder)
        for name, group in sorted(declaration.feature_groups.items())
    )


def _entry(
    declaration: Declaration,
    name: str,
    group: FeatureGroup,
    uses: Mapping[str, set[str]],
    line: int | None,
    folder: str,
) -> Entry:
    environment = declaration.environment
    return Entry(
        name=name,
        description=group.description,
        owner=group.owner,
        contact=group.contact,
        account=environment.central_account if group.store == "central" else declaration.teams[group.owner].account,
        region=environment.region,
        store=group.store,
        classification=group.classification,
        freshness=group.freshness,
        pipeline=group.pipeline,
        purpose=group.purpose,
        created_by=group.created_by,
        record_identifier=group.record_identifier,
        event_time=group.event_time,
        online=_online(group),
        offline=group.offline_store.format if group.offline_store.enabled else None,
        features=tuple(
            FeatureEntry(feature.name, feature.type, feature.description, _role(group, feature.name))
            for feature in group.features
        ),
        uses=tuple(_use(declaration, name, team, verbs) for team, verbs in sorted(uses.items())),
        copies=tuple(
            Copy(copy, replica.account, replica.region or environment.region, tuple(sorted(replica.readers)))
            for copy, replica in sorted(environment.replicas.items())
            if name in replica.feature_groups
        ),
        ask=_ask(group, name, line, folder, named=_named(declaration, name, group)),
    )


def _use(declaration: Declaration, group: str, name: str, verbs: set[str]) -> Use:
    team = declaration.teams[name]
    takers = {
        verb: tuple(sorted(principal for principal, it in team.principals.items() if verb in it.verbs))
        for verb in sorted(verbs)
    }
    origins = {verb: declaration.by_tag.get(Grant(name, group, verb)) for verb in sorted(verbs)}
    by_tag = {verb: origin for verb, origin in origins.items() if origin}
    return Use(name, team.contact, tuple(sorted(verbs)), takers, by_tag)


def _role(group: FeatureGroup, feature: str) -> str:
    return {group.record_identifier: "record identifier", group.event_time: "event time"}.get(feature, "")


def _online(group: FeatureGroup) -> str | None:
    store = group.online_store
    if not store.enabled:
        return None
    return store.storage if store.ttl is None else f"{store.storage}, {store.ttl.value} {store.ttl.unit.lower()}"


def _named(declaration: Declaration, name: str, group: FeatureGroup) -> bool:
    """Whether the group's own file shares it, and not only a tag."""
    grants = (Grant(team, name, verb) for team, verbs in group.shared_with.items() for verb in verbs)
    return any(grant not in declaration.by_tag for grant in grants)


def _ask(group: FeatureGroup, name: str, line: int | None, folder: str, *, named: bool) -> Ask:
    file = f"{folder}/feature-groups/{name}.yaml"
    verbs = [
        verb
        for verb, there in (
            ("read-online", group.online_store.enabled),
            ("read-offline", group.offline_store.enabled),
        )
        if there
    ]
    why_not = ""
    if group.store == "team":
        why_not = (
            f"It lies in {group.owner}'s own store: it becomes shareable when its owner moves it to store: central."
        )
    elif group.classification == "restricted":
        why_not = "Restricted data is shared with nobody."
    entry = f"  YOUR-TEAM: [{', '.join(verbs)}]"
    add = entry if named else f"shared_with:\n{entry}"
    return Ask(
        not why_not, file, line, "" if why_not else add, group.contact, f"{folder}/teams/YOUR-TEAM.yaml", why_not
    )
