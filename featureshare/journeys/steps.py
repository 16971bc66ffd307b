"""The article's steps 1 to 5; each is a function that does it for every declared actor and yields a result for each."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from featureshare.journeys import manage, options
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.data import (
    Row,
    Text,
    as_record,
    as_text,
    deletion,
    event_time,
    from_text,
    instant,
    newest,
    record_texts,
    rows_for,
)
from featureshare.journeys.sessions import NoSession, account_of, assume, is_session_of
from featureshare.journeys.stage import Mismatch, Skipped, Stage, StepResult, attempt, denied, session_label, short

_BATCH = 100  # records of one BatchGetRecord (quota, aws-facts.md section 1.3)
_SINGLE = 5  # records read one by one beside the batches
_DELETIONS = 3


def access_roles(stage: Stage) -> Iterator[StepResult]:
    """Step 1: each access role is there, shows what it is for, and the declared execution roles alone can assume it."""
    for team, verb, arn in stage.cast.access_roles():
        yield attempt(1, arn, f"{team} may {verb}", account_of(arn), partial(_who_can, stage, arn, verb))


def _who_can(stage: Stage, arn: str, verb: str) -> str:
    admitted, refused, untried, wrong = 0, 0, 0, []
    for team, principal, role in stage.cast.principals():
        try:
            base = stage.execution(role["arn"], role["compute"])
        except NoSession:
            untried += 1
            continue
        declared = arn in role["assumes"]
        try:
            assumed = assume(stage.sessions, base, arn, f"{team}.{principal}")
        except ClientError as error:
            if not denied(error):
                raise
            refused += 1
            if declared:
                wrong.append(f"{short(role['arn'])} is declared and was refused")
            continue
        admitted += 1
        if not declared:
            wrong.append(f"{short(role['arn'])} is not declared and was let in")
        elif admitted == 1:
            _describe(stage, arn, team, verb, assumed.session)
    if wrong:
        raise Mismatch("; ".join(wrong))
    if not admitted:
        raise Skipped(f"no session of a declared execution role here ({untried} not at hand)")
    untold = f", {untried} not at hand" if untried else ""
    return f"assumed by {admitted} declared, refused to {refused} others{untold}"


def _describe(stage: Stage, arn: str, team: str, verb: str, session: Any) -> None:
    """Look, through the assumed session, at what the role is for."""
    if verb == "read-offline":
        workgroup = stage.cast.workgroup(team, account_of(arn))
        if workgroup is None:
            raise Mismatch(f"{team} reads offline and has no workgroup in {account_of(arn)}")
        session.client("athena").get_work_group(WorkGroup=workgroup.name)
        return
    if verb == "discover":
        session.client("sagemaker").list_feature_groups(MaxResults=10)
    for group in stage.cast.groups:
        shared = group.store == "central" and group.created_by != "api"
        if not shared or group.account != account_of(arn) or not group.grants(team, verb):
            continue
        answer = session.client("sagemaker").describe_feature_group(FeatureGroupName=group.name)
        manage.compare(group, answer)
        if verb == "discover":
            options.compare_metadata(session.client("sagemaker"), group)
            stage.observed.add((team, group.arn, verb))


def assume_roles(stage: Stage) -> Iterator[StepResult]:
    """Step 2: every execution role assumes the access roles it declares, naming its session and source identity."""
    for actor in stage.cast.assuming():
        yield attempt(2, actor.role_arn, "AssumeRole", actor.acts_as, partial(_assume, stage, actor))


def _assume(stage: Stage, actor: Actor) -> str:
    stage.acting(actor)
    identity = stage.sessions.source_identity(actor.role_arn)
    return f"session {session_label(actor)}" + (" with source identity" if identity else "")


def make_clients(stage: Stage) -> Iterator[StepResult]:
    """Step 3: clients made with the temporary credentials act in the access role's account, as that role."""

    def check(actor: Actor) -> str:
        answer = stage.client(actor, "sts").get_caller_identity()
        if not is_session_of(answer["Arn"], actor.acts_as) or answer["Account"] != account_of(actor.acts_as):
            raise Mismatch(f"the clients act as {answer['Arn']}")
        return str(answer["Arn"]).split(":", 5)[5]

    for actor in stage.cast.assuming():
        yield attempt(3, actor.role_arn, "GetCallerIdentity", account_of(actor.acts_as), partial(check, actor))


