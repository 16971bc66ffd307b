"""The statements of a data set: what is brought where, and the join. Pure.

Everything shared and a spine that fits a query: one query under the access role, in the central account. Otherwise
shared histories are unloaded into the team's results bucket and registered for a moment in its own database, and one
query in the team's own workgroup joins them with what is local (docs/decisions/0006); so, too, what no single access
role reads whole (docs/decisions/0025). In a replica all is local, and one query. A large spine goes there too, so
nobody needs a right to write the owner's catalog; for a team without a database, and in a replica, it is cut into
several queries (docs/decisions/0026).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from featureshare.client import pointintime as pit
from featureshare.client.connection import Connection, serving
from featureshare.client.errors import NotShared
from featureshare.client.pointintime import DatasetInput, Source, Spine
from featureshare.client.sharing import Group, Sharing
from featureshare.client.spines import Rows

QUERIES = 20  # for one spine: each reads the histories again, in the central account, which is everybody's
_TYPES = {"String": "string", "Integral": "bigint", "Fractional": "double"}
_GLUE = {"varchar": "string", "bigint": "bigint", "double": "double", "boolean": "boolean"}


@dataclass(frozen=True)
class Step:
    """One statement and where it runs; `table` is registered over its result until the data set is there.

    `group` is one that it reads, whose access role it runs as.
    """

    sql: str
    own: bool
    location: str
    table: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    group: Group | None = None


@dataclass(frozen=True)
class Plan:
    """What runs for a data set. `group` is a feature group that is the spine, or `rows` were given as it.

    `tables` are other tables, in the team's account, for groups by name; `id` is in every name that the data set takes.
    """

    sharing: Sharing
    sources: tuple[Source, ...]
    spine: Spine
    group: Group | None
    rows: Rows | None
    as_of: datetime
    tables: Mapping[str, str]
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every feature group that is read."""
        return (*(source.group for source in self.sources), *((self.group,) if self.group else ()))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data set, in order."""
        taken = [name for source in self.sources for name in source.columns.values()]
        return (*(name for name, _ in self.spine.columns), *taken)

    @property
    def spine_columns(self) -> tuple[tuple[str, str], ...]:
        """The columns of a spine that was given, with Glue's types."""
        return tuple((name, _GLUE[kind]) for name, kind in self.spine.columns)

    @property
    def spine_file(self) -> Path | None:
        """The file of a spine that was given and is too large for a query, where it becomes a table for the moment."""
        return self.rows.file if self.rows is not None and self.sharing.shared_database is not None else None

    def steps(self) -> tuple[Step, ...]:
        """The statements: histories and spine to be brought over, if any must be, and last what makes the data set,
        one join or a join for each piece of a spine that is cut. Raises NotShared."""
        large = self.rows is not None and self.rows.file is not None
        here = [self.is_own(group) for group in self.groups]
        joined = any(here) or self._of_several_roles()
        # A replica has no database in which its readers might register a spine, and nothing to bring.
        cut = large and (all(here) or not joined) and self.sharing.shared_database is None
        own = joined or (large and not cut)
        steps: list[Step] = []
        sources: list[tuple[Source, str]] = []
        for number, source in enumerate(self.sources, 1):
            query = pit.history_sql(source.group, source.features, self.table(source.group), self.as_of)
            if own and not self.is_own(source.group):
                kinds = tuple((name, _TYPES[source.group.features[name]]) for name in source.features)
                entity = _TYPES[source.group.features[source.group.record_identifier]]
                columns = (("entity", entity), ("valid_from", "double"), ("valid_to", "double"))
                query = self._brought(
                    steps, query, f"source_{number}", (*columns, ("is_deleted", "boolean"), *kinds), source.group
                )
            sources.append((source, query))
        spines = self._cut() if cut else [self._spine_query(steps, own)]
        for number, spine in enumerate(spines):
            # Results are read in the order of their keys.
            at = f"{self.at('data', own=own)}{number:03d}/" if cut else self.at("data", own=own)
            query = pit.join_sql(self.spine, spine, sources, self.as_of)
            steps.append(Step(pit.unload(query, at), own, at, group=None if own else self.groups[0]))
        return tuple(steps)

    def table(self, group: Group) -> str:
        """The table of a group, quoted for SQL."""
        return self.tables.get(group.name) or f"{pit.quoted(group.database)}.{pit.quoted(group.table)}"

    def is_own(self, group: Group) -> bool:
        """Whether a group is read in the team's own account."""
        return group.own or group.name in self.tables

    def _spine_query(self, steps: list[Step], own: bool) -> str:
        if self.group is not None:
            query = pit.newest_sql(self.group, self.table(self.group), self.as_of)
            if own and not self.is_own(self.group):
                columns = tuple((name, _TYPES[kind]) for name, kind in self.group.features.items())
                return self._brought(steps, query, "spine", columns, self.group)
            return query
        assert self.rows is not None
        if self.rows.lines is not None:
            return pit.values_sql(self.spine, self.rows.lines)
        return self._select(self.registered("spine"), [name for name, _ in self.spine.columns])

    def _cut(self) -> list[str]:
        """A large spine as several queries. Raises NotShared when they would be too many."""
        assert self.rows is not None
        pieces = self.rows.pieces(QUERIES)
        if pieces is None:
            gives = "" if self.sharing.replica else " (`results: team` in its file gives it one)"
            raise NotShared(
                f"{self.rows.rows:,} rows are more than {QUERIES} queries hold ({self.rows.inline:,} bytes each), and "
                f"{self.sharing.team} has no database of its own to join them in{gives}: ask for fewer rows at a time."
            )
        return [pit.values_sql(self.spine, lines) for lines in pieces]

    def _of_several_roles(self) -> bool:
        """Whether no access role reads all that is shared: then each brings what it reads. Raises NotShared."""
        roles: dict[str | None, list[str]] = {}
        for group in self.groups:
            if not self.is_own(group):
                roles.setdefault(self.sharing.role("read-offline", group), []).append(group.name)
        if len(roles) > 1 and self.sharing.shared_database is None:
            raise NotShared(
                f"no access role of {self.sharing.team} reads all of these groups ({serving(roles)}), and the team has "
                "no database of its own to join them in (`results: team` gives it one): take groups of one role."
            )
        return len(roles) > 1

    def _brought(
        self, steps: list[Step], query: str, name: str, columns: Sequence[tuple[str, str]], group: Group
    ) -> str:
        """Adds the step that brings a query's rows into the team's account; the query that reads them there."""
        table = self.registered(name)
        at = self.at(name, own=False)
        steps.append(Step(pit.unload(query, at), False, at, table, tuple(columns), group))
        return self._select(table, [column for column, _ in columns])

    def _select(self, table: str, columns: Sequence[str]) -> str:
        database = self.sharing.shared_database
        if database is None:
            raise NotShared(f"{self.sharing.team} has no database of its own to join shared features in.")
        names = ", ".join(pit.quoted(name) for name in columns)
        return f"SELECT {names} FROM {pit.quoted(database)}.{pit.quoted(table)}"

    def registered(self, name: str) -> str:
        """The name of a table that is there for the moment."""
        return f"dataset_{self.id}_{name}"

    def at(self, name: str, *, own: bool) -> str:
        """The S3 location of a part of the data set: what the team's own account makes lies where no other reads."""
        place = self.sharing.workgroups["own" if own else "central"].output.removesuffix("athena/")
        return f"{place}datasets/{self.id}/{name}/"


