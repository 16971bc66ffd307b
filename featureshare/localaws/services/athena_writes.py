"""UNLOAD, CREATE TABLE AS and INSERT: the rows of a query as files, and the table over them."""

import gzip
import io
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from featureshare.localaws.services import athena_results, catalog, storage
from featureshare.localaws.services.athena_engine import Poured, Result
from featureshare.localaws.services.athena_sql import QueryFailedError
from featureshare.localaws.services.athena_types import arrow_type, glue_type, text
from featureshare.localaws.services.runtime import clock

if TYPE_CHECKING:
    from featureshare.localaws.services.athena_run import Run

FORMATS = ("PARQUET", "JSON", "TEXTFILE")
# Athena User Guide, "Athena compression support": what Parquet takes; GZIP where nothing is said.
CODECS = ("GZIP", "LZ4", "NONE", "SNAPPY", "ZSTD")
ROWS_OF_A_FILE = 1_000_000
VIA = ("athena.amazonaws.com",)


def run_write(run: "Run") -> None:
    {"UNLOAD": _unload, "CTAS": _create_table_as, "INSERT": _insert}[run.query.statement.kind](run)


def _unload(run: "Run") -> None:
    statement = run.query.statement
    options = statement.options
    uri = _folder(options["uri"])
    kind, codec = _format(options.get("format") or ""), _codec(options.get("compression") or "GZIP")
    partitioned = _names(options.get("partitioned_by"))
    assert statement.query is not None
    if kind == "PARQUET" and not partitioned:
        run.pour(statement.query, lambda poured: _pour(run, uri, poured, codec))
        return
    result = run.select(statement.query)
    run.allow_writing(uri)
    _require_empty(uri, "UNLOAD")
    _write(run, uri, result, kind, partitioned)


def _pour(run: "Run", uri: str, poured: Poured, codec: str) -> None:
    """Writes rows as they come, so many a file; a query that fails in the middle leaves the files that it has written,
    as in Athena."""
    run.allow_writing(uri)
    _require_empty(uri, "UNLOAD")
    bucket, prefix = storage.split(uri)
    files: list[str] = []
    for rows, content in _files(poured, codec):
        key = f"{prefix}{_file_name(clock.now())}"
        athena_results.put(run.query, bucket, key, content)
        files.append(f"s3://{bucket}/{key}")
        run.query.updated += rows
    _list_files(run, files)


def _files(poured: Poured, codec: str) -> Iterator[tuple[int, bytes]]:
    """Parquet files of at most so many rows, with the number of theirs."""
    sink, writer, held = io.BytesIO(), None, 0
    for batch in poured.batches:
        rows = _without_zones(pa.Table.from_batches([batch]).rename_columns(poured.names))
        writer = writer or pq.ParquetWriter(sink, rows.schema, compression=codec)
        writer.write_table(rows)
        held += rows.num_rows
        if held >= ROWS_OF_A_FILE:
            writer.close()
            yield held, sink.getvalue()
            sink, writer, held = io.BytesIO(), None, 0
    if writer is not None:
        writer.close()
        if held:
            yield held, sink.getvalue()