def write(stage: Stage) -> Iterator[StepResult]:
    """Step 4: teams create the groups they make through the API, and producers write theirs, many records at once."""
    for group in stage.cast.groups:
        actor = stage.cast.maker(group)
        if actor and stage.cast.may_write(group):
            yield attempt(
                4,
                actor.acts_as,
                f"CreateFeatureGroup {group.name}",
                group.account,
                partial(manage.create, stage, actor, group),
            )
            yield from _discover(stage, group)
    for group in stage.cast.groups:
        if not stage.cast.may_write(group):
            continue
        writer = stage.cast.actor(group.owner, "write", group)
        if writer:
            yield attempt(
                4,
                writer.acts_as,
                f"PutRecord {group.name}",
                group.account,
                partial(_put, stage, writer, group),
            )
        if writer and group.arn in stage.written:
            yield from options.write(stage, writer, group)
        deleter = stage.cast.actor(group.owner, "delete", group)
        if deleter and group.arn in stage.written:
            yield attempt(
                4,
                deleter.acts_as,
                f"DeleteRecord {group.name}",
                group.account,
                partial(_delete, stage, deleter, group),
            )


def _discover(stage: Stage, group: Group) -> Iterator[StepResult]:
    """Who may discover a group finds it as soon as it is made."""
    for team in sorted(stage.cast.teams):
        actor = stage.cast.actor(team, "discover", group)
        if actor:
            yield attempt(
                4,
                actor.acts_as,
                f"DescribeFeatureGroup {group.name}",
                group.account,
                partial(_describe_made, stage, actor, group),
            )


def _describe_made(stage: Stage, actor: Actor, group: Group) -> str:
    manage.compare(group, stage.client(actor, "sagemaker").describe_feature_group(FeatureGroupName=group.name))
    stage.saw(actor, group)
    return "as declared"


def _put(stage: Stage, actor: Actor, group: Group) -> str:
    rows = rows_for(group, stage.shop)
    client = stage.client(actor, "sagemaker-featurestore-runtime")
    _at_once(
        stage.options.threads,
        rows,
        lambda row: client.put_record(FeatureGroupName=group.name, Record=as_record(row)),
    )
    stage.written[group.arn] = rows
    stage.saw(actor, group)
    records = len({row[group.record_identifier] for row in rows})
    return f"{len(rows)} events of {records} records"


def _delete(stage: Stage, actor: Actor, group: Group) -> str:
    """Delete a few records, one softly and the rest for good: the online store forgets them all the same, and the
    offline store gets a row that says so."""
    client = stage.client(actor, "sagemaker-featurestore-runtime")
    kind = group.type_of(group.event_time)
    rows = stage.written[group.arn]
    gone: list[Row] = []
    for identifier, row in sorted(newest(group, rows).items())[:_DELETIONS]:
        last = instant(row[group.event_time], kind)
        moment = min(stage.now, stage.now.fromtimestamp(last, stage.now.tzinfo) + timedelta(hours=1))
        value = event_time(moment, kind)
        client.delete_record(
            FeatureGroupName=group.name,
            RecordIdentifierValueAsString=identifier,
            EventTime=as_text(value),
            DeletionMode="HardDelete" if gone else "SoftDelete",
        )
        gone.append(deletion(group, row[group.record_identifier], value))
    stage.written[group.arn] = rows + tuple(gone)
    stage.saw(actor, group)
    return f"{len(gone)} records"