def sources_of(connection: Connection, features: Sequence[str], on: Mapping[str, str]) -> tuple[Source, ...]:
    """Features such as `users.country` or `users.*` by group, in the order in which groups come first."""
    chosen: dict[str, list[str]] = {}
    for word in features:
        name, dot, feature = word.partition(".")
        if not dot:
            raise DatasetInput(f"{word} names no feature: write group.feature, or group.* for all of them.")
        group = connection.group(name, "read-offline")
        if not group.offline:
            raise DatasetInput(f"{name} has no offline store, so no history to join.")
        keys = (group.record_identifier, group.event_time)
        wanted = [one for one in group.features if one not in keys] if feature == "*" else [feature]
        if feature != "*" and feature not in group.features:
            raise DatasetInput(f"{name} has no feature {feature}; it has: {', '.join(group.features)}.")
        chosen.setdefault(name, []).extend(one for one in wanted if one not in chosen.get(name, ()))
    unknown = sorted(set(on) - set(chosen))
    if unknown or not chosen:
        raise DatasetInput(f"on names groups without features: {', '.join(unknown)}." if chosen else "name a feature.")
    groups = connection.sharing.groups
    return tuple(
        Source(groups[name], tuple(wanted), on.get(name, groups[name].record_identifier))
        for name, wanted in chosen.items()
    )
