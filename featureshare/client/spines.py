"""The rows that a data set is built on: from a DataFrame, a Parquet file, an Arrow table or dictionaries."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from featureshare.client.manifest import RowsHash
from featureshare.client.pointintime import SPINE_ROW, DatasetInput, Spine, text
from featureshare.client.rows import stored_batches

INLINE = 150_000  # bytes of rows that still go into the query itself; a query has at most 262,144 (aws-facts: quotas)
_BATCH = 50_000
_PIECE = 1_000  # rows: about what a query holds
_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$"

Line = tuple[str | None, ...]


@dataclass(frozen=True)
class Rows:
    """Rows that were given: their spine, and either the lines themselves (few) or a Parquet file of them (many).

    `inline` is how many bytes of rows a query may hold.
    """

    spine: Spine
    lines: tuple[Line, ...] | None
    file: Path | None
    rows: int
    digest: str
    inline: int

    def pieces(self, most: int) -> tuple[tuple[Line, ...], ...] | None:
        """The lines of the file in order, in pieces that a query can hold; None when they are more than `most`."""
        assert self.file is not None
        found: list[list[Line]] = [[]]
        size = 0
        for batch in stored_batches(self.file, _PIECE):
            for line in _texts(batch):
                added = _size(line)
                if size + added > self.inline and found[-1]:
                    if len(found) == most:
                        return None
                    found.append([])
                    size = 0
                found[-1].append(line)
                size += added
        return tuple(tuple(lines) for lines in found)

    def describe(self) -> dict[str, Any]:
        """What a manifest keeps of them."""
        return {"kind": "rows", "columns": dict(self.spine.columns), "rows": self.rows, "hash": self.digest}


def given_rows(data: Any, event_time: str | None, folder: Path, inline: int = INLINE) -> Rows:
    """Rows with a number each (`spine_row`), in `folder` as Parquet when they are more than a query holds.

    Times become ISO 8601 text in UTC, as event times are. Raises DatasetInput for what has no place in SQL.
    """
    import pyarrow.parquet as pq

    found, lines, size = RowsHash(), [], 0
    writer, columns = None, None
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".parquet", delete=False) as file:
        path = Path(file.name)
    try:
        for batch in _batches(data):
            plain = _plain(batch, found.rows, event_time)
            if writer is None:
                columns = tuple((name, _sql_type(plain.schema.field(name).type)) for name in plain.schema.names)
                writer = pq.ParquetWriter(path, plain.schema)
            writer.write_batch(plain)
            found.add(plain)
            if size <= inline:
                texts = _texts(plain)
                size += sum(map(_size, texts))
                lines += texts
    finally:
        if writer is not None:
            writer.close()
    if columns is None or found.rows == 0:
        raise DatasetInput("the spine has no rows.")
    small = size <= inline
    if small:
        path.unlink()
    return Rows(
        Spine(columns, event_time),
        tuple(lines) if small else None,
        None if small else path,
        found.rows,
        found.digest(),
        inline,
    )


def batches_of(files: Iterator[Path]) -> Iterator[Any]:
    """Arrow record batches of Parquet files, one file at a time."""
    import pyarrow.parquet as pq

    for file in files:
        with pq.ParquetFile(file, pre_buffer=False) as opened:
            yield from opened.iter_batches(batch_size=_BATCH)


def _batches(data: Any) -> Iterator[Any]:
    import pyarrow as pa

    if isinstance(data, (str, Path)):
        yield from stored_batches(data, _BATCH)
        return
    try:
        if hasattr(data, "itertuples"):
            data = pa.Table.from_pandas(data, preserve_index=False)
        elif not hasattr(data, "to_batches"):
            data = pa.Table.from_pylist(list(data))
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as error:
        raise DatasetInput(f"the spine has a column of mixed or unknown types: {error}.") from None
    yield from data.to_batches(max_chunksize=_BATCH)


def _plain(batch: Any, begin: int, event_time: str | None) -> Any:
    """A batch with its row numbers, in the four types that SQL has for it."""
    import pyarrow as pa

    if SPINE_ROW in batch.schema.names:
        raise DatasetInput(f"{SPINE_ROW} is what the rows' numbers are called; rename that column of the spine.")
    arrays, names = [pa.array(range(begin, begin + batch.num_rows), pa.int64())], [SPINE_ROW]
    for name in batch.schema.names:
        arrays.append(_column(name, batch.column(name), begin, name == event_time))
        names.append(name)
    return pa.record_batch(arrays, names=names)


def _column(name: str, column: Any, begin: int, is_time: bool) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_timestamp(kind):
        column, kind = _iso(name, column, begin), pa.string()
    if pa.types.is_boolean(kind):
        return column
    if pa.types.is_integer(kind):
        return pc.cast(column, pa.int64())
    if pa.types.is_floating(kind):
        column = pc.cast(column, pa.float64())
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
        if pc.any(pc.is_inf(column)).as_py():
            raise DatasetInput(f"{name} has infinite values, from row {begin} on.")
        return column
    if pa.types.is_null(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.cast(column, pa.string())
        if is_time:
            _check_times(name, column, begin)
        return column
    raise DatasetInput(f"{name} is of type {kind}, for which a data set has no place; make it text or a number.")


def _iso(name: str, column: Any, begin: int) -> Any:
    """Times as text: with milliseconds where there are any. Raises DatasetInput for times without a zone, or finer."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.type.tz is None:
        raise DatasetInput(f"{name} has times without a time zone; say which, or make it UTC.")
    try:
        column = pc.cast(column, pa.timestamp("ms", "UTC"))
    except pa.ArrowInvalid:
        raise DatasetInput(f"{name} has times finer than milliseconds, from row {begin} on; round them.") from None
    shown = pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return pc.replace_substring(shown, ".000Z", "Z")


def _check_times(name: str, column: Any, begin: int) -> None:
    import pyarrow.compute as pc

    good = pc.fill_null(pc.match_substring_regex(column, _ISO), False)
    if not pc.all(good).as_py():
        at = pc.index(good, False).as_py()
        raise DatasetInput(
            f"{name} is {column[at].as_py()!r} in row {begin + at}, not a time such as 2026-01-31T12:00:00Z."
        )


def _sql_type(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "boolean"
    return "bigint" if pa.types.is_integer(kind) else "double" if pa.types.is_floating(kind) else "varchar"


def _texts(batch: Any) -> list[Line]:
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [pc.cast(column, pa.string()).to_pylist() for column in batch.columns]
    return list(zip(*columns, strict=True))


def _size(line: Line) -> int:
    """Bytes that a line takes in a query."""
    return sum(len("NULL" if value is None else text(value).encode()) + 2 for value in line) + 4
