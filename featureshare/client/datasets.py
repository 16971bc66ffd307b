"""Data sets: point-in-time joins over shared and local feature groups, run by Athena where the features lie.

Everything shared and a spine that fits a query: one query under the access role, in the central account. Otherwise
shared histories are unloaded into the team's results bucket and registered for a moment in its own database, and one
query in the team's own workgroup joins them with what is local (docs/decisions/0006). A large spine goes there too, so
nobody needs a right to write the owner's catalog.
"""

import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from featureshare.client import pointintime as pit
from featureshare.client.connection import Connection
from featureshare.client.errors import NotShared, code_of, denials
from featureshare.client.manifest import Manifest, NotTheSame, RowsHash, different, schema_version
from featureshare.client.pointintime import DatasetInput, Source
from featureshare.client.queries import run_query
from featureshare.client.rows import arrow
from featureshare.client.sharing import Group, Workgroup
from featureshare.client.spines import INLINE, Rows, batches_of, given_rows

_GLUE = {"varchar": "string", "bigint": "bigint", "double": "double", "boolean": "boolean"}
_TYPES = {"String": "string", "Integral": "bigint", "Fractional": "double"}
_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
_AT_ONCE = 4  # queries; the central account's are everybody's
_HEADS = 16


@dataclass(frozen=True)
class Step:
    """One statement and where it runs; `table` is registered over its result until the data set is there."""

    sql: str
    own: bool
    location: str
    table: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


