"""A consumer's own step: shared features brought into its account and joined there with features of its own.

Athena under the access role runs in the central account and sees nothing of the team's; so the shared features are
materialised (UNLOAD) into the team's results bucket and registered in the team's own catalog, where one query joins
both, point-in-time correct (design section 5; aws-facts.md section 3.4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from featureshare.journeys import athena, oracle
from featureshare.journeys.athena import quoted
from featureshare.journeys.cast import Actor, Group, Workgroup
from featureshare.journeys.data import Row, Value, from_text, instant, typed
from featureshare.journeys.stage import Mismatch, Skipped, Stage, StepResult, attempt

_GLUE_TYPES = {"String": "string", "Integral": "bigint", "Fractional": "double"}
_STAMPS = ("api_invocation_time", "write_time")
_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


@dataclass(frozen=True)
class Join:
    """A shared group, the local feature that holds its record identifier, and who reads it."""

    group: Group
    local_key: str
    reader: Actor

    @property
    def prefix(self) -> str:
        return self.group.name.replace("-", "_")

    @property
    def values(self) -> tuple[str, ...]:
        return self.group.values


@dataclass(frozen=True)
class Combination:
    """What one team joins: its local group, the shared groups, and as whom it reads each side."""

    local: Group
    local_reader: Actor
    joins: tuple[Join, ...]


def combinations(stage: Stage) -> Iterator[Combination]:
    """Every local group of every team with the shared groups that the team reads offline and can join to it."""
    for local in stage.cast.groups:
        own = stage.cast.actor(local.owner, "read-offline", local)
        if local.store != "team" or own is None or not local.offline or local.arn not in stage.written:
            continue
        joins = []
        for group in stage.cast.groups:
            actor = stage.cast.actor(local.owner, "read-offline", group)
            if group.store == "team" or actor is None or not group.offline or group.arn not in stage.written:
                continue
            key = joining_feature(local, group)
            if key:
                joins.append(Join(group, key, actor))
        if joins:
            yield Combination(local, own, tuple(joins))


def joining_feature(local: Group, shared: Group) -> str | None:
    """The local feature that holds the shared group's identifier: of its name, or ending in it (`top_product_id`)."""
    identifier = shared.record_identifier
    for name, _ in local.features:
        if name == identifier or name.endswith("_" + identifier):
            return name
    return None


def combine(stage: Stage) -> Iterator[StepResult]:
    """Materialise, register and join; the training set must equal the one computed from what was written."""
    for found in combinations(stage):
        tables: dict[str, str] = {}
        for join in found.joins:
            yield attempt(
                7,
                join.reader.acts_as,
                f"UNLOAD {join.group.name}, register in {found.local.owner}",
                found.local.account,
                partial(_materialise, stage, found, join, tables),
            )
        yield attempt(
            7,
            found.local_reader.acts_as,
            f"training set: {found.local.name} with {', '.join(join.group.name for join in found.joins)}",
            found.local.account,
            partial(_train, stage, found, tables),
        )


