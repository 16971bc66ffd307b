"""Lists, sets and vectors as a data team has them: single records put, got and deleted through `featureshare.client`,
what a feature does not take refused, and the same calls refused to whoever has not the verb."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from featureshare.client import Client, Denied, NotShared, Refused
from featureshare.journeys import client
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.data import Row, as_text, deletion, event_time, made_up_identifier, newest, plain, several
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt

_VERBS = ("delete", "read-online", "write")
_KINDS = {"Fractional": float, "Integral": int, "String": str}
_SINGLE = 5  # records read one by one
_NUMBERS = (99_998, 99_999)  # of records that are written here, beside those of the shop


def write(stage: Stage) -> Iterator[StepResult]:
    """Step 4: the producer writes, its deleter deletes, everybody else is refused."""
    for group in _groups(stage):
        writer, deleter = (stage.cast.actor(group.owner, verb, group) for verb in ("write", "delete"))
        if writer:
            work = partial(_put, stage, writer, group)
            yield attempt(4, writer.role_arn, f"client.online.put {group.name}", group.account, work)
        if writer and deleter:
            work = partial(_delete, stage, deleter, group)
            yield attempt(4, deleter.role_arn, f"client.online.delete {group.name}", group.account, work)
        for team, principal, role in stage.cast.principals():
            if lacks := [verb for verb in _VERBS if not _may(stage, team, verb, role, group)]:
                what = f"client.online: {', '.join(lacks)} of {group.name}, refused"
                work = partial(_refused, stage, team, principal, group, lacks)
                yield attempt(4, role["arn"], what, group.account, work)


def read(stage: Stage) -> Iterator[StepResult]:
    """Step 5: consumers get single records, every value and element in its type."""
    for actor, groups in stage.readers("read-online"):
        for group in groups:
            if group in _groups(stage):
                work = partial(_get, stage, actor, group)
                yield attempt(5, actor.role_arn, f"client.online.get {group.name}", group.account, work)


def _groups(stage: Stage) -> list[Group]:
    return [group for group in stage.cast.groups if group.collections and group.online and group.arn in stage.written]


def _client(stage: Stage, actor: Actor) -> Client:
    return client.connected(stage, actor.team, stage.execution(actor.role_arn, actor.compute))


def _put(stage: Stage, actor: Actor, group: Group) -> str:
    """Write two records, one for good and one to be deleted; before that, what their features do not take."""
    fs = _client(stage, actor)
    rows = [_made(stage, group, number) for number in _NUMBERS]
    wrong = list(_wrong(group, rows[0]))
    for name, value in wrong:
        try:
            fs.online.put(group.name, {**plain(rows[0]), name: value})
        except Refused:
            continue
        raise Mismatch(f"{group.name}.{name} took {value!r}")
    for row in rows:
        fs.online.put(group.name, plain(row))
    stage.written[group.arn] += tuple(rows)
    return f"{len(rows)} records with {', '.join(sorted(group.collections))}; {len(wrong)} values refused"


def _made(stage: Stage, group: Group, number: int) -> Row:
    """A record like one of this run, under an identifier and with collections of its own, as of a minute ago."""
    fresh = {
        name: several(f"{group.name}/{name}/{stage.shop.run}/{number}", group.type_of(name), *collection)
        for name, collection in group.collections.items()
    }
    key = made_up_identifier(stage.shop.run, group.type_of(group.record_identifier), number)
    moment = event_time(stage.now - timedelta(minutes=1), group.type_of(group.event_time))
    like = next(row for row in stage.written[group.arn] if not row.get("is_deleted"))
    return {**like, **fresh, group.record_identifier: key, group.event_time: moment}


def _wrong(group: Group, row: Row) -> Iterator[tuple[str, Any]]:
    """Values that a feature does not take: one for a collection, elements of another type, another length, several
    for one value."""
    for name, (collection, _) in group.collections.items():
        elements = row[name]
        assert isinstance(elements, tuple)
        yield name, elements[0]
        yield name, [*elements[:-1], "text" if group.type_of(name) != "String" else 1.5]
        if collection == "vector":
            yield name, list(elements[:-1])
    keys = (group.record_identifier, group.event_time)
    for name, _ in group.features:
        if name not in group.collections and name not in keys:
            yield name, [row[name]]


def _delete(stage: Stage, actor: Actor, group: Group) -> str:
    """Delete the second of the two for good."""
    row = stage.written[group.arn][-1]
    key, moment = row[group.record_identifier], event_time(stage.now, group.type_of(group.event_time))
    _client(stage, actor).online.delete(group.name, key, moment, hard=True)
    stage.written[group.arn] += (deletion(group, key, moment),)
    stage.saw(actor, group)
    return f"record {key}"


def _get(stage: Stage, actor: Actor, group: Group) -> str:
    fs, rows = _client(stage, actor), stage.written[group.arn]
    expected = newest(group, rows, stage.now)
    gone = {as_text(row[group.record_identifier]) for row in rows if row.get("is_deleted")} - set(expected)
    # What the client wrote was written last.
    last = dict.fromkeys(as_text(row[group.record_identifier]) for row in reversed(rows))
    found = [one for one in last if one in expected][:_SINGLE]
    for identifier in found:
        row = expected[identifier]
        got = fs.online.get(group.name, row[group.record_identifier])
        if got is None or _comparable(group, got) != _comparable(group, plain(row)):
            raise Mismatch(f"{group.name} {identifier} is {got}, written {plain(row)}")
        for name, kind in group.features:
            if (value := got.get(name)) is None:
                continue  # as written
            elements = value if isinstance(value, list) else [value]
            if isinstance(value, list) != (name in group.collections) or {type(one) for one in elements} != {
                _KINDS[kind]
            }:
                raise Mismatch(f"{group.name}.{name} is {value!r}, declared {group.collections.get(name)} of {kind}")
        chosen = sorted(group.collections)
        if set(fs.online.get(group.name, row[group.record_identifier], chosen) or ()) != set(chosen):
            raise Mismatch(f"{group.name} {identifier}: other features than {chosen}")
    if still := [one for one in sorted(gone) if fs.online.get(group.name, one) is not None]:
        raise Mismatch(f"{group.name} {still[0]} was deleted and is still served")
    return f"{len(found)} records as last written, each value in its type" + (f", {len(gone)} gone" if gone else "")


def _comparable(group: Group, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without an order of its sets, which have none."""
    sets = {name for name, (kind, _) in group.collections.items() if kind == "set"}
    return {name: sorted(value) if name in sets else value for name, value in record.items()}


