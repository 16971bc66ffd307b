"""Measuring every group of an environment, each as a principal that may read its offline store."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from featureshare.errors import FeatureShareError
from featureshare.journeys import athena
from featureshare.journeys.cast import Actor, Cast, Group
from featureshare.journeys.sessions import Sessions, account_of, role_name
from featureshare.journeys.stage import Options, Stage
from featureshare.quality.measure import Measured, judge, rules, statement


@dataclass(frozen=True)
class GroupQuality:
    """A group's measures; `why_not` says why it could not be measured, and then nothing is known of it."""

    group: str
    owner: str
    measured_by: str
    measures: tuple[Measured, ...]
    why_not: str = ""

    @property
    def broken(self) -> tuple[Measured, ...]:
        return tuple(measure for measure in self.measures if not measure.ok)

    def as_dict(self) -> dict[str, Any]:
        """The group's quality as JSON."""
        return asdict(self) | {"ok": not self.why_not and not self.broken}


def measure(render: Mapping[str, Any], sessions: Sessions, *, wait: float = 120.0) -> Iterator[GroupQuality]:
    """Measure every group that declares a freshness or expectations, one Athena query each.

    `render` is an environment's render; `wait` is how long a query may take, in seconds.
    """
    cast = Cast(render)
    stage = Stage(cast, sessions, Options(query_wait=wait))
    for group in cast.groups:
        facts = next(it for it in render["feature_groups"].values() if (it["name"], it["account"]) == _key(group))
        wanted, freshness = rules(facts.get("expectations") or {}), facts.get("freshness")
        if wanted or freshness:
            yield _measure(stage, group, wanted, freshness)


def _key(group: Group) -> tuple[str, str]:
    return group.name, group.account


def _measure(stage: Stage, group: Group, wanted: tuple[Any, ...], freshness: str | None) -> GroupQuality:
    if not group.offline:
        return GroupQuality(group.name, group.owner, "", (), "it has no offline store to measure")
    why_not = "no principal is granted read-offline"
    for team in sorted(stage.cast.teams, key=lambda team: (team != group.owner, team)):
        actor = stage.cast.actor(team, "read-offline", group)
        if actor is None:
            continue
        try:
            return GroupQuality(
                group.name, group.owner, f"{team}/{actor.principal}", _ask(stage, actor, group, wanted, freshness)
            )
        except (FeatureShareError, ClientError, BotoCoreError) as error:
            why_not = f"{role_name(actor.role_arn)}: {error}"
    return GroupQuality(group.name, group.owner, "", (), why_not)


def _ask(
    stage: Stage, actor: Actor, group: Group, wanted: tuple[Any, ...], freshness: str | None
) -> tuple[Measured, ...]:
    workgroup = stage.cast.workgroup(actor.team, account_of(actor.acts_as))
    if workgroup is None or group.database is None:
        raise FeatureShareError(f"{actor.team} has no workgroup to measure {group.name} in")
    client = stage.client(actor, "athena")
    (row,) = athena.select(client, statement(group, wanted), workgroup, group.database, stage.options.query_wait)
    return tuple(judge(row, wanted, freshness, time.time()))
