"""Data sets: point-in-time joins over shared and local feature groups, run by Athena where the features lie."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from featureshare.client import pointintime as pit
from featureshare.client.connection import Connection
from featureshare.client.dataset_plan import Plan, Step, sources_of
from featureshare.client.errors import NotShared, code_of
from featureshare.client.manifest import Manifest, NotTheSame, RowsHash, behind, different, schema_version
from featureshare.client.pointintime import DatasetInput
from featureshare.client.queries import run_query
from featureshare.client.rows import arrow
from featureshare.client.sharing import Group, Workgroup
from featureshare.client.spines import INLINE, batches_of, given_rows

_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
_AT_ONCE = 4  # queries; the central account's are everybody's
_HEADS = 16


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
        self._folder = tempfile.TemporaryDirectory(prefix="featureshare-")
        sources = sources_of(connection, self.features, self.on)
        group, rows = None, None
        if isinstance(spine, str) and spine in connection.sharing.groups:
            group = connection.group(spine, "read-offline")
            built_on = pit.group_spine(group)
        else:
            rows = given_rows(spine, event_time, Path(self._folder.name), inline)
            built_on = rows.spine
        pit.check(built_on, sources)
        self._plan = Plan(connection.sharing, sources, built_on, group, rows, self.as_of, dict(tables or {}))
        self._steps = self._plan.steps()
        self._files: list[tuple[str, str]] | None = None
        self._manifest: Manifest | None = None
        self._before: dict[str, Any] | None = None

    @property
    def sql(self) -> str:
        """Every statement, in the order in which they run. Nothing is called to show it."""
        return ";\n\n".join(step.sql for step in self._steps) + ";"

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
        found, columns = RowsHash(), list(self._plan.columns)
        for batch in batches_of(self._fetched()):
            batch = batch.select(columns)
            found.add(batch)
            yield batch
        self._manifest = self._described(found)

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
        if self._plan.rows is not None and table.num_rows:
            table = table.sort_by(pit.SPINE_ROW).drop_columns([pit.SPINE_ROW])
        return table.to_pandas()

    # how it runs -----------------------------------------------------------------------------------------------------
    def _run(self) -> list[tuple[str, str]]:
        """Run the plan once; the (bucket, key) of the result's files."""
        if self._files is not None:
            return self._files
        glue, plan = self._connection.base_client("glue"), self._plan
        registered: list[str] = []
        beside = ThreadPoolExecutor(1)
        objects = beside.submit(self.objects)  # what is added meanwhile is no part of it: it is written after as_of
        try:
            if plan.spine_file is not None:
                at = plan.at("spine", own=True)
                self._upload(plan.spine_file, at)
                self._register(glue, plan.registered("spine"), at, plan.spine_columns, registered)
            brought = [step for step in self._steps if step.table is not None]
            self._execute_all(brought)
            for step in brought:
                assert step.table is not None
                self._register(glue, step.table, step.location, step.columns, registered)
            self._execute_all([step for step in self._steps if step.table is None])
            objects.result()
        finally:
            beside.shutdown()
            for table in registered:
                glue.delete_table(DatabaseName=self._connection.sharing.shared_database, Name=table)
        self._files = list(self._listed(plan.at("data", own=self._steps[-1].own), self._steps[-1]))
        return self._files

    def _execute_all(self, steps: Sequence[Step]) -> None:
        """Run statements, a few at a time; when one fails, no further one is started."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = [pool.submit(self._execute, step) for step in steps]
            try:
                for one in as_completed(waiting):
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _execute(self, step: Step) -> None:
        sharing = self._connection.sharing
        there = next((group.database for group in self._plan.groups if self._plan.is_own(group) == step.own), None)
        database = (sharing.shared_database if step.own else None) or there
        run_query(
            self._connection, step.sql, self._workgroup(step.own), database or "default", own=step.own, group=step.group
        )

    def _workgroup(self, own: bool) -> Workgroup:
        found = self._connection.sharing.workgroups.get("own" if own else "central")
        if found is None:
            raise NotShared(
                f"{self._connection.sharing.team} has no workgroup to query with: it reads nothing offline."
            )
        return found

    def _client(self, own: bool, group: Group | None = None) -> Any:
        return self._connection.base_client("s3") if own else self._connection.client("s3", "read-offline", group)

    def _upload(self, file: Path, location: str) -> None:
        place = urlsplit(location)
        key = f"{place.path.lstrip('/')}{file.name}"
        with self._connection.denials("s3:PutObject", f"{place.netloc}/{key}", self._connection.identity.arn):
            self._connection.base_client("s3").upload_file(
                str(file), place.netloc, key, ExtraArgs={"ExpectedBucketOwner": self._workgroup(True).owner}
            )

    def _register(
        self, glue: Any, table: str, location: str, columns: Sequence[tuple[str, str]], registered: list[str]
    ) -> None:
        database = self._connection.sharing.shared_database
        with self._connection.denials("glue:CreateTable", f"{database}/{table}", self._connection.identity.arn):
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

    def _listed(self, location: str, step: Step) -> Iterator[tuple[str, str]]:
        place = urlsplit(location)
        pages = self._client(step.own, step.group).get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=place.netloc, Prefix=place.path.lstrip("/")):
            for found in page.get("Contents", ()):
                if found["Size"]:
                    yield place.netloc, found["Key"]

    def _fetched(self) -> Iterator[Path]:
        """The result's files, one at a time on disk."""
        last = self._steps[-1]
        for bucket, key in self._run():
            with tempfile.TemporaryDirectory(dir=self._folder.name) as folder:
                file = Path(folder) / "result.parquet"
                self._client(last.own, last.group).download_file(bucket, key, str(file))
                yield file

    # what it was built from ------------------------------------------------------------------------------------------
    def objects(self) -> dict[str, Any]:
        """Each group's schema, and the objects its offline store consists of, with their versions: looked up once."""
        if self._before is None:
            found = {}
            for group in self._plan.groups:
                objects = [] if group.name in self._plan.tables else list(self._versions(group))
                found[group.name] = {"arn": group.arn, "schema_version": schema_version(group), "objects": objects}
            self._before = found
        return self._before

    def _versions(self, group: Group) -> Iterator[dict[str, Any]]:
        place = urlsplit(group.s3_uri + "/")
        client = self._client(group.own, group)

        def head(one: Mapping[str, Any]) -> dict[str, Any]:
            facts = {"key": one["Key"], "version": None, "etag": one["ETag"].strip('"'), "bytes": one["Size"]}
            try:
                facts["version"] = client.head_object(Bucket=place.netloc, Key=one["Key"]).get("VersionId")
            except ClientError as error:
                if code_of(error) not in ("404", "NoSuchKey"):
                    raise
            return facts

        role = self._connection.role("read-offline", group)
        with self._connection.denials("s3:ListBucket", place.netloc, role):
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=place.path.lstrip("/"))
            listed = [one for page in pages for one in page.get("Contents", ())]
            with ThreadPoolExecutor(_HEADS) as pool:
                yield from pool.map(head, listed)

    def _described(self, found: RowsHash) -> Manifest:
        sharing, plan = self._connection.sharing, self._plan
        spine: dict[str, Any] = plan.rows.describe() if plan.rows else {"kind": "group"}
        if plan.group is not None:
            spine["name"] = plan.group.name
        return Manifest(
            team=sharing.team,
            environment=sharing.environment,
            as_of=self.as_of.isoformat(),
            spine=spine,
            event_time=plan.spine.event_time,
            features=self.features,
            on=self.on,
            sql=tuple(step.sql for step in self._steps),
            groups=self.objects(),
            columns=plan.columns,
            rows=found.rows,
            hash=found.digest(),
        )


def rebuild(
    connection: Connection, manifest: Manifest, spine: Any = None, tables: Mapping[str, str] | None = None
) -> Dataset:
    """Build a manifest's data set again and compare; see `featureshare.client.Client.rebuild`."""
    if manifest.spine["kind"] == "group":
        # What is not within reach here is no file of that name.
        spine = connection.group(manifest.spine["name"], "read-offline").name
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
    if again._plan.rows is not None and again._plan.rows.digest != manifest.spine["hash"]:
        raise NotTheSame("the spine is another than the one of the manifest.")
    if connection.sharing.replica and not tables:
        # S3 copies after the fact, so it is no surprise here, and no query need run to find it out.
        behind(connection.sharing.team, manifest, again.objects())
    got = again.manifest
    if wrong := different(manifest, got.groups, got.rows, got.hash):
        raise NotTheSame(f"the data set is not the same: {'; '.join(wrong)}.")
    return again
