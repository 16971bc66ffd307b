"""A team's name space: its manager makes, changes and deletes groups called `<team>--*` that nobody declared.

Who reads such a group is a matter of declaration (`featureshare adopt` writes one); its owner writes it as it is.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from featureshare.journeys import manage
from featureshare.journeys.cast import Actor, Group, group_of
from featureshare.journeys.data import as_text, event_time
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt

_FEATURES = (("trial_id", "String"), ("event_time", "String"), ("score", "Fractional"))
_ADDED = "rank"


def trials(stage: Stage) -> Iterator[tuple[Group, Actor]]:
    """For each name space a group that no declaration knows, named after this run, and the manager who makes it."""
    for facts in stage.cast.render.get("name_spaces", {}).values():
        group = trial(facts, stage.shop.run)
        actor = stage.cast.actor(group.owner, "manage", group)
        if actor is not None:
            yield group, actor


def trial(facts: dict[str, Any], name: str) -> Group:
    """A group in the name space that `facts` of the render describes."""
    named = {
        key: value.replace("*", name.replace("-", "_") if key == "table" else name)
        for key, value in facts.items()
        if isinstance(value, str)
    }
    features = [{"name": feature, "type": kind} for feature, kind in _FEATURES]
    group = group_of(
        {**facts, **named, "features": features, "record_identifier": "trial_id", "event_time": "event_time"}
    )
    return replace(
        group,
        description="A trial that is gone when it is over.",
        shared_with={group.owner: ("manage",)},
        created_by="api",
    )


def live(stage: Stage) -> Iterator[StepResult]:
    """Step 4, for name spaces: a group from its creation to its end. In ephemeral environments only."""
    if not stage.cast.ephemeral:
        return
    for group, actor in trials(stage):
        parts = [("CreateFeatureGroup", actor, partial(_create, stage, actor, group))]
        writer = stage.cast.actor(group.owner, "write", group)
        if writer is not None:
            parts.append(("PutRecord", writer, partial(_write, stage, writer, group)))
        parts.append(("UpdateFeatureGroup, UpdateFeatureMetadata", actor, partial(_change, stage, actor, group)))
        parts.append(("DeleteFeatureGroup", actor, partial(_delete, stage, actor, group)))
        for what, who, work in parts:
            yield attempt(4, who.acts_as, f"{what} {group.name}", group.account, work)


def _create(stage: Stage, actor: Actor, group: Group) -> str:
    manage.make(stage, actor, group)
    return f"{len(group.features)} features, in no declaration"


def _write(stage: Stage, writer: Actor, group: Group) -> str:
    moment = as_text(event_time(stage.now, "String"))
    values = {"trial_id": stage.shop.run, "event_time": moment, "score": "0.5"}
    record = [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]
    stage.client(writer, "sagemaker-featurestore-runtime").put_record(FeatureGroupName=group.name, Record=record)
    return "1 record"


def _change(stage: Stage, actor: Actor, group: Group) -> str:
    """Add a feature and describe it; both show afterwards."""
    client = stage.client(actor, "sagemaker")
    client.update_feature_group(
        FeatureGroupName=group.name, FeatureAdditions=[{"FeatureName": _ADDED, "FeatureType": "Integral"}]
    )
    manage.settled(client, group)
    words = "Place in the trial."
    client.update_feature_metadata(FeatureGroupName=group.name, FeatureName=_ADDED, Description=words)
    found = client.describe_feature_metadata(FeatureGroupName=group.name, FeatureName=_ADDED)
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=group.arn)["Tags"]}
    if found["Description"] != words or tags.get("owner") != group.owner:
        raise Mismatch(f"{group.name}: {found['Description']!r}, owner {tags.get('owner')!r}")
    return f"feature {_ADDED} added and described"


def _delete(stage: Stage, actor: Actor, group: Group) -> str:
    manage.remove(stage.client(actor, "sagemaker"), group)
    return "gone"