def _create_table_as(run: "Run") -> None:
    statement, query = run.query.statement, run.query
    options, target = statement.options, statement.target
    assert statement.query is not None
    assert target is not None
    kind = _format(options.get("format") or "PARQUET")
    enforced = query.workgroup.configuration.get("EnforceWorkGroupConfiguration", True)
    outside = options.get("external_location")
    if outside and enforced and (query.workgroup.configuration.get("ResultConfiguration") or {}).get("OutputLocation"):
        raise QueryFailedError(
            "The Create Table As Select query failed because it was submitted with an 'external_location' property to "
            "an Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
            "'external_location' property and resubmit the query."
        )
    uri = _folder(outside or f"{query.folder}tables/{query.id}")
    result = run.select(statement.query)
    if catalog.table(run.account, run.region, target.database, target.table) is not None:
        if "exists" in options:
            return
        raise QueryFailedError(
            f"TABLE_ALREADY_EXISTS: line 1:1: Destination table '{target.database}.{target.table}' already exists"
        )
    partitioned = _names(options.get("partitioned_by"))
    columns = [{"Name": name, "Type": glue_type(type_)} for name, type_ in zip(result.names, result.types, strict=True)]
    _last(partitioned, result.names)
    table_input = {
        "Name": target.table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": kind.lower()},
        "StorageDescriptor": {
            "Columns": columns[: len(columns) - len(partitioned)],
            "Location": uri.rstrip("/"),
            **storage_format(kind),
        },
        "PartitionKeys": columns[len(columns) - len(partitioned) :],
    }
    run.allow("glue", "CreateTable", {"DatabaseName": target.database, "TableInput": table_input}, VIA)
    run.allow_writing(uri)
    if not catalog.database_exists(run.account, run.region, target.database):
        raise QueryFailedError(f"SCHEMA_NOT_FOUND: line 1:1: Schema '{target.database}' does not exist")
    _require_empty(uri, "CREATE TABLE AS")
    catalog.create_table(run.account, run.region, target.database, table_input)
    _register(run, uri, _write(run, uri, result, kind, partitioned))


def _insert(run: "Run") -> None:
    statement = run.query.statement
    assert statement.query is not None
    assert statement.target is not None
    run.allow_reading([statement.target])
    table = run.table(statement.target)
    result = run.select(statement.query)
    descriptor = table["StorageDescriptor"]
    keys = [key["Name"].lower() for key in table.get("PartitionKeys") or []]
    columns = [*(descriptor.get("Columns") or []), *(table.get("PartitionKeys") or [])]
    if len(columns) != len(result.names):
        raise QueryFailedError(
            f"TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: the table has {len(columns)} columns, "
            f"the query {len(result.names)}"
        )
    try:
        arrays = [result.rows.column(index).cast(arrow_type(column["Type"])) for index, column in enumerate(columns)]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise QueryFailedError(f"TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: {error}") from None
    names = [column["Name"].lower() for column in columns]
    uri = _folder(descriptor["Location"])
    run.allow_writing(uri)
    if keys:
        run.allow(
            "glue",
            "CreatePartition",
            {"DatabaseName": statement.target.database, "TableName": statement.target.table},
            VIA,
        )
    written = Result(pa.table(dict(zip(names, arrays, strict=True))), names, result.types)
    _register(run, uri, _write(run, uri, written, "PARQUET", keys))


def storage_format(kind: str) -> dict[str, Any]:
    """The format members of a StorageDescriptor: PARQUET, JSON or TEXTFILE."""
    if kind == "PARQUET":
        return catalog.PARQUET
    serde = (
        {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {}}
        if kind == "JSON"
        else {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": "\x01"},
        }
    )
    return {
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": serde,
    }


def _write(run: "Run", uri: str, result: Result, kind: str, partitioned: Sequence[str]) -> dict[tuple[str, ...], str]:
    """Writes the rows, one file per partition, and the manifest; returns the location of each partition."""
    _last(partitioned, result.names)
    bucket, prefix = storage.split(uri)
    places: dict[tuple[str, ...], str] = {}
    files: list[str] = []
    for values, rows in _parts(result, partitioned):
        folder = "".join(f"{name}={quote(value, safe='')}/" for name, value in zip(partitioned, values, strict=True))
        key = f"{prefix}{folder}{_file_name(clock.now())}"
        athena_results.put(run.query, bucket, key, _encode(rows, kind))
        places[values] = f"{uri}{folder}".rstrip("/")
        files.append(f"s3://{bucket}/{key}")
    run.query.updated = result.rows.num_rows
    _list_files(run, files)
    return places


