"""The files of an offline store: partition, name and Parquet content. Pure but for the random part of names."""

import io
import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from featureshare.localaws.services.catalog import PARTITION_KEYS
from featureshare.localaws.services.state import Feature
from featureshare.localaws.services.values import Value

_ALPHABET = string.ascii_letters + string.digits
_TYPES = {"String": pa.string(), "Integral": pa.int64(), "Fractional": pa.float64()}
_TIMESTAMP = pa.timestamp("ms")


@dataclass(frozen=True, slots=True)
class Row:
    """A record on its way to the offline store; times are Unix seconds."""

    values: dict[str, Value]
    event_time: float
    invoked: float
    deleted: bool = False


def partition_of(event_time: float, iceberg: bool) -> tuple[str, ...]:
    """(year, month, day, hour) of the event time in UTC, or (date,) for Iceberg."""
    moment = datetime.fromtimestamp(event_time, UTC)
    if iceberg:
        return (moment.strftime("%Y-%m-%d"),)
    return (moment.strftime("%Y"), moment.strftime("%m"), moment.strftime("%d"), moment.strftime("%H"))


def place(partition: Sequence[str], rows: Sequence[Row], iceberg: bool) -> tuple[str, str]:
    """(folder below the data prefix, file name); the name starts with the latest event time in the file."""
    latest = datetime.fromtimestamp(max(row.event_time for row in rows), UTC)
    name = f"{latest.strftime('%Y%m%dT%H%M%SZ')}_{_random(16)}.parquet"
    if iceberg:
        return f"{_random(8)}/event_time_trunc={partition[0]}", name
    return "/".join(f"{key}={value}" for key, value in zip(PARTITION_KEYS, partition, strict=True)), name


def to_parquet(features: Iterable[Feature], rows: Sequence[Row], written: float) -> bytes:
    """Parquet with the features, write_time, api_invocation_time (timestamps, UTC) and is_deleted."""
    columns: dict[str, pa.Array] = {}
    for feature in features:
        kind = _TYPES[feature.type]
        cells = [_cell(row.values.get(feature.name), feature) for row in rows]
        columns[feature.name] = pa.array(cells, pa.list_(kind) if feature.collection else kind)
    columns["write_time"] = pa.array([_naive(written)] * len(rows), _TIMESTAMP)
    columns["api_invocation_time"] = pa.array([_naive(row.invoked) for row in rows], _TIMESTAMP)
    columns["is_deleted"] = pa.array([row.deleted for row in rows], pa.bool_())
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="snappy")
    return sink.getvalue()


def _cell(value: Value | None, feature: Feature) -> Any:
    if value is None:
        return None
    convert = {"String": str, "Integral": int, "Fractional": float}[feature.type]
    return convert(value) if isinstance(value, str) else [convert(item) for item in value]


def _naive(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
