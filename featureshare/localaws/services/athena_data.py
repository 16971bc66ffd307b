"""The data of a Glue table for a query: the objects of its location or partitions, read in the table's types."""

import csv
import gzip
import io
import json
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from featureshare.localaws.services import catalog, storage
from featureshare.localaws.services.athena_sql import QueryFailedError
from featureshare.localaws.services.athena_types import arrow_type
from featureshare.localaws.services.storage import Stored

CACHE_BYTES = 256 * 1024 * 1024
HELD_BYTES = 8 * 1024 * 1024  # of objects; of a larger Parquet table no query holds the rows
_BATCH = 50_000

Outside = Callable[[str, list[Stored]], None]
"""Asked about objects that lie outside their table's location; raises when the caller may not read them."""


@dataclass(frozen=True)
class TableData:
    """The rows of a table and the bytes of the objects they come from."""

    rows: "pa.Table | Scan"
    scanned: int


class _Cache:
    """Parsed objects by version and schema, the least recently used go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[Any, pa.Table] = OrderedDict()
        self._size = 0

    def get(self, key: Any) -> pa.Table | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: Any, rows: pa.Table) -> None:
        with self._lock:
            if key in self._entries or rows.nbytes > self._limit:
                return
            self._entries[key] = rows
            self._size += rows.nbytes
            while self._size > self._limit and len(self._entries) > 1:
                _, dropped = self._entries.popitem(last=False)
                self._size -= dropped.nbytes


_cache = _Cache(CACHE_BYTES)


def load(account: str, region: str, table: Mapping[str, Any], outside: Outside) -> TableData:
    """Reads a Glue table (as GetTable shows it). Raises QueryFailedError for what cannot be read."""
    descriptor = table.get("StorageDescriptor") or {}
    schema = _schema(descriptor.get("Columns") or [])
    keys = _schema(table.get("PartitionKeys") or [])
    objects = list(_objects(account, region, table, outside))
    scanned = sum(stored.size for stored, _ in objects)
    if scanned > HELD_BYTES and _format(descriptor) == "parquet":
        return TableData(Scan(objects, schema, keys), scanned)
    parts: list[pa.Table] = []
    for stored, values in objects:
        cached = (stored, tuple(schema.items()), _format(descriptor))
        rows = _cache.get(cached)
        if rows is None:
            rows = _read(stored, schema, descriptor)
            _cache.put(cached, rows)
        parts.append(_keyed(rows, keys, values))
    return TableData(pa.concat_tables(parts) if parts else pa.schema({**schema, **keys}.items()).empty_table(), scanned)


class Scan:
    """The rows of Parquet objects, read anew and piece by piece each time that a query looks at them.

    DuckDB asks for the stream once for every place where a query names the table; Arrow's own datasets would push
    filters down, but find columns by case and cast otherwise than a table that is held. `failed` says why a stream
    broke off.
    """

    def __init__(
        self,
        objects: Sequence[tuple[Stored, Mapping[str, str]]],
        schema: Mapping[str, pa.DataType],
        keys: Mapping[str, pa.DataType],
    ) -> None:
        self._objects, self._columns, self._keys = objects, schema, keys
        self.failed: QueryFailedError | None = None

    @property
    def schema(self) -> pa.Schema:
        return pa.schema({**self._columns, **self._keys}.items())

    @cached_property
    def num_rows(self) -> int:
        """As the objects' footers say. Raises QueryFailedError."""
        found = 0
        for stored, _ in self._objects:
            with _explained(stored), storage.opened(stored) as file:
                found += pq.read_metadata(file).num_rows
        return found

    def only(self, names: Collection[str]) -> "Scan":
        """The same rows with the columns of these names, or, where a query needs none, with one."""
        columns = {name: kind for name, kind in self._columns.items() if name in names}
        return Scan(self._objects, columns or dict([*self._columns.items()][:1]), self._keys)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows. Raises QueryFailedError and keeps it as `failed`, since an engine tells of it in its own words."""
        try:
            for stored, values in self._objects:
                with _explained(stored), storage.opened(stored) as file:
                    # Otherwise Arrow keeps every byte that it has read until the file is closed.
                    opened = pq.ParquetFile(file, pre_buffer=False)
                    wanted = [name for name in opened.schema_arrow.names if name.lower() in self._columns]
                    for batch in opened.iter_batches(_BATCH, columns=wanted):
                        rows = _typed(pa.Table.from_batches([batch]), self._columns)
                        yield from _keyed(rows, self._keys, values).to_batches()
        except QueryFailedError as error:
            self.failed = error
            raise

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return pa.RecordBatchReader.from_batches(self.schema, self.batches()).__arrow_c_stream__(requested_schema)


def sample_keys(account: str, region: str, table: Mapping[str, Any]) -> list[str]:
    """Keys of objects in the table's own bucket, one per encryption key: what must be decrypted to read the table."""
    location = (table.get("StorageDescriptor") or {}).get("Location") or ""
    if not location.startswith("s3://"):
        return []
    found: dict[str | None, str] = {}
    for stored, _ in _objects(account, region, table, lambda uri, objects: None):
        if location.startswith(f"s3://{stored.bucket}/"):
            found.setdefault(stored.kms_key, stored.key)
    return list(found.values())


def _schema(columns: Any) -> dict[str, pa.DataType]:
    try:
        return {column["Name"].lower(): arrow_type(column.get("Type") or "string") for column in columns}
    except ValueError as error:
        raise QueryFailedError(f"HIVE_INVALID_METADATA: {error}") from None