def _list_files(run: "Run", files: Sequence[str]) -> None:
    """The manifest of what was written."""
    query = run.query
    query.manifest = f"{query.folder}{query.id}-manifest.csv"
    bucket, key = storage.split(query.manifest)
    athena_results.put(query, bucket, key, "\n".join(files).encode(), "text/csv")


def _parts(result: Result, partitioned: Sequence[str]) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    names = result.names
    rows = result.rows.rename_columns(names)
    if not partitioned:
        if rows.num_rows:
            yield (), rows
        return
    keys = [
        [text(value) or "__HIVE_DEFAULT_PARTITION__" for value in rows.column(name).to_pylist()] for name in partitioned
    ]
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, values in enumerate(zip(*keys, strict=True)):
        groups.setdefault(values, []).append(index)
    for values, indices in sorted(groups.items()):
        yield values, pc.take(rows.drop_columns(list(partitioned)), pa.array(indices))


def _encode(rows: pa.Table, kind: str) -> bytes:
    if kind == "PARQUET":
        sink = io.BytesIO()
        pq.write_table(_without_zones(rows), sink, compression="gzip")
        return sink.getvalue()
    lines = []
    for record in rows.to_pylist():
        if kind == "JSON":
            lines.append(json.dumps(record, default=text))
        else:
            lines.append("\x01".join("\\N" if value is None else text(value) or "" for value in record.values()))
    return gzip.compress(("\n".join(lines) + "\n").encode())


def _without_zones(rows: pa.Table) -> pa.Table:
    """Hive has no time zones: times are kept in UTC."""
    for index, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz:
            plain = rows.column(index).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
            rows = rows.set_column(index, column.name, plain)
        elif pa.types.is_decimal(column.type) and column.type.scale == 0 and column.type.precision > 18:
            # Sums of bigint: DuckDB widens them, Athena does not.
            rows = rows.set_column(index, column.name, rows.column(index).cast(pa.int64()))
    return rows


def _register(run: "Run", uri: str, places: dict[tuple[str, ...], str]) -> None:
    target = run.query.statement.target
    assert target is not None
    for values, location in places.items():
        if values:
            catalog.add_partition(run.account, run.region, target.database, target.table, values, location)


def _require_empty(uri: str, what: str) -> None:
    bucket, prefix = storage.split(uri)
    try:
        filled = any(True for _ in storage.listing(bucket, prefix))
    except storage.NoSuchBucketError:
        raise QueryFailedError(f"Unable to verify/create output bucket {bucket}") from None
    if filled:
        raise QueryFailedError(f"HIVE_PATH_ALREADY_EXISTS: {what}: Target directory already exists: {uri.rstrip('/')}")


def _last(partitioned: Sequence[str], names: Sequence[str]) -> None:
    if partitioned and list(names[-len(partitioned) :]) != list(partitioned):
        raise QueryFailedError(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as "
            f"the table properties: {list(partitioned)}"
        )


def _format(name: str) -> str:
    kind = name.upper().replace("TEXT", "TEXTFILE") if name.upper() == "TEXT" else name.upper()
    if kind not in FORMATS:
        raise QueryFailedError(
            f"INVALID_TABLE_PROPERTY: format '{name}' is not supported here; one of {', '.join(FORMATS)} is"
        )
    return kind


def _codec(name: str) -> str:
    if name.upper() not in CODECS:
        raise QueryFailedError(f"INVALID_TABLE_PROPERTY: compression '{name}' is not one of {', '.join(CODECS)}")
    return name.lower()


def _names(text_: str | None) -> list[str]:
    return [name.strip().lower() for name in (text_ or "").split(",") if name.strip()]


def _folder(uri: str) -> str:
    try:
        storage.split(uri)
    except ValueError as error:
        raise QueryFailedError(f"INVALID_TABLE_PROPERTY: {error}") from None
    return uri if uri.endswith("/") else f"{uri}/"


def _file_name(now: datetime) -> str:
    return f"{now.strftime('%Y%m%d_%H%M%S')}_{secrets.randbelow(100_000):05d}_{secrets.token_hex(16)}"
