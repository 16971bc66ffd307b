"""The same steps as a data team takes them: `featureshare.client`, which is told the team and finds the rest."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError

from featureshare.client import Client, connect
from featureshare.client.sessions import utc_now
from featureshare.journeys import combine, oracle
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.combine import Combination
from featureshare.journeys.data import as_text, instant, newest, plain
from featureshare.journeys.sessions import account_of, is_session_of
from featureshare.journeys.stage import Mismatch, Skipped, Stage, StepResult, attempt, denied

_BATCH = 250  # records read back, so that a batch of the service's is not enough


def find(stage: Stage) -> Iterator[StepResult]:
    """Step 3: told its team alone, code of every execution role finds groups, verbs and access roles as declared."""
    for team, principal, role in stage.cast.principals():
        yield attempt(
            3,
            role["arn"],
            f"connect({team!r})",
            account_of(role["arn"]),
            partial(_find, stage, team, principal, role),
        )


def connected(stage: Stage, name: str, session: boto3.Session, **options: Any) -> Client:
    """`connect` as code of a team, or of a replica's reader, calls it; options as there."""
    prefix = str(stage.cast.environment["prefix"])
    return connect(name, session=session, prefix=prefix, wire=stage.sessions.wire(utc_now), **options)


def _client(stage: Stage, team: str, role: Any, **options: Any) -> Client:
    return connected(stage, team, stage.execution(role["arn"], role["compute"]), **options)


def _find(stage: Stage, team: str, principal: str, role: Any) -> str:
    client = _client(stage, team, role)
    declared = {
        group.name: {verb for verb in _VERBS if group.grants(team, verb)}
        for group in stage.cast.groups
        if any(group.grants(team, verb) for verb in _VERBS)
    }
    found = {name: set(group.verbs) for name, group in client.groups.items()}
    if found != declared:
        raise Mismatch(f"{team} finds {json.dumps({name: sorted(verbs) for name, verbs in found.items()})}")
    wrong = [
        group.name
        for group in stage.cast.groups
        if group.name in found and tuple(client.groups[group.name].features.items()) != group.features
    ]
    told = client.connection.sharing
    spread = {name: arn for name, group in told.groups.items() for arn in group.access_roles.values()}
    if (
        wrong
        or dict(told.access_roles) != dict(stage.cast.teams[team]["access_roles"])
        or spread != dict(stage.cast.teams[team]["spread_readers"])
    ):
        raise Mismatch(f"{team} finds other features or access roles: {', '.join(wrong)}")
    taken = 0
    for verb, arn in stage.cast.roles_of(team):
        if arn in role["assumes"]:
            # A verb with several roles has one for each group.
            served = next((group for group, reader in spread.items() if reader == arn), None)
            identity = client.session(verb, served).client("sts").get_caller_identity()["Arn"]
            if not is_session_of(identity, arn):
                raise Mismatch(f"the session for {verb} is {identity}")
            taken += 1
    return f"{len(found)} groups, {taken} access roles taken" + _narrowed(stage, team, role, client)


def _narrowed(stage: Stage, team: str, role: Any, client: Client) -> str:
    """A session limited to one group reads no other that the role itself could read."""
    verb = "read-online"
    groups = [group for group in client.groups.values() if verb in group.verbs and not group.own and group.online]
    if stage.cast.teams[team]["access_roles"].get(verb) not in role["assumes"] or len(groups) < 2:
        return ""
    only, other = groups[:2]
    narrow = _client(stage, team, role, groups=[only.name])
    nobody = "nobody" if only.features[only.record_identifier] == "String" else 0
    narrow.online.get(only.name, nobody)
    raw = narrow.session(verb).client("sagemaker-featurestore-runtime")
    try:
        raw.get_record(FeatureGroupName=other.name, RecordIdentifierValueAsString="nobody")
    except ClientError as error:
        if not denied(error):
            raise
        return f"; narrowed to {only.name}, {other.name} is denied"
    raise Mismatch(f"a session narrowed to {only.name} reads {other.name}")