def _at_once(threads: int, rows: Sequence[Row], call: Callable[[Row], object]) -> None:
    """Make a call for each row from several threads; the first failure ends it and is raised."""
    with ThreadPoolExecutor(threads) as pool:
        pending = [pool.submit(call, row) for row in rows]
        try:
            for future in pending:
                future.result()
        finally:
            for future in pending:
                future.cancel()


def read_online(stage: Stage) -> Iterator[StepResult]:
    """Step 5, first half: consumers read back what was written, one by one and in batches."""
    for actor, groups in stage.readers("read-online"):
        online = [group for group in groups if group.online]
        for group in online:
            yield attempt(
                5,
                actor.acts_as,
                f"GetRecord, BatchGetRecord {group.name}",
                group.account,
                partial(_read_back, stage, actor, group),
            )
            if group.arn in stage.short_lived:
                what = f"GetRecord {group.name}, when it expires"
                yield attempt(5, actor.acts_as, what, group.account, partial(options.expires, stage, actor, group))


def _read_back(stage: Stage, actor: Actor, group: Group) -> str:
    client = stage.client(actor, "sagemaker-featurestore-runtime")
    expected = newest(group, stage.written[group.arn], stage.now)
    identifiers = sorted(expected)
    for identifier in identifiers[:_SINGLE]:
        answer = client.get_record(FeatureGroupName=group.name, RecordIdentifierValueAsString=identifier)
        texts = record_texts(answer.get("Record", []))
        _same(group, identifier, expected[identifier], texts)
        if len(stage.read_online) < 3 * _SINGLE:
            stage.read_online.append((group.name, texts))
    for begin in range(0, len(identifiers), _BATCH):
        _batch(client, group, identifiers[begin : begin + _BATCH], expected)
    stage.saw(actor, group)
    gone = [row for row in stage.written[group.arn] if row.get("is_deleted")]
    for row in gone:
        identifier = as_text(row[group.record_identifier])
        if client.get_record(FeatureGroupName=group.name, RecordIdentifierValueAsString=identifier).get("Record"):
            raise Mismatch(f"{group.name} {identifier} was deleted and is still served")
    return f"{len(identifiers)} records as last written" + (f", {len(gone)} deleted are gone" if gone else "")


def _batch(client: Any, group: Group, identifiers: Sequence[str], expected: dict[str, Row]) -> None:
    """Read up to a hundred records at once; what the service did not get to is asked for again."""
    left = list(identifiers)
    for _ in range(5):
        answer = client.batch_get_record(
            Identifiers=[{"FeatureGroupName": group.name, "RecordIdentifiersValueAsString": left}]
        )
        if answer["Errors"]:
            first = answer["Errors"][0]
            raise Mismatch(f"BatchGetRecord {group.name}: {first['ErrorCode']}: {first['ErrorMessage']}")
        for record in answer["Records"]:
            identifier = record["RecordIdentifierValueAsString"]
            _same(group, identifier, expected[identifier], record_texts(record["Record"]))
            left.remove(identifier)
        unprocessed = {
            identifier
            for entry in answer["UnprocessedIdentifiers"]
            for identifier in entry["RecordIdentifiersValueAsString"]
        }
        if set(left) != unprocessed:
            raise Mismatch(f"{group.name}: {len(set(left) - unprocessed)} records written are not served")
        if not left:
            return
        time.sleep(0.5)
    raise Mismatch(f"{group.name}: {len(left)} records stay unprocessed")


def _same(group: Group, identifier: str, expected: Row, texts: Mapping[str, Text]) -> None:
    got = from_text(texts, group.features)
    wrong = [
        f"{name} is {got[name]!r}, written {expected[name]!r}"
        for name, _ in group.features
        if got[name] != expected[name]
    ]
    if wrong:
        raise Mismatch(f"{group.name} {identifier}: {'; '.join(wrong[:3])}")
