"""What runs on a team's compute: a function that serves features online, and a job that reads offline files itself."""

import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from featureshare.client import Client, connect
from featureshare.client.sessions import utc_now
from featureshare.journeys.cast import Actor, Group
from featureshare.journeys.data import Row, as_text, instant, newest, plain
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt

_EVENTS = 20
_ALMOST_OVER = timedelta(minutes=59)  # a chained session lasts an hour


class InferenceHandler:
    """A Lambda handler: an event names a feature group and an identifier, the answer is the record as JSON values.

    It connects at its first event and keeps the connection, whose session is assumed once and renews itself before it
    ends. A function makes one at import (`handler = InferenceHandler(partial(connect, "core-search"))`), so that every
    invocation of a warm environment shares it. Raises what the client raises: NotShared, Denied.
    """

    def __init__(self, opened: Callable[[], Client]) -> None:
        self._open = opened
        self._client: Client | None = None

    def __call__(self, event: Mapping[str, Any], context: object = None) -> dict[str, Any]:
        if self._client is None:
            self._client = self._open()
        record = self._client.online.get(event["feature_group"], event["identifier"])
        return {"statusCode": 404 if record is None else 200, "body": record or {}}


def offline_rows(glue: Any, s3: Any, group: Group) -> list[Row]:
    """Every row of a group's offline store, read as Spark and pandas do: the catalog, then the Parquet files.

    Needs GetTable and GetPartitions, ListBucket on the group's prefix, GetObject; no Athena. Only Glue tables:
    an Iceberg table lists its files in metadata of its own.
    """
    place = {"CatalogId": group.account, "DatabaseName": group.database}
    table = glue.get_table(**place, Name=group.table)["Table"]
    pages = glue.get_paginator("get_partitions").paginate(**place, TableName=group.table)
    found = [one["StorageDescriptor"]["Location"] for page in pages for one in page["Partitions"]]
    locations = tuple(_below(one) for one in found or [table["StorageDescriptor"]["Location"]])
    bucket, prefix = urlsplit(table["StorageDescriptor"]["Location"]).netloc, _below(group.s3_uri or "")
    rows: list[Row] = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", ()):
            if one["Key"].startswith(locations) and one["Key"].endswith(".parquet"):
                body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
                rows += pq.read_table(io.BytesIO(body)).to_pylist()
    return rows


def newest_records(group: Group, rows: list[Row]) -> dict[str, Row]:
    """The newest row of each identifier, without those that were deleted: the store only ever appends."""
    kind = group.type_of(group.event_time)
    latest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (instant(row[group.event_time], kind), row["api_invocation_time"])):
        latest[as_text(row[group.record_identifier])] = row
    return {key: row for key, row in latest.items() if not row["is_deleted"]}


def serve(stage: Stage) -> Iterator[StepResult]:
    """Step 5, on functions: a handler reads online through one session, which it takes anew before it ends."""
    for actor, groups in stage.readers("read-online"):
        online = [group for group in groups if group.online]
        if actor.compute == "lambda" and actor.access_role and online:
            what = f"handler: {', '.join(group.name for group in online)}"
            yield attempt(5, actor.acts_as, what, online[0].account, partial(_serve, stage, actor, online))


def _serve(stage: Stage, actor: Actor, groups: list[Group]) -> str:
    base = stage.sessions.session(actor.role_arn, actor.compute)
    assumed: list[str] = []
    base.events.register("before-call.sts.AssumeRole", lambda **_: assumed.append(actor.acts_as))
    ahead = [timedelta(0)]

    def clock() -> datetime:
        return utc_now() + ahead[0]

    prefix = str(stage.cast.environment["prefix"])
    wire = stage.sessions.wire(clock)
    handler = InferenceHandler(lambda: connect(actor.team, prefix=prefix, session=base, wire=wire))
    asked = [
        (group, row)
        for group in groups
        for _, row in sorted(newest(group, stage.written[group.arn], stage.now).items())[:_EVENTS]
    ]
    for group, row in asked:
        _answered(handler, group, row)
    if len(assumed) != 1:
        raise Mismatch(f"{len(asked)} events took {len(assumed)} sessions")
    ahead[0] = _ALMOST_OVER
    _answered(handler, *asked[0])
    if len(assumed) < 2:
        raise Mismatch("the session was not renewed a minute before its end")
    return f"{len(asked)} events through one session, renewed before its end"


def _answered(handler: InferenceHandler, group: Group, row: Row) -> None:
    identifier = row[group.record_identifier]
    answer = handler({"feature_group": group.name, "identifier": identifier})
    expected = plain(row)
    if answer != {"statusCode": 200, "body": expected}:
        raise Mismatch(f"{group.name} {identifier}: {answer}, written {expected}")


def read_files(stage: Stage) -> Iterator[StepResult]:
    """Step 6, without Athena: a job reads the files of a group's offline store under its reader-offline role."""
    for actor, groups in stage.readers("read-offline"):
        for group in groups:
            if group.offline and group.offline_format == "glue" and actor.access_role:
                what = f"job: files of {group.name}"
                yield attempt(6, actor.acts_as, what, group.s3_uri or "", partial(_read_files, stage, actor, group))
                break


def _read_files(stage: Stage, actor: Actor, group: Group) -> str:
    rows = offline_rows(stage.client(actor, "glue"), stage.client(actor, "s3"), group)
    found = newest_records(group, rows)
    expected = newest(group, stage.written[group.arn])
    gone = {as_text(row[group.record_identifier]) for row in stage.written[group.arn]} - set(expected)
    wrong = [
        key
        for key, row in expected.items()
        if {name: found.get(key, {}).get(name) for name, _ in group.features}
        != {name: row[name] for name, _ in group.features}
    ]
    if wrong or gone & set(found):
        raise Mismatch(f"{len(wrong)} records differ from what was written, such as {wrong[:1]}; deleted: {gone}")
    stage.saw(actor, group)
    return f"{len(expected)} records as written, of {len(rows)} rows"


def _below(uri: str) -> str:
    """The prefix of all keys below an S3 location."""
    return urlsplit(uri).path.strip("/") + "/"