def read_online(stage: Stage) -> Iterator[StepResult]:
    """Step 5: consumers read what was written in batches, each value in its type."""
    for actor, groups in stage.readers("read-online"):
        online = [group for group in groups if group.online]
        if online:
            what = f"client.online.batch_get {', '.join(group.name for group in online)}"
            yield attempt(5, actor.role_arn, what, online[0].account, partial(_read, stage, actor, online))


def _read(stage: Stage, actor: Actor, groups: list[Group]) -> str:
    client = _client(stage, actor.team, _role(stage, actor))
    expected = {group.name: newest(group, stage.written[group.arn], stage.now) for group in groups}
    kinds = {group.name: group.type_of(group.record_identifier) for group in groups}
    asked = {
        name: [_identifier(identifier, kinds[name]) for identifier in sorted(rows)[:_BATCH]]
        for name, rows in expected.items()
    }
    got = client.online.batch_get(asked)
    if got.errors or got.missing:
        raise Mismatch(f"{len(got.missing)} records are missing; errors: {list(got.errors.values())[:2]}")
    for (name, identifier), record in got.records.items():
        wanted = plain(expected[name][identifier])
        if record != wanted:
            raise Mismatch(f"{name} {identifier} is {record}, written {wanted}")
    return f"{len(got.records)} records as last written"


def _identifier(text: str, kind: str) -> str | int | float:
    return int(text) if kind == "Integral" else float(text) if kind == "Fractional" else text


def train(stage: Stage) -> Iterator[StepResult]:
    """Step 7: the data set over shared and local features, and the same one again from its manifest."""
    for found in combine.combinations(stage):
        if not stage.cast.teams[found.local.owner].get("shared_database"):
            continue
        names = ", ".join(join.group.name for join in found.joins)
        yield attempt(
            7,
            found.local_reader.role_arn,
            f"client.dataset: {found.local.name} with {names}",
            found.local.account,
            partial(_train, stage, found),
        )


def _train(stage: Stage, found: Combination) -> str:
    client = _client(stage, found.local.owner, _role(stage, found.local_reader))
    local = found.local
    features = [f"{join.group.name}.{feature}" for join in found.joins for feature in join.values]
    if not features:
        raise Skipped("the shared groups have nothing but an identifier and a time: no data set names a feature")
    dataset = client.dataset(
        local.name,
        features,
        on={join.group.name: join.local_key for join in found.joins},
    )
    kind = local.type_of(local.event_time)
    rows = [
        row
        for batch in dataset.batches()
        for row in batch.to_pylist()
        if stage.shop.run in as_text(row[local.record_identifier])
    ]
    rows.sort(key=lambda row: (instant(row[local.event_time], kind), str(row[local.record_identifier])))
    expected = oracle.point_in_time(*combine.questions(found, stage.written))
    if wrong := oracle.differences(expected, rows):
        raise Mismatch("; ".join(wrong))
    closed = _closed(stage, found) if local.classification == "restricted" else ""
    again = client.rebuild(dataset.manifest)
    objects = sum(len(group["objects"]) for group in dataset.manifest.groups.values())
    built = f"{again.manifest.rows} rows built again from {objects} objects, same hash"
    return f"{len(rows)} rows of this run; {built}{closed}"


def _closed(stage: Stage, found: Combination) -> str:
    """What was made of a restricted group is not there for the team's own role of the central account."""
    bucket = stage.cast.teams[found.local.owner]["results_bucket"]
    pages = (
        stage.own_client(found.local_reader, "s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=bucket, Prefix="own/datasets/")
    )
    key = next((one["Key"] for page in pages for one in page.get("Contents", ())), None)
    if key is None:
        raise Mismatch(f"the data set does not lie under own/ of {bucket}")
    reader = found.joins[0].reader
    try:
        stage.client(reader, "s3").get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if not denied(error):
            raise
        return f"; {found.local.name} is restricted, and {reader.acts_as.rpartition('/')[-1]} is denied the rows"
    raise Mismatch(f"{reader.acts_as} reads {key} of {bucket}, made of the restricted {found.local.name}")


def _role(stage: Stage, actor: Actor) -> Any:
    return stage.cast.teams[actor.team]["execution_roles"][actor.principal]


_VERBS = ("delete", "discover", "manage", "read-offline", "read-online", "update", "write")
