"""What groups can be beside their plain form, used: single features updated, a record's own time to live, metadata."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.data import (
    Row,
    Value,
    as_record,
    event_time,
    instant,
    newest,
    several,
)
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt

_HOURS = 2  # a record's own time to live; shorter than any group's


def write(stage: Stage, writer: Actor, group: Group) -> Iterator[StepResult]:
    """Step 4, where a group has more than whole records: one that lives shorter, and single features updated."""
    if group.ttl is not None and group.online:
        what = f"PutRecord {group.name}, for {_HOURS} hours"
        yield attempt(4, writer.acts_as, what, group.account, partial(_put_for_a_while, stage, writer, group))
    for team in sorted(group.updates):
        updater = stage.cast.actor(team, "update", group)
        if updater:
            what = f"UpdateRecord {group.name}"
            yield attempt(4, updater.acts_as, what, group.account, partial(_update, stage, updater, group))


def _put_for_a_while(stage: Stage, actor: Actor, group: Group) -> str:
    """Write one record again, as of now, with a time to live of its own: it counts instead of the group's."""
    identifier, row = sorted(newest(group, stage.written[group.arn]).items())[-1]
    again = {**row, group.event_time: event_time(stage.now, group.type_of(group.event_time))}
    stage.client(actor, "sagemaker-featurestore-runtime").put_record(
        FeatureGroupName=group.name, Record=as_record(again), TtlDuration={"Unit": "Hours", "Value": _HOURS}
    )
    stage.written[group.arn] += (again,)
    stage.short_lived[group.arn] = identifier, stage.now + timedelta(hours=_HOURS)
    return f"record {identifier}"


def expires(stage: Stage, actor: Actor, group: Group) -> str:
    """The record tells when it ends, and that is its own time, not the group's."""
    identifier, end = stage.short_lived[group.arn]
    answer = stage.client(actor, "sagemaker-featurestore-runtime").get_record(
        FeatureGroupName=group.name, RecordIdentifierValueAsString=identifier, ExpirationTimeResponse="Enabled"
    )
    told = datetime.fromisoformat(str(answer["ExpiresAt"]).replace("Z", "+00:00")).astimezone(UTC)
    if abs((told - end).total_seconds()) > 1:
        raise Mismatch(f"{group.name} {identifier} ends {told.isoformat()}, written to end {end.isoformat()}")
    return f"{identifier} ends {told.isoformat()}"


def _update(stage: Stage, actor: Actor, group: Group) -> str:
    """Change the features that the team is granted, and no other, in a record that is there."""
    identifier, row = sorted(newest(group, stage.written[group.arn], stage.now).items())[0]
    changes = {name: _changed(stage, group, name, row) for name in group.updates[actor.team]}
    stage.client(actor, "sagemaker-featurestore-runtime").update_record(
        FeatureGroupName=group.name, RecordIdentifierValueAsString=identifier, Features=as_record(changes)
    )
    # Where the update does not say when, the record is as of the time that it had.
    rows = stage.written[group.arn]
    before = rows if group.event_time in changes else tuple(one for one in rows if one is not row)
    stage.written[group.arn] = (*before, {**row, **changes})
    stage.saw(actor, group)
    return f"{', '.join(changes)} of {identifier}"


def _changed(stage: Stage, group: Group, name: str, row: Row) -> Value:
    kind = group.type_of(name)
    if name == group.event_time:
        later = datetime.fromtimestamp(instant(row[name], kind), UTC) + timedelta(minutes=1)
        return event_time(min(later, stage.now), kind)
    collection, length = group.collections.get(name, ("list", 1))
    values = several(f"{group.name}/{name}/{stage.shop.run}/updated", kind, collection, length)
    assert isinstance(values, tuple)
    return values if name in group.collections else values[0]


def compare_metadata(client: Any, group: Group) -> None:
    """Raise Mismatch unless each feature's description and parameters are the declared ones."""
    for name, (description, parameters) in group.metadata.items():
        answer = client.describe_feature_metadata(FeatureGroupName=group.name, FeatureName=name)
        found = answer.get("Description") or "", {one["Key"]: one["Value"] for one in answer.get("Parameters") or ()}
        if found != (description, dict(parameters)):
            raise Mismatch(f"{group.name}.{name} is described as {found}, declared {description!r}, {parameters}")


def update_of(group: Group, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Features for UpdateRecord, with values that mean nothing."""
    row: dict[str, Value] = {}
    for name in names:
        collection, length = group.collections.get(name, ("list", 1))
        values = several(f"probe/{name}", group.type_of(name), collection, length)
        assert isinstance(values, tuple)
        row[name] = values if name in group.collections else values[0]
    return as_record(row)
