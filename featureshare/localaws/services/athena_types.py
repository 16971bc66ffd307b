"""Types and values of a query: Glue type to Arrow, DuckDB type to Athena, value to Athena's text. Pure."""

import datetime as dt
import decimal
import math
import re
from typing import Any

import pyarrow as pa

_SIMPLE = {
    "string": pa.string(),
    "varchar": pa.string(),
    "char": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "tinyint": pa.int8(),
    "double": pa.float64(),
    "float": pa.float32(),
    "real": pa.float32(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "binary": pa.binary(),
}
_ATHENA = {
    "VARCHAR": "varchar",
    "BIGINT": "bigint",
    # Sums of bigint are HUGEINT in DuckDB and bigint in Athena.
    "HUGEINT": "bigint",
    "UBIGINT": "bigint",
    "UINTEGER": "bigint",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TINYINT": "tinyint",
    "DOUBLE": "double",
    "FLOAT": "float",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
    "BLOB": "varbinary",
    "JSON": "json",
    "UUID": "varchar",
    '"NULL"': "unknown",
    "NULL": "unknown",
}
_PRECISION = {
    "bigint": 19,
    "integer": 10,
    "smallint": 5,
    "tinyint": 3,
    "double": 17,
    "float": 17,
    "varchar": 2147483647,
}
_GLUE = {"varchar": "string", "integer": "int", "varbinary": "binary", "json": "string", "unknown": "string"}


def arrow_type(glue_type: str) -> pa.DataType:
    """The Arrow type of a Glue (Hive) column type. Raises ValueError for a type that is not known."""
    text = glue_type.strip().lower()
    name, _, rest = text.partition("<")
    if rest:
        inner = rest[: rest.rindex(">")]
        if name == "array":
            return pa.list_(arrow_type(inner))
        parts = _split(inner)
        if name == "map" and len(parts) == 2:
            return pa.map_(arrow_type(parts[0]), arrow_type(parts[1]))
        if name == "struct":
            fields = (part.partition(":") for part in parts)
            return pa.struct([(field.strip(), arrow_type(kind)) for field, _, kind in fields])
    name, _, arguments = text.partition("(")
    if name.strip() == "decimal":
        precision, _, scale = arguments.rstrip(") ").partition(",")
        return pa.decimal128(int(precision or 10), int(scale or 0))
    found = _SIMPLE.get(name.strip())
    if found is None:
        raise ValueError(f"unknown column type {glue_type}")
    return found


def athena_type(duckdb_type: str) -> str:
    """The ColumnInfo type of a DuckDB result column."""
    if duckdb_type.endswith("]"):
        return "array"
    if duckdb_type.startswith("TIMESTAMP"):
        return "timestamp with time zone" if "WITH TIME ZONE" in duckdb_type else "timestamp"
    for prefix, name in (
        ("DECIMAL", "decimal"),
        ("STRUCT", "row"),
        ("MAP", "map"),
        ("INTERVAL", "interval day to second"),
    ):
        if duckdb_type.startswith(prefix):
            return name
    return _ATHENA.get(duckdb_type, "varchar")


def glue_type(duckdb_type: str) -> str:
    """The Glue column type for a DuckDB result column, as CTAS stores it."""
    if duckdb_type.endswith("[]"):
        return f"array<{glue_type(duckdb_type[:-2])}>"
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.lower()
    kind = athena_type(duckdb_type)
    if kind == "timestamp with time zone":
        return "timestamp"
    return _GLUE.get(kind, kind)


def column_info(name: str, duckdb_type: str) -> dict[str, Any]:
    """A column of ResultSetMetadata."""
    kind = athena_type(duckdb_type)
    precision, scale = _PRECISION.get(kind, 0), 0
    if match := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", duckdb_type):
        precision, scale = int(match[1]), int(match[2])
    elif kind.startswith("timestamp"):
        precision = 3
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind == "varchar",
    }


def text(value: Any) -> str | None:
    """A value as Athena writes it into results; None stays NULL."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, dt.datetime):
        shown = value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"
        return f"{shown} {_zone(value)}" if value.tzinfo else shown
    if isinstance(value, bytes):
        return " ".join(f"{byte:02x}" for byte in value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_inner(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            return "{" + ", ".join(f"{_inner(key)}={_inner(item)}" for key, item in value) + "}"
        return "[" + ", ".join(_inner(item) for item in value) + "]"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return str(value)


def _inner(value: Any) -> str:
    shown = text(value)
    return "null" if shown is None else shown


def _zone(value: dt.datetime) -> str:
    name = str(value.tzinfo)
    return "UTC" if name in ("UTC", "Etc/UTC", "UTC+00:00") else name


def _double(value: float) -> str:
    """Java's Double.toString: 1.0, 1.0E10, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        shown = repr(value)
        return format(decimal.Decimal(shown), "f") if "e" in shown else shown
    sign, digits, exponent = decimal.Decimal(repr(value)).normalize().as_tuple()
    figures = "".join(map(str, digits))
    power = int(exponent) + len(figures) - 1
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{power}"


def _split(inner: str) -> list[str]:
    """Splits at commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(inner):
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            parts.append(inner[start:index])
            start = index + 1
    return [*parts, inner[start:]]
