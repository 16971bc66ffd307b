"""The SQL of a data set: for each row of a spine, what was known of each entity at that row's time. Pure.

A feature group's history becomes intervals: each row holds from its event time until the next one of the same
identifier. Of rows with one event time the last written counts (offline stores are append-only, and a retried write
appends again); an interval that begins with a deletion gives nothing. Only what the store held at the time `as_of` is
looked at, by `write_time`, so that the same question has the same answer later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from featureshare.client.sharing import Group
from featureshare.errors import FeatureShareError

SPINE_ROW = "spine_row"
_TYPES = {"String": "varchar", "Integral": "bigint", "Fractional": "double"}
_MOMENT = "spine_moment"


class DatasetInput(FeatureShareError):
    """What was asked for does not fit together: a feature, a key or a spine that is not there."""


@dataclass(frozen=True)
class Source:
    """Features of one group, looked up by the spine's column `key`; they appear as `<prefix>_<feature>`."""

    group: Group
    features: tuple[str, ...]
    key: str

    @property
    def prefix(self) -> str:
        return self.group.name.replace("-", "_")

    @property
    def columns(self) -> dict[str, str]:
        """Feature to name in the data set."""
        return {name: f"{self.prefix}_{name}" for name in self.features}


@dataclass(frozen=True)
class Spine:
    """The rows to build on: `columns` are (name, SQL type); `event_time` names the column with each row's time.

    Without an event time all rows are looked at as of `as_of`.
    """

    columns: tuple[tuple[str, str], ...]
    event_time: str | None

    def type_of(self, column: str) -> str | None:
        return dict(self.columns).get(column)


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal."""
    return "'" + value.replace("'", "''") + "'"


def timestamp(moment: datetime) -> str:
    """A timestamp literal in UTC, to the millisecond, as write_time has it."""
    plain = moment.astimezone(UTC)
    return f"TIMESTAMP '{plain:%Y-%m-%d %H:%M:%S}.{plain.microsecond // 1000:03d}'"


def history_sql(group: Group, features: Sequence[str], table: str, as_of: datetime) -> str:
    """The intervals of a group: entity, valid_from and valid_to (Unix seconds), is_deleted, features."""
    chosen = ", ".join(quoted(name) for name in features)
    entity = quoted(group.record_identifier)
    moment = _seconds(quoted(group.event_time), group.features[group.event_time] == "String")
    return (
        f"SELECT entity, valid_from, lead(valid_from) OVER (PARTITION BY entity ORDER BY valid_from) AS valid_to, "
        f"is_deleted, {chosen} FROM ("
        f"SELECT entity, valid_from, is_deleted, {chosen}, row_number() OVER (PARTITION BY entity, valid_from "
        f"ORDER BY api_invocation_time DESC, write_time DESC) AS nth FROM ("
        f"SELECT {entity} AS entity, {moment} AS valid_from, is_deleted, api_invocation_time, write_time, {chosen} "
        f"FROM {table} WHERE write_time <= {timestamp(as_of)})) WHERE nth = 1"
    )


def newest_sql(group: Group, table: str, as_of: datetime) -> str:
    """The rows of a group as a spine: each identifier and event time once, deletions left out."""
    names = ", ".join(quoted(name) for name in group.features)
    keys = f"{quoted(group.record_identifier)}, {quoted(group.event_time)}"
    return (
        f"SELECT {names} FROM (SELECT {names}, is_deleted, row_number() OVER (PARTITION BY {keys} "
        f"ORDER BY api_invocation_time DESC, write_time DESC) AS nth "
        f"FROM {table} WHERE write_time <= {timestamp(as_of)}) WHERE nth = 1 AND NOT is_deleted"
    )


def join_sql(spine: Spine, rows: str, sources: Sequence[tuple[Source, str]], as_of: datetime) -> str:
    """The data set: every row of the spine once. `rows` is a query; each source comes with the query of its history."""
    own = ", ".join(quoted(name) for name, _ in spine.columns)
    if spine.event_time is None:
        moment = repr(as_of.timestamp()) + "E0"
    else:
        moment = _seconds(quoted(spine.event_time), spine.type_of(spine.event_time) == "varchar")
    parts = [f"spine AS (SELECT {own}, {moment} AS {_MOMENT} FROM ({rows}))"]
    selected, joined = [f"spine.{quoted(name)}" for name, _ in spine.columns], []
    for number, (source, history) in enumerate(sources, 1):
        alias = f"source_{number}"
        parts.append(f"{alias} AS ({history})")
        selected += [f"{alias}.{quoted(name)} AS {quoted(column)}" for name, column in source.columns.items()]
        joined.append(
            f"LEFT JOIN {alias} ON {alias}.entity = spine.{quoted(source.key)} "
            f"AND {alias}.valid_from <= spine.{_MOMENT} "
            f"AND ({alias}.valid_to IS NULL OR spine.{_MOMENT} < {alias}.valid_to) AND NOT {alias}.is_deleted"
        )
    return " ".join([f"WITH {', '.join(parts)} SELECT {', '.join(selected)} FROM spine", *joined])


def values_sql(spine: Spine, rows: Sequence[Sequence[str | None]]) -> str:
    """Rows (texts) as a query with the spine's columns and types."""
    lines = ", ".join("(" + ", ".join("NULL" if v is None else text(v) for v in row) + ")" for row in rows)
    names = ", ".join(quoted(name) for name, _ in spine.columns)
    cast = ", ".join(f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in spine.columns)
    return f"SELECT {cast} FROM (VALUES {lines}) AS given ({names})"


def unload(query: str, location: str) -> str:
    """The query's result as Parquet under an S3 location, which must be empty."""
    return f"UNLOAD ({query}) TO {text(location)} WITH (format = 'PARQUET', compression = 'SNAPPY')"


def group_spine(group: Group) -> Spine:
    return Spine(tuple((name, _TYPES[kind]) for name, kind in group.features.items()), group.event_time)


def check(spine: Spine, sources: Sequence[Source]) -> None:
    """Raises DatasetInput when a key is no column of the spine or of another type, or a name comes twice."""
    names = [name for name, _ in spine.columns]
    if spine.event_time is not None and spine.event_time not in names:
        raise DatasetInput(f"the spine has no column {spine.event_time}; say event_time=... (its columns: {names}).")
    for source in sources:
        kind = spine.type_of(source.key)
        if kind is None:
            raise DatasetInput(
                f"the spine has no column {source.key} to look up {source.group.name} by; say "
                f"on={{{source.group.name!r}: column}} (its columns: {', '.join(names)})."
            )
        wanted = _TYPES[source.group.features[source.group.record_identifier]]
        if kind != wanted:
            raise DatasetInput(
                f"{source.key} is {kind} in the spine, and {source.group.name} has {wanted} identifiers."
            )
        names += source.columns.values()
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DatasetInput(f"columns would be there twice: {', '.join(twice)}; rename them in the spine.")


def _seconds(column: str, is_text: bool) -> str:
    return f"to_unixtime(from_iso8601_timestamp({column}))" if is_text else column