def _materialise(stage: Stage, found: Combination, join: Join, tables: dict[str, str]) -> str:
    """UNLOAD the shared rows of this run under the access role; register them as the team itself."""
    reader, group = join.reader, join.group
    central = stage.cast.workgroup(reader.team, group.account)
    database = stage.cast.teams[reader.team].get("shared_database")
    if central is None or group.database is None:
        raise Mismatch(f"{reader.team} has no workgroup in {group.account}")
    if database is None:
        raise Skipped(f"{reader.team} has no database of its own; the join happens in the reader")
    location = f"s3://{central.results_bucket}/shared/{stage.shop.run}/{group.table}/"
    athena.run(
        stage.client(reader, "athena"),
        unload(group, athena.of_run(group, stage.shop.run), location),
        central,
        group.database,
        stage.options.query_wait,
    )
    name = group.table or group.name
    glue = stage.own_client(found.local_reader, "glue")
    try:
        glue.delete_table(DatabaseName=database, Name=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
    glue.create_table(DatabaseName=database, TableInput=table_input(group, name, location))
    tables[group.arn] = f"{quoted(database)}.{quoted(name)}"
    return f"as {database}.{name}"


def unload(group: Group, condition: str, location: str) -> str:
    """The UNLOAD of a group's history, times as text so that every engine orders them alike."""
    columns = [quoted(name) for name, _ in group.features]
    columns += [f"CAST({stamp} AS varchar) AS {stamp}" for stamp in _STAMPS]
    select = f"SELECT {', '.join(columns)}, is_deleted FROM {athena.table(group)} WHERE {condition}"
    return f"UNLOAD ({select}) TO '{location}' WITH (format = 'PARQUET')"


def table_input(group: Group, name: str, location: str) -> dict[str, Any]:
    """The Glue table over materialised rows."""
    columns = [{"Name": feature, "Type": _GLUE_TYPES[kind]} for feature, kind in group.features]
    columns += [{"Name": stamp, "Type": "string"} for stamp in _STAMPS]
    return {
        "Name": name,
        "Description": f"Rows of {group.arn}",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
        "StorageDescriptor": {
            "Columns": [*columns, {"Name": "is_deleted", "Type": "boolean"}],
            "Location": location,
            **_PARQUET,
        },
    }


def _train(stage: Stage, found: Combination, tables: dict[str, str]) -> str:
    if set(tables) == {join.group.arn for join in found.joins}:
        got, where = _joined_in_account(stage, found, tables), "one query in its account"
    elif not stage.cast.teams[found.local.owner].get("shared_database"):
        got, where = _joined_here(stage, found), "joined in the reader"
    else:
        raise Mismatch("not every shared group was materialised")
    return _judged(stage, found, got, where)


def train_on(stage: Stage, found: Combination, tables: dict[str, str], where: str) -> str:
    """Join in the team's own Athena what `tables` (by ARN of the shared group) name, and hold it against the oracle."""
    return _judged(stage, found, _joined_in_account(stage, found, tables), where)


def _judged(stage: Stage, found: Combination, got: list[dict[str, Value]], where: str) -> str:
    expected = oracle.point_in_time(_spine(found, stage.written[found.local.arn]), _shared(found, stage.written))
    wrong = oracle.differences(expected, got)
    if wrong:
        raise Mismatch("; ".join(wrong))
    stage.training_set = got
    known = [column for join in found.joins for column in _one_shared(join, ()).columns().values()]
    full = sum(all(row[column] is not None for column in known) for row in got)
    return f"{len(got)} rows, {full} of them complete; {where}"


def _joined_in_account(stage: Stage, found: Combination, tables: dict[str, str]) -> list[dict[str, Value]]:
    local = found.local
    workgroup = _own_workgroup(stage, found)
    condition = athena.of_run(local, stage.shop.run)
    texts = athena.select(
        stage.own_client(found.local_reader, "athena"),
        join_sql(found, tables, condition),
        workgroup,
        local.database or "",
        stage.options.query_wait,
    )
    types = dict(local.features)
    for join in found.joins:
        types |= {column: join.group.type_of(name) for name, column in _one_shared(join, ()).columns().items()}
    rows = [{column: typed(text, types[column]) for column, text in row.items()} for row in texts]
    kind = local.type_of(local.event_time)
    return sorted(rows, key=lambda row: (instant(row[local.event_time], kind), str(row[local.record_identifier])))


def _joined_here(stage: Stage, found: Combination) -> list[dict[str, Value]]:
    """The join in Python, for teams that own no database: each side is read where it lies."""
    read: dict[str, tuple[Row, ...]] = {}
    for group, actor in [
        (found.local, found.local_reader),
        *((join.group, join.reader) for join in found.joins),
    ]:
        workgroup = stage.cast.workgroup(actor.team, group.account)
        if workgroup is None or group.database is None:
            raise Mismatch(f"{actor.team} has no workgroup in {group.account}")
        columns = ", ".join([*(quoted(name) for name, _ in group.features), "is_deleted", *_STAMPS])
        sql = f"SELECT {columns} FROM {athena.table(group)} WHERE {athena.of_run(group, stage.shop.run)}"
        texts = athena.select(stage.client(actor, "athena"), sql, workgroup, group.database, stage.options.query_wait)
        extra = ("is_deleted", *_STAMPS)
        read[group.arn] = tuple(
            {**from_text(row, group.features), **{name: row[name] for name in extra}} for row in texts
        )
    return oracle.point_in_time(_spine(found, read[found.local.arn]), _shared(found, read))


def join_sql(found: Combination, tables: dict[str, str], condition: str) -> str:
    """The point-in-time join: for each local row the newest shared row not after it, unless that is a deletion."""
    local = found.local
    own = ", ".join(quoted(name) for name, _ in local.features)
    parts = [f"spine AS (SELECT DISTINCT {own} FROM {athena.table(local)} WHERE {condition} AND NOT is_deleted)"]
    selected, joined = [f"spine.{quoted(name)}" for name, _ in local.features], []
    same = (local.record_identifier, local.event_time)
    for join in found.joins:
        group, history = join.group, f"as_of_{join.prefix}"
        keys = ", ".join(f"spine.{quoted(name)} AS spine_{number}" for number, name in enumerate(same))
        values = ", ".join(f"shared.{quoted(name)}" for name in join.values)
        moments = (_moment("shared", group), _moment("spine", local))
        if group.type_of(group.event_time) == local.type_of(local.event_time):
            moments = (f"shared.{quoted(group.event_time)}", f"spine.{quoted(local.event_time)}")
        parts.append(
            f"{history} AS (SELECT {keys}, {values}, shared.is_deleted, row_number() OVER ("
            f"PARTITION BY {', '.join(f'spine.{quoted(name)}' for name in same)} "
            f"ORDER BY shared.{quoted(group.event_time)} DESC, shared.api_invocation_time DESC, shared.write_time DESC"
            f") AS age FROM spine JOIN {tables[group.arn]} shared "
            f"ON shared.{quoted(group.record_identifier)} = spine.{quoted(join.local_key)} "
            f"AND {moments[0]} <= {moments[1]})"
        )
        conditions = [f"{history}.spine_{number} = spine.{quoted(name)}" for number, name in enumerate(same)]
        conditions += [f"{history}.age = 1", f"NOT {history}.is_deleted"]
        joined.append(f"LEFT JOIN {history} ON {' AND '.join(conditions)}")
        columns = _one_shared(join, ()).columns()
        selected += [f"{history}.{quoted(name)} AS {quoted(column)}" for name, column in columns.items()]
    return f"WITH {', '.join(parts)} SELECT {', '.join(selected)} FROM spine {' '.join(joined)}"


def _moment(alias: str, group: Group) -> str:
    column = f"{alias}.{quoted(group.event_time)}"
    if group.type_of(group.event_time) == "String":
        return f"to_unixtime(from_iso8601_timestamp({column}))"
    return column


def _own_workgroup(stage: Stage, found: Combination) -> Workgroup:
    workgroup = stage.cast.workgroup(found.local.owner, found.local.account)
    if workgroup is None:
        raise Mismatch(f"{found.local.owner} has no workgroup in its own account")
    return workgroup


def questions(found: Combination, written: dict[str, tuple[Row, ...]]) -> tuple[oracle.Spine, list[oracle.Shared]]:
    """What the oracle is asked about a combination: the local rows and the shared ones, as written."""
    return _spine(found, written[found.local.arn]), _shared(found, written)


def _spine(found: Combination, rows: Sequence[Row]) -> oracle.Spine:
    local = found.local
    return oracle.Spine(
        local.record_identifier,
        local.event_time,
        local.type_of(local.event_time),
        tuple(name for name, _ in local.features),
        [row for row in rows if not oracle.deleted(row)],
    )


def _shared(found: Combination, rows: dict[str, tuple[Row, ...]]) -> list[oracle.Shared]:
    return [_one_shared(join, rows[join.group.arn]) for join in found.joins]


def _one_shared(join: Join, rows: Sequence[Row]) -> oracle.Shared:
    group = join.group
    return oracle.Shared(
        prefix=join.prefix,
        key=join.local_key,
        identifier=group.record_identifier,
        event_time=group.event_time,
        event_time_type=group.type_of(group.event_time),
        values=join.values,
        rows=rows,
    )
