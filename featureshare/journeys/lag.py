"""A replica that lags: what S3 has not copied yet is named before any query runs, and is there once it has been copied.

Nobody can make S3 wait, so this is shown on local AWS alone, which can be told to hold replication back.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from featureshare.client import Manifest, NotCopied
from featureshare.journeys import replicas
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.data import Row, as_record, event_time, instant, newest
from featureshare.journeys.replicas import Built
from featureshare.journeys.stage import Mismatch, Skipped, Stage, StepResult, attempt

_HELD = 24 * 3600.0  # seconds: longer than any run
_SETTING = "replication_delay"
_NAMED = "client.rebuild in replica {}, of what S3 has not copied yet"

Places = Mapping[str, set[tuple[str, str]]]  # by group: (key, version id)


def behind(stage: Stage) -> Iterator[StepResult]:
    """Step 6: what is written while replication waits is named in each replica that something was built in, and once
    replication has gone on, the same data set is built there."""
    if stage.sessions.localaws is not None:
        yield from _held(stage)
        return
    for name, (built, _) in sorted(stage.rebuilt.items()):
        yield attempt(6, built.reader, _NAMED.format(name), built.replica["account"], _cannot)


def _cannot() -> str:
    raise Skipped("nobody can hold replication back on AWS: local AWS alone has a setting for it")


def _held(stage: Stage) -> list[StepResult]:
    """All of it at once, not as a generator: replication must not wait for whoever asks for the next result."""
    rebuilt = sorted(stage.rebuilt.items())
    groups = {group.name: group for _, (built, _) in rebuilt for group in built.groups}
    late: dict[str, tuple[Manifest, Any]] = {}
    results = []
    with held_back(stage.sessions.localaws):
        for group in groups.values():
            if writer := stage.cast.actor(group.owner, "write", group):
                what = f"PutRecord {group.name}, while replication waits"
                results.append(attempt(6, writer.acts_as, what, group.account, partial(_write, stage, writer, group)))
        for name, (built, before) in rebuilt:
            work = partial(_named, stage, built, before, late)
            results.append(attempt(6, built.reader, _NAMED.format(name), built.replica["account"], work))
    for name, (built, _) in rebuilt:
        if name in late:
            what = f"client.rebuild in replica {name}, now that it is copied"
            work = partial(_again, stage, built, *late[name])
            results.append(attempt(6, built.reader, what, built.replica["account"], work))
    return results


def _named(stage: Stage, built: Built, before: Manifest, late: dict[str, tuple[Manifest, Any]]) -> str:
    """The client names exactly what was written since `before`, all of which was copied; `late` gets the manifest."""
    if not any(group.values for group in built.groups):
        raise Skipped("the groups have nothing but an identifier and a time: no data set tells what was written")
    there = replicas.in_the_replica(stage, built)
    manifest, given = replicas.at_the_source(stage, built)
    written = {group: places - _places(before)[group] for group, places in _places(manifest).items()}
    written = {group: places for group, places in written.items() if places}
    # Of a spine that is given, a record written again with the values that it had gives the same rows.
    if not written or (given is None and manifest.hash == before.hash):
        raise Mismatch("what was written is not in the data set: nothing to wait for")
    log = stage.sessions.localaws.log
    mark = max(entry["sequence"] for entry in log(since=-1))
    try:
        there.rebuild(manifest, spine=given)
    except NotCopied as error:
        named = {group: set(places) for group, places in error.objects.items()}
    else:
        raise Mismatch("it is built, though S3 has copied nothing of what was written since")
    if named != written:
        raise Mismatch(f"named as not copied are {named}, written since are {written}")
    called = [entry["call"] for entry in log(since=mark) if entry["role_arn"] == built.reader]
    if not called or any(call.startswith("athena:") for call in called):
        raise Mismatch(f"to know what is missing, {called} were called")
    late[built.name] = manifest, given
    return f"{sum(map(len, named.values()))} objects of {', '.join(sorted(named))} named, and no query run"


def _again(stage: Stage, built: Built, manifest: Manifest, given: Any) -> str:
    """The same rows as at the source, as soon as S3 has copied them."""
    there, start = replicas.in_the_replica(stage, built), time.monotonic()
    while True:
        try:
            again = there.rebuild(manifest, spine=given).manifest
            break
        except NotCopied:
            if time.monotonic() - start > stage.options.offline_wait:
                raise
        time.sleep(0.2)
    if (again.hash, again.rows) != (manifest.hash, manifest.rows):
        raise Mismatch(f"{again.rows} rows, {again.hash}; at the source {manifest.hash}")
    return f"{manifest.rows} rows, same hash as at the source"


@contextmanager
def held_back(localaws: Any) -> Iterator[None]:
    """While it lasts, local AWS replicates nothing; whatever happens, it is set back to what it was."""
    before = localaws.settings(services={})["services"][_SETTING]
    localaws.settings(services={_SETTING: _HELD})
    try:
        yield
    finally:
        localaws.settings(services={_SETTING: before})


def _write(stage: Stage, writer: Actor, group: Group) -> str:
    """A record of the group is written again, as of now, and in the offline store at once."""
    kind = group.type_of(group.event_time)
    rows = newest(group, stage.written[group.arn]).items()
    identifier, row = next(one for one in rows if instant(one[1][group.event_time], kind) < stage.now.timestamp())
    again: Row = {**row, group.event_time: event_time(stage.now, kind)}
    stage.client(writer, "sagemaker-featurestore-runtime").put_record(
        FeatureGroupName=group.name, Record=as_record(again)
    )
    stage.written[group.arn] += (again,)
    stage.sessions.localaws.flush()
    return f"record {identifier}"


def _places(manifest: Manifest) -> Places:
    return {name: {(one["key"], one["version"]) for one in facts["objects"]} for name, facts in manifest.groups.items()}