def _objects(
    account: str, region: str, table: Mapping[str, Any], outside: Outside
) -> Iterator[tuple[Stored, dict[str, str]]]:
    """The objects of a table with the values of their partition keys."""
    location = (table.get("StorageDescriptor") or {}).get("Location") or ""
    keys = [key["Name"].lower() for key in table.get("PartitionKeys") or []]
    parameters = table.get("Parameters") or {}
    projected = str(parameters.get("projection.enabled", "")).lower() == "true"
    if parameters.get("table_type", "").upper() == "ICEBERG":
        location = f"{location.rstrip('/')}/data"
    if not keys or projected:
        for stored in _below(location):
            yield stored, storage.partition_values(stored.key)
        return
    # One listing serves all partitions below the location: a table has hundreds of them.
    inside = list(_below(location))
    names = [_uri(stored) for stored in inside]
    for partition in catalog.partitions(account, region, table["DatabaseName"], table["Name"]):
        values = dict(zip(keys, partition.get("Values") or [], strict=False))
        own = f"{((partition.get('StorageDescriptor') or {}).get('Location') or '').rstrip('/')}/"
        if own.startswith(f"{location.rstrip('/')}/"):
            first = bisect_left(names, own)
            last = bisect_left(names, own + chr(0x10FFFF), first)
            found = inside[first:last]
        else:
            found = list(_below(own))
            outside(own, found)
        for stored in found:
            yield stored, values


def _uri(stored: Stored) -> str:
    return f"s3://{stored.bucket}/{stored.key}"


def _below(location: str) -> Iterator[Stored]:
    try:
        bucket, prefix = storage.split(location)
        prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        for stored in storage.listing(bucket, prefix):
            if stored.size and not stored.key.rsplit("/", 1)[-1].startswith(("_", ".")):
                yield stored
    except ValueError as error:
        raise QueryFailedError(f"HIVE_METASTORE_ERROR: {error}") from None
    except storage.NoSuchBucketError as error:
        raise QueryFailedError(
            f"HIVE_FILESYSTEM_ERROR: {location}: The specified bucket does not exist (Service: Amazon S3; Status Code: "
            f"404; Error Code: NoSuchBucket; Bucket: {error})"
        ) from None


def _format(descriptor: Mapping[str, Any]) -> str:
    serde = (descriptor.get("SerdeInfo") or {}).get("SerializationLibrary") or descriptor.get("InputFormat") or ""
    for word, name in (("parquet", "parquet"), ("opencsv", "opencsv"), ("lazysimple", "text"), ("json", "json")):
        if word in serde.lower():
            return name
    raise QueryFailedError(f"HIVE_UNSUPPORTED_FORMAT: the format of {serde or 'the table'} cannot be read")


@contextmanager
def _explained(stored: Stored) -> Iterator[None]:
    """Raises QueryFailedError, which names the object, for what goes wrong when it is read."""
    where = f"s3://{stored.bucket}/{stored.key}"
    try:
        yield
    except KeyError as error:
        raise QueryFailedError(f"HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {where}: {error} is gone") from None
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, TypeError) as error:
        raise QueryFailedError(f"HIVE_BAD_DATA: Error reading {where}: {error}") from None


def _read(stored: Stored, schema: Mapping[str, pa.DataType], descriptor: Mapping[str, Any]) -> pa.Table:
    kind = _format(descriptor)
    with _explained(stored):
        content = storage.get(stored)
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        if kind == "parquet":
            return _typed(pq.read_table(io.BytesIO(content)), schema)
        if kind == "json":
            records = [json.loads(line) for line in content.decode().splitlines() if line.strip()]
            lowered = [{name.lower(): value for name, value in record.items()} for record in records]
            return pa.table(
                {name: pa.array([record.get(name) for record in lowered], type_) for name, type_ in schema.items()}
            )
        return _delimited(content.decode(), schema, descriptor, quoted=kind == "opencsv")


def _keyed(rows: pa.Table, keys: Mapping[str, pa.DataType], values: Mapping[str, str]) -> pa.Table:
    """The rows with the values of their partition."""
    for name, kind in keys.items():
        rows = rows.append_column(name, pa.array([values.get(name)] * rows.num_rows, pa.string()).cast(kind))
    return rows


def _typed(rows: pa.Table, schema: Mapping[str, pa.DataType]) -> pa.Table:
    """The columns of the schema, found by lower-case name; what the file lacks is null (the table grew later)."""
    present = {name.lower(): index for index, name in enumerate(rows.column_names)}
    columns = {}
    for name, kind in schema.items():
        if name not in present:
            columns[name] = pa.nulls(rows.num_rows, kind)
            continue
        column = rows.column(present[name])
        columns[name] = column.cast(kind, safe=not pa.types.is_timestamp(kind))
    return pa.table(columns)


def _delimited(
    content: str, schema: Mapping[str, pa.DataType], descriptor: Mapping[str, Any], quoted: bool
) -> pa.Table:
    parameters = (descriptor.get("SerdeInfo") or {}).get("Parameters") or {}
    if quoted:
        reader = csv.reader(
            io.StringIO(content),
            delimiter=parameters.get("separatorChar", ","),
            quotechar=parameters.get("quoteChar", '"'),
        )
    else:
        delimiter = parameters.get("field.delim") or parameters.get("serialization.format") or "\x01"
        reader = csv.reader(io.StringIO(content), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    lines = list(reader)[int((descriptor.get("Parameters") or {}).get("skip.header.line.count") or 0) :]
    columns = {}
    for index, (name, kind) in enumerate(schema.items()):
        cells = [line[index] if index < len(line) else None for line in lines]
        nulled = [
            None if cell is None or cell == "\\N" or (cell == "" and kind != pa.string()) else cell for cell in cells
        ]
        columns[name] = pa.array(nulled, pa.string()).cast(kind)
    return pa.table(columns)
