"""Probes of managers: what the right to make groups through the API must not reach."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from featureshare.journeys import manage, name_space
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.denials import Why
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import RUNTIME, Row, assuming, central, made_by, row
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

Change = Callable[[dict[str, Any]], None]


def _declared(stage: Stage) -> Iterator[tuple[Actor, Group]]:
    """Every manager with one group that it makes by declaration."""
    for actor in assuming(stage, "manage"):
        group = next((one for one in central(stage) if one.grants(actor.team, "manage")), None)
        if group is not None:
            yield actor, group


def manager_bends_a_creation(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """Each request is the declared one but for one thing, and would be refused as invalid were it authorized."""
    for actor, group in _declared(stage):
        other = next((one for one in central(stage) if one.owner != actor.team and one.offline), None)
        changes: list[tuple[str, str, Change]] = [
            ("without tags", "sagemaker:CreateFeatureGroup", lambda it: it.pop("Tags")),
            ("under another owner", "sagemaker:CreateFeatureGroup", partial(_retag, key="owner", value=calls.PROBE)),
            (
                "as restricted",
                "sagemaker:CreateFeatureGroup",
                partial(_retag, key="classification", value="restricted"),
            ),
            ("without the online key", "sagemaker:CreateFeatureGroup", _without_online_key),
            ("without the offline key", "sagemaker:CreateFeatureGroup", _without_offline_key),
            ("without an offline store", "sagemaker:CreateFeatureGroup", lambda it: it.pop("OfflineStoreConfig")),
            ("with the keys swapped", "kms:*", _swap_keys),
            ("over an undeclared table", "glue:*", partial(_on_table, name=calls.PROBE)),
        ]
        if other is not None:
            changes += [
                (f"on the prefix of {other.name}", "sagemaker:CreateFeatureGroup", partial(_at, uri=other.s3_uri)),
                (f"over the table of {other.name}", "glue:*", partial(_on_table, name=other.table)),
                (f"with the role of {other.owner}", "iam:PassRole", partial(_as_role, arn=other.offline_role_arn)),
            ]
        for how, action, change in changes:
            call = partial(_create, stage, actor, group, change)
            yield row(actor.acts_as, f"CreateFeatureGroup {how}", group.arn, Why(action, "identity"), call)


def manager_oversteps(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """Retagging, grants on keys, records, and groups that others own."""
    for actor, group in _declared(stage):
        client = partial(stage.client, actor, "sagemaker")
        for name, call in (("AddTags", calls.add_tags), ("DeleteTags", calls.delete_tags)):
            made = partial(made_by, client, call, group.arn)
            yield row(actor.acts_as, f"{name} {group.name}", group.arn, Why(f"sagemaker:{name}", "identity"), made)
        for alias in filter(None, (group.online_key_alias, group.offline_key_alias)):
            made = partial(_grant, stage, actor, alias)
            yield row(actor.acts_as, "CreateGrant, itself", alias, Why("kms:CreateGrant", "identity"), made)
        if stage.cast.may_write(group):
            made = partial(made_by, partial(stage.client, actor, RUNTIME), calls.put_record, group, group.name)
            why = Why("sagemaker:PutRecord", "identity")
            yield row(actor.acts_as, f"PutRecord {group.name}", group.arn, why, made)
        other = next((one for one in central(stage) if not one.grants(actor.team, "manage")), None)
        if other is not None:
            made = partial(made_by, client, calls.update_group, other)
            why = Why("sagemaker:UpdateFeatureGroup", "identity")
            yield row(actor.acts_as, f"UpdateFeatureGroup {other.name}", other.arn, why, made)


def name_space_of_another_team(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """A name space is its team's: nobody else makes, writes, reads or describes what is in it, by default."""
    for group, manager in name_space.trials(stage):
        facts = next(one for one in stage.cast.render["name_spaces"].values() if one["owner"] == group.owner)
        for team in sorted(set(stage.cast.teams) - {group.owner}):
            foreign = name_space.trial(_as_team(facts, group.owner, team), calls.PROBE)
            call = partial(_create, stage, manager, foreign, lambda it: None)
            why = Why("sagemaker:CreateFeatureGroup", "identity")
            yield row(manager.acts_as, f"CreateFeatureGroup {foreign.name}", foreign.arn, why, call)
        beside = central(stage)[0]
        call = partial(_create, stage, manager, group, partial(_at, uri=beside.s3_uri))
        why = Why("sagemaker:CreateFeatureGroup", "identity")
        yield row(manager.acts_as, f"CreateFeatureGroup on the prefix of {beside.name}", group.arn, why, call)
        tried: tuple[tuple[str, str, Callable[..., None]], ...] = (
            ("write", "PutRecord", calls.put_record),
            ("read-online", "GetRecord", calls.get_record),
        )
        for verb, operation, use in tried:
            for actor in assuming(stage, verb):
                if actor.team != group.owner and (verb != "write" or stage.cast.may_write(group)):
                    made = partial(made_by, partial(stage.client, actor, RUNTIME), use, group, group.name)
                    why = Why(f"sagemaker:{operation}", "identity")
                    yield row(actor.acts_as, f"{operation} {group.name}", group.arn, why, made)


def _as_team(facts: Mapping[str, Any], owner: str, team: str) -> dict[str, Any]:
    """The facts of a name space, were it another team's."""
    moved = {"table": (f"{owner.replace('-', '_')}__", f"{team.replace('-', '_')}__")}
    return {
        key: value.replace(*moved.get(key, (f"{owner}--", f"{team}--"))) if isinstance(value, str) else value
        for key, value in facts.items()
    }


def _create(stage: Stage, actor: Actor, group: Group, change: Change) -> None:
    known = manage.keys(stage.client(actor, "kms"))
    request = manage.request(group, stage.cast.environment, known)
    change(request)
    calls.create_as(stage.client(actor, "sagemaker"), request)


def _grant(stage: Stage, actor: Actor, alias: str) -> None:
    kms = stage.client(actor, "kms")
    calls.create_grant(kms, manage.keys(kms)[alias], actor.acts_as)


def _retag(request: dict[str, Any], *, key: str, value: str) -> None:
    for tag in request["Tags"]:
        if tag["Key"] == key:
            tag["Value"] = value


def _without_online_key(request: dict[str, Any]) -> None:
    del request["OnlineStoreConfig"]["SecurityConfig"]


def _without_offline_key(request: dict[str, Any]) -> None:
    del request["OfflineStoreConfig"]["S3StorageConfig"]["KmsKeyId"]


def _swap_keys(request: dict[str, Any]) -> None:
    online, offline = request["OnlineStoreConfig"]["SecurityConfig"], request["OfflineStoreConfig"]["S3StorageConfig"]
    online["KmsKeyId"], offline["KmsKeyId"] = offline["KmsKeyId"], online["KmsKeyId"]


def _at(request: dict[str, Any], *, uri: str | None) -> None:
    request["OfflineStoreConfig"]["S3StorageConfig"]["S3Uri"] = uri


def _on_table(request: dict[str, Any], *, name: str | None) -> None:
    request["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"] = name


def _as_role(request: dict[str, Any], *, arn: str | None) -> None:
    request["RoleArn"] = arn
