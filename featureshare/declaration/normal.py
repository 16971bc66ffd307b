"""A declaration, and its normal form: every key present, every default written out, every list of verbs sorted.

Terraform builds the same in environments/declaration/normal.tf, and every plan compares the two.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from featureshare.declaration.model import Environment, FeatureGroup, Replica, Team


class Grant(NamedTuple):
    """A team may use a verb on a feature group."""

    team: str
    feature_group: str
    verb: str


@dataclass(frozen=True)
class Declaration:
    """A whole environment, or a slice of it (of a team, of a replica): typed, judged, immutable."""

    environment: Environment
    teams: Mapping[str, Team]
    feature_groups: Mapping[str, FeatureGroup]
    replicas: Mapping[str, Replica]
    # Grants that only a tag gives, each with the file and line that does. `feature_groups` holds them like any other.
    by_tag: Mapping[Grant, str] = field(default_factory=dict)

    def grants(self) -> tuple[Grant, ...]:
        """Every grant, sorted: what shared_with says, and write for each group's owner.

        In a slice, the grants of other teams on the groups that the team owns are included.
        """
        grants = {
            Grant(team, name, verb)
            for name, group in self.feature_groups.items()
            for team, verbs in group.shared_with.items()
            for verb in verbs
        }
        grants |= {Grant(group.owner, name, "write") for name, group in self.feature_groups.items()}
        return tuple(sorted(grants))

    def slice(self, team: str) -> "Declaration":
        """What the stacks of `team` need: that team, and the groups it owns or is granted. KeyError if unknown.

        Of a group that another team owns it sees its own grants: what others are granted does not change its stacks.
        """
        return Declaration(
            self.environment,
            {team: self.teams[team]},
            {
                name: group
                if group.owner == team
                else group.model_copy(
                    update={"shared_with": _own(group.shared_with, team), "updates": _own(group.updates, team)}
                )
                for name, group in self.feature_groups.items()
                if group.owner == team or team in group.shared_with
            },
            {},
            {
                grant: origin
                for grant, origin in self.by_tag.items()
                if team in (grant.team, self.feature_groups[grant.feature_group].owner)
            },
        )

    def replica_slice(self, replica: str) -> "Declaration":
        """What the stack of `replica` needs: itself and the groups it copies, without grants. KeyError if unknown."""
        it = self.replicas[replica]
        nothing: dict[str, Any] = {"shared_with": {}, "updates": {}}
        groups = {name: self.feature_groups[name].model_copy(update=nothing) for name in it.feature_groups}
        return Declaration(self.environment, {}, groups, {replica: it})

    def normal(self) -> dict[str, Any]:
        """The normal form as plain JSON values."""
        return {
            "environment": _environment(self.environment),
            "teams": {name: _team(team) for name, team in sorted(self.teams.items())},
            "feature_groups": {name: _group(group) for name, group in sorted(self.feature_groups.items())},
            "replicas": {name: self._replica(replica) for name, replica in sorted(self.replicas.items())},
        }

    def _replica(self, replica: Replica) -> dict[str, Any]:
        return replica.model_dump() | {
            "region": replica.region or self.environment.region,
            "feature_groups": sorted(replica.feature_groups),
            "readers": sorted(replica.readers),
        }

    def json(self) -> str:
        """The normal form exactly as Terraform's jsonencode writes it."""
        return encode(self.normal())

    def digest(self) -> str:
        """SHA-256 of json(), in hexadecimal: equals the output `digest` of environments/declaration."""
        return hashlib.sha256(self.json().encode()).hexdigest()


def encode(value: Any) -> str:
    """`value` as Terraform's jsonencode writes it: keys sorted, no spaces, `<`, `>`, `&`, U+2028 and U+2029 escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _environment(environment: Environment) -> dict[str, Any]:
    # Of grants by tag the normal form holds what they come to, group by group: a stack changes with its own.
    plain = environment.model_dump(exclude={"platform", "replicas", "shared_by_tag"})
    # Every slice knows whether the central store is replicated at all: its bucket and key let that in or not.
    return plain | {
        "platform_principal": environment.platform.principal,
        "replicated": bool(environment.replicas),
    }


def _team(team: Team) -> dict[str, Any]:
    return {
        "account": team.account,
        "contact": team.contact,
        "namespace": team.namespace,
        "results": team.results,
        "direct_catalog": team.direct_catalog,
        "athena": team.athena.model_dump(),
        "notebook": team.notebook and team.notebook.model_dump(),
        "vpc_endpoints": team.vpc_endpoints and team.vpc_endpoints.model_dump(),
        "principals": {
            name: principal.model_dump() | {"verbs": sorted(principal.verbs), "compute": principal.runs_on}
            for name, principal in sorted(team.principals.items())
        },
    }


def _group(group: FeatureGroup) -> dict[str, Any]:
    plain = group.model_dump(exclude={"feature_group", "shared_by_tag"})
    return plain | {
        "shared_with": {team: sorted(verbs) for team, verbs in sorted(group.shared_with.items())},
        "updates": {team: sorted(names) for team, names in sorted(group.updates.items())},
    }


def _own(entries: Mapping[str, Any], team: str) -> dict[str, Any]:
    return {team: entries[team]} if team in entries else {}
