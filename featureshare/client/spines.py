"""The rows that a data set is built on, from what people have: a feature group's name, a DataFrame, a Parquet file."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from featureshare.client.pointintime import SPINE_ROW, DatasetInput, Spine
from featureshare.client.rows import arrow, columns_of, rows_of
from featureshare.client.values import BadValue, event_time_text, is_missing

INLINE = 150_000  # bytes of rows that still go into the query itself; a query has at most 262,144 (aws-facts: quotas)
_BATCH = 50_000
_KINDS: dict[type, str] = {bool: "boolean", int: "bigint", float: "double", str: "varchar", datetime: "varchar"}

Line = tuple[str | None, ...]


@dataclass(frozen=True)
class Rows:
    """Rows that were given: their spine, and either the lines themselves (few) or a Parquet file of them (many)."""

    spine: Spine
    lines: tuple[Line, ...] | None
    file: Path | None
    rows: int
    digest: str

    def describe(self) -> dict[str, Any]:
        """What a manifest keeps of them."""
        return {"kind": "rows", "columns": dict(self.spine.columns), "rows": self.rows, "hash": self.digest}


def given_rows(data: Any, event_time: str | None, folder: Path, inline: int = INLINE) -> Rows:
    """Rows as texts with a number each (`spine_row`), in `folder` as Parquet when they are more than a query holds.

    Raises DatasetInput for values of a type that has no place in SQL, and for mixed types in a column.
    """
    names = columns_of(data)
    source = rows_of(data)
    if names is None:
        data = list(data)
        names, source = list(data[0]) if data else [], iter(data)
    if not names:
        raise DatasetInput("the spine has no columns.")
    if SPINE_ROW in names:
        raise DatasetInput(f"{SPINE_ROW} is what the rows' numbers are called; rename that column of the spine.")
    reader = _Reader(names, event_time)
    kept: list[Line] | None = []
    size = 0
    writer: _Writer | None = None
    for number, row in enumerate(source):
        line = (str(number), *reader.line(row))
        if kept is not None:
            kept.append(line)
            size += sum(len(value or "NULL") + 6 for value in line)
            if size > inline:
                writer = _Writer(folder, reader)
                for one in kept:
                    writer.add(one)
                kept = None
        elif writer is not None:
            writer.add(line)
    columns = ((SPINE_ROW, "bigint"), *reader.columns())
    file = writer.close() if writer else None
    if reader.rows == 0:
        raise DatasetInput("the spine has no rows.")
    lines = None if kept is None else tuple(kept)
    return Rows(Spine(columns, event_time), lines, file, reader.rows, reader.digest.hexdigest())


class _Reader:
    """Values as texts, the type of each column as its first value has it, and the hash of all of it."""

    def __init__(self, names: Sequence[str], event_time: str | None) -> None:
        self.names, self.event_time = names, event_time
        self.kinds: dict[str, str] = {}
        self.rows = 0
        self.digest = hashlib.sha256(json.dumps(list(names)).encode())

    def line(self, row: Any) -> Line:
        self.rows += 1
        line = tuple(self._text(name, row.get(name)) for name in self.names)
        self.digest.update(json.dumps(line).encode())
        return line

    def columns(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, self.kinds.get(name, "varchar")) for name in self.names)

    def _text(self, name: str, value: Any) -> str | None:
        if is_missing(value):
            return None
        value = value.item() if hasattr(value, "item") and not isinstance(value, datetime) else value
        kind = next((sql for plain, sql in _KINDS.items() if isinstance(value, plain)), None)
        if kind is None:
            raise DatasetInput(f"{name} in row {self.rows - 1} is {type(value).__name__}, which no column can hold.")
        known = self.kinds.setdefault(name, kind)
        if (known, kind) == ("double", "bigint"):
            kind = "double"
        if kind != known:
            raise DatasetInput(f"{name} is {known} at first and {kind} in row {self.rows - 1}; make it one type.")
        if isinstance(value, datetime) or (name == self.event_time and kind == "varchar"):
            try:
                return event_time_text(name, "String", value)
            except BadValue as error:
                raise DatasetInput(f"row {self.rows - 1}: {error}.") from None
        if kind == "boolean":
            return "true" if value else "false"
        return repr(float(value)) if kind == "double" else str(value)


class _Writer:
    """Lines into one Parquet file, some thousands at a time."""

    def __init__(self, folder: Path, reader: _Reader) -> None:
        arrow("a spine of this size")
        self._reader = reader
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".parquet", delete=False) as file:
            self._path = Path(file.name)
        self._writer: Any = None
        self._lines: list[Line] = []

    def add(self, line: Line) -> None:
        self._lines.append(line)
        if len(self._lines) >= _BATCH:
            self._flush()

    def close(self) -> Path:
        if self._lines:
            self._flush()
        self._writer.close()
        return self._path

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        types = {"bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(), "varchar": pa.string()}
        columns = ((SPINE_ROW, "bigint"), *self._reader.columns())
        arrays = [
            pc.cast(pa.array([line[index] for line in self._lines], pa.string()), types[kind])
            for index, (_, kind) in enumerate(columns)
        ]
        table = pa.table(arrays, names=[name for name, _ in columns])
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema)
        elif table.schema != self._writer.schema:
            raise DatasetInput("a column has no value in the first rows and another type than text later; give it one.")
        self._writer.write_table(table)
        self._lines = []


def batches_of(files: Iterator[Path]) -> Iterator[Any]:
    """Arrow record batches of Parquet files, one file at a time."""
    import pyarrow.parquet as pq

    for file in files:
        with pq.ParquetFile(file) as opened:
            yield from opened.iter_batches(batch_size=_BATCH)