def _may(stage: Stage, team: str, verb: str, role: Mapping[str, Any], group: Group) -> bool:
    return group.grants(team, verb) and verb in role["verbs"]


def _refused(stage: Stage, team: str, principal: str, group: Group, verbs: list[str]) -> str:
    """Where the team has not the verb the client says so and calls nothing; where this principal has not, AWS does."""
    role = stage.cast.teams[team]["execution_roles"][principal]
    online = client.connected(stage, team, stage.execution(role["arn"], role["compute"])).online
    values = next(iter(newest(group, stage.written[group.arn], stage.now).values()))
    identifier = values[group.record_identifier]
    calls: dict[str, Callable[[], object]] = {
        "delete": lambda: online.delete(group.name, identifier, values[group.event_time]),
        "read-online": lambda: online.get(group.name, identifier),
        "write": lambda: online.put(group.name, plain(values)),
    }
    told = []
    for verb in verbs:
        granted = group.grants(team, verb)
        try:
            calls[verb]()
        except NotShared:
            if granted:
                raise
            told.append(f"{verb}: not shared")
        except Denied as error:
            if not granted or error.action != "sts:AssumeRole":
                raise
            told.append(f"{verb}: denied {error.action}")
        else:
            raise Mismatch(f"{team}.{principal} did {verb} on {group.name}")
    return "; ".join(told)