class Dataset:
    """A data set as it was asked for; Athena works when its rows are first wanted.

    Rows of a spine that was given carry its row number as `spine_row` (`to_pandas` sorts by it and drops it).
    """

    def __init__(
        self,
        connection: Connection,
        spine: Any,
        features: Sequence[str],
        *,
        on: Mapping[str, str] | None = None,
        as_of: datetime | None = None,
        event_time: str | None = None,
        tables: Mapping[str, str] | None = None,
        inline: int = INLINE,
    ) -> None:
        arrow("a data set")
        moment = as_of or connection.wire.clock()
        if moment.tzinfo is None:
            raise DatasetInput(f"as_of is {moment}, which has no time zone.")
        self.as_of = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        self.features, self.on = tuple(features), dict(on or {})
        self._connection = connection
        self._tables = dict(tables or {})
        self._folder = tempfile.TemporaryDirectory(prefix="featureshare-")
        self._id = uuid.uuid4().hex[:12]
        self._sources = _sources(connection, self.features, self.on)
        self._group: Group | None = None
        self._rows: Rows | None = None
        if isinstance(spine, str) and spine in connection.sharing.groups:
            self._group = connection.group(spine, "read-offline")
            self._spine = pit.group_spine(self._group)
        else:
            self._rows = given_rows(spine, event_time, Path(self._folder.name), inline)
            self._spine = self._rows.spine
        pit.check(self._spine, self._sources)
        self._plan = self._planned()
        self._files: list[tuple[str, str]] | None = None
        self._manifest: Manifest | None = None
        self._before: dict[str, Any] = {}

    @property
    def sql(self) -> str:
        """Every statement, in the order in which they run. Nothing is called to show it."""
        return ";\n\n".join(step.sql for step in self._plan) + ";"

    @property
    def manifest(self) -> Manifest:
        """What the data set is built from, and the hash of its rows: reads them if nobody has yet."""
        if self._manifest is None:
            for _ in self.batches():
                pass
        assert self._manifest is not None
        return self._manifest

    def batches(self) -> Iterator[Any]:
        """The rows as Arrow record batches, some ten thousand at a time; one result file is on disk at once.

        Raises NotShared, Denied, QueryFailed.
        """
        found, columns = RowsHash(), [name for name, _ in self._spine.columns]
        columns += [name for source in self._sources for name in source.columns.values()]
        for batch in batches_of(self._fetched()):
            batch = batch.select(columns)
            found.add(batch)
            yield batch
        self._manifest = self._described(found, columns)

    def to_parquet(self, path: str | PathLike[str]) -> Manifest:
        """Write the rows to one Parquet file, in bounded memory; the manifest. An existing file is replaced."""
        import pyarrow.parquet as pq

        writer, place = None, Path(path)
        scratch = place.with_name(place.name + ".part")
        try:
            for batch in self.batches():
                writer = writer or pq.ParquetWriter(scratch, batch.schema)
                writer.write_batch(batch)
        finally:
            if writer is not None:
                writer.close()
        if writer is None:
            raise DatasetInput("the data set has no rows, and so no file.")
        scratch.replace(place)
        return self.manifest

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame, in the order of a spine that was given."""
        import pyarrow as pa

        batches = list(self.batches())
        table = pa.Table.from_batches(batches) if batches else pa.table({})
        if self._rows is not None and table.num_rows:
            table = table.sort_by(pit.SPINE_ROW).drop_columns([pit.SPINE_ROW])
        return table.to_pandas()

    # how it is built -------------------------------------------------------------------------------------------------
    def _table(self, group: Group) -> str:
        return self._tables.get(group.name) or f"{pit.quoted(group.database)}.{pit.quoted(group.table)}"

    def _is_own(self, group: Group) -> bool:
        return group.own or group.name in self._tables

    def _planned(self) -> tuple[Step, ...]:
        """The statements: histories and spine to be brought over, if any must be, and the join."""
        groups = [source.group for source in self._sources] + ([self._group] if self._group else [])
        large = self._rows is not None and self._rows.file is not None
        own = large or any(self._is_own(group) for group in groups)
        steps: list[Step] = []
        sources: list[tuple[Source, str]] = []
        for number, source in enumerate(self._sources, 1):
            query = pit.history_sql(source.group, source.features, self._table(source.group), self.as_of)
            if own and not self._is_own(source.group):
                kinds = tuple((name, _TYPES[source.group.features[name]]) for name in source.features)
                entity = _TYPES[source.group.features[source.group.record_identifier]]
                columns = (("entity", entity), ("valid_from", "double"), ("valid_to", "double"))
                query = self._brought(steps, query, f"source_{number}", (*columns, ("is_deleted", "boolean"), *kinds))
            sources.append((source, query))
        steps.append(
            Step(
                pit.unload(
                    pit.join_sql(self._spine, self._spine_query(steps, own), sources, self.as_of), self._at("data")
                ),
                own,
                self._at("data"),
            )
        )
        return tuple(steps)

    def _spine_query(self, steps: list[Step], own: bool) -> str:
        if self._group is not None:
            query = pit.newest_sql(self._group, self._table(self._group), self.as_of)
            if own and not self._is_own(self._group):
                columns = tuple((name, _TYPES[kind]) for name, kind in self._group.features.items())
                return self._brought(steps, query, "spine", columns)
            return query
        assert self._rows is not None
        if self._rows.lines is not None:
            return pit.values_sql(self._spine, self._rows.lines)
        return self._select(self._registered("spine"), [name for name, _ in self._spine.columns])

    def _brought(self, steps: list[Step], query: str, name: str, columns: Sequence[tuple[str, str]]) -> str:
        """Adds the step that brings a query's rows into the team's account; the query that reads them there."""
        table = self._registered(name)
        steps.append(Step(pit.unload(query, self._at(name)), False, self._at(name), table, tuple(columns)))
        return self._select(table, [column for column, _ in columns])

    def _select(self, table: str, columns: Sequence[str]) -> str:
        database = self._connection.sharing.shared_database
        if database is None:
            raise NotShared(f"{self._connection.sharing.team} has no database of its own to join shared features in.")
        names = ", ".join(pit.quoted(name) for name in columns)
        return f"SELECT {names} FROM {pit.quoted(database)}.{pit.quoted(table)}"

    def _registered(self, name: str) -> str:
        return f"dataset_{self._id}_{name}"

    def _at(self, name: str) -> str:
        sharing = self._connection.sharing
        # A team whose results stay in the central account has no bucket, but a prefix of the central one.
        bucket = sharing.results_bucket
        place = f"s3://{bucket}/" if bucket else sharing.workgroups["central"].output.removesuffix("athena/")
        return f"{place}datasets/{self._id}/{name}/"

    # how it runs -----------------------------------------------------------------------------------------------------
    def _run(self) -> list[tuple[str, str]]:
        """Run the plan once; the (bucket, key) of the result's files."""
        if self._files is not None:
            return self._files
        glue = self._connection.base_client("glue")
        registered: list[str] = []
        beside = ThreadPoolExecutor(1)
        objects = beside.submit(self._objects)  # what is added meanwhile is no part of it: it is written after as_of
        try:
            if self._rows is not None and self._rows.file is not None:
                self._upload(self._rows.file, self._at("spine"))
                kinds = tuple((name, _GLUE[kind]) for name, kind in self._spine.columns)
                self._register(glue, self._registered("spine"), self._at("spine"), kinds, registered)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(self._execute, self._plan[:-1]))
            for step in self._plan[:-1]:
                assert step.table is not None
                self._register(glue, step.table, step.location, step.columns, registered)
            self._execute(self._plan[-1])
            self._before = objects.result()
        finally:
            beside.shutdown()
            for table in registered:
                glue.delete_table(DatabaseName=self._connection.sharing.shared_database, Name=table)
        self._files = list(self._listed(self._at("data"), self._plan[-1].own))
        return self._files

    def _execute(self, step: Step) -> None:
        sharing = self._connection.sharing
        database = sharing.shared_database if step.own else self._central_database()
        run_query(self._connection, step.sql, self._workgroup(step.own), database or "default", own=step.own)

    def _central_database(self) -> str | None:
        groups = [source.group for source in self._sources] + ([self._group] if self._group else [])
        return next((group.database for group in groups if not self._is_own(group)), None)

    def _workgroup(self, own: bool) -> Workgroup:
        found = self._connection.sharing.workgroups.get("own" if own else "central")
        if found is None:
            raise NotShared(
                f"{self._connection.sharing.team} has no workgroup to query with: it reads nothing offline."
            )
        return found

    def _client(self, own: bool) -> Any:
        return self._connection.base_client("s3") if own else self._connection.client("s3", "read-offline")

    def _upload(self, file: Path, location: str) -> None:
        place = urlsplit(location)
        key = f"{place.path.lstrip('/')}{file.name}"
        with denials("s3:PutObject", f"{place.netloc}/{key}", self._connection.identity.arn):
            self._connection.base_client("s3").upload_file(
                str(file), place.netloc, key, ExtraArgs={"ExpectedBucketOwner": self._workgroup(True).owner}
            )

    def _register(
        self, glue: Any, table: str, location: str, columns: Sequence[tuple[str, str]], registered: list[str]
    ) -> None:
        database = self._connection.sharing.shared_database
        with denials("glue:CreateTable", f"{database}/{table}", self._connection.identity.arn):
            glue.create_table(
                DatabaseName=database,
                TableInput={
                    "Name": table,
                    "TableType": "EXTERNAL_TABLE",
                    "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
                    "StorageDescriptor": {
                        "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
                        "Location": location,
                        **_PARQUET,
                    },
                },
            )
        registered.append(table)

    def _listed(self, location: str, own: bool) -> Iterator[tuple[str, str]]:
        place = urlsplit(location)
        pages = self._client(own).get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=place.netloc, Prefix=place.path.lstrip("/")):
            for found in page.get("Contents", ()):
                if found["Size"]:
                    yield place.netloc, found["Key"]

    def _fetched(self) -> Iterator[Path]:
        """The result's files, one at a time on disk."""
        own = self._plan[-1].own
        for bucket, key in self._run():
            with tempfile.TemporaryDirectory(dir=self._folder.name) as folder:
                file = Path(folder) / "result.parquet"
                self._client(own).download_file(bucket, key, str(file))
                yield file

    # what it was built from ------------------------------------------------------------------------------------------
    def _objects(self) -> dict[str, Any]:
        """Each group's schema, and the objects its offline store consists of, with their versions."""
        groups = {source.group.name: source.group for source in self._sources}
        if self._group is not None:
            groups[self._group.name] = self._group
        found = {}
        for name, group in sorted(groups.items()):
            objects = [] if name in self._tables else list(self._versions(group))
            found[name] = {"arn": group.arn, "schema_version": schema_version(group), "objects": objects}
        return found

    def _versions(self, group: Group) -> Iterator[dict[str, Any]]:
        place = urlsplit(group.s3_uri + "/")
        client = self._client(group.own)

        def head(one: Mapping[str, Any]) -> dict[str, Any]:
            facts = {"key": one["Key"], "version": None, "etag": one["ETag"].strip('"'), "bytes": one["Size"]}
            try:
                facts["version"] = client.head_object(Bucket=place.netloc, Key=one["Key"]).get("VersionId")
            except ClientError as error:
                if code_of(error) not in ("404", "NoSuchKey"):
                    raise
            return facts

        with denials("s3:ListBucket", place.netloc, self._connection.role("read-offline", group)):
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=place.path.lstrip("/"))
            listed = [one for page in pages for one in page.get("Contents", ())]
            with ThreadPoolExecutor(_HEADS) as pool:
                yield from pool.map(head, listed)

    def _described(self, found: RowsHash, columns: Sequence[str]) -> Manifest:
        sharing = self._connection.sharing
        if self._group is not None:
            spine: dict[str, Any] = {"kind": "group", "name": self._group.name}
        else:
            assert self._rows is not None
            spine = self._rows.describe()
        return Manifest(
            team=sharing.team,
            environment=sharing.environment,
            as_of=self.as_of.isoformat(),
            spine=spine,
            event_time=self._spine.event_time,
            features=self.features,
            on=self.on,
            sql=tuple(step.sql for step in self._plan),
            groups=self._before,
            columns=tuple(columns),
            rows=found.rows,
            hash=found.digest(),
        )


def rebuild(
    connection: Connection, manifest: Manifest, spine: Any = None, tables: Mapping[str, str] | None = None
) -> Dataset:
    """Build a manifest's data set again and compare; see `featureshare.client.Client.rebuild`."""
    if manifest.spine["kind"] == "group":
        spine = manifest.spine["name"]
    elif spine is None:
        raise DatasetInput("this data set was built on rows that were given: give them again, as spine=...")
    again = Dataset(
        connection,
        spine,
        manifest.features,
        on=manifest.on,
        as_of=manifest.moment,
        event_time=manifest.event_time,
        tables=tables,
    )
    if again._rows is not None and again._rows.digest != manifest.spine["hash"]:
        raise NotTheSame("the spine is another than the one of the manifest.")
    got = again.manifest
    if wrong := different(manifest, got.groups, got.rows, got.hash):
        raise NotTheSame(f"the data set is not the same: {'; '.join(wrong)}.")
    return again


def _sources(connection: Connection, features: Sequence[str], on: Mapping[str, str]) -> tuple[Source, ...]:
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
