"""Queries on DuckDB, in a connection that sees the given tables and nothing else: no files, no network, no settings."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
from sqlglot import exp

from featureshare.localaws.services.athena_data import Scan
from featureshare.localaws.services.athena_sql import QueryFailedError, to_duckdb

MEMORY_LIMIT = "1GB"
SPILL_LIMIT = "50GB"
BATCH = 100_000  # rows of a result that is poured
_LOCAL_FUNCTIONS = (
    "CREATE MACRO to_iso8601(x) AS strftime(x, '%Y-%m-%dT%H:%M:%S.%gZ')",
    "CREATE MACRO at_timezone(x, zone) AS timezone(zone, x)",
    "CREATE MACRO to_unixtime(x) AS epoch(x)",
    # One of Trino's Teradata functions, in the one format that the SageMaker SDK's dataset builder asks for as_of with.
    "CREATE MACRO to_timestamp(x, form) AS CASE WHEN lower(form) = 'yyyy-mm-dd hh24:mi:ss' "
    "THEN strptime(x, '%Y-%m-%d %H:%M:%S') ELSE error('to_timestamp: the local AWS does not know ' || form) END",
)
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    # As in Athena, integers divide to integers.
    "SET integer_division = true",
    f"SET memory_limit = '{MEMORY_LIMIT}'",
    # What a query holds beyond that goes to a folder of its own, which ends with it.
    f"SET max_temp_directory_size = '{SPILL_LIMIT}'",
    *_LOCAL_FUNCTIONS,
    # Query text comes from clients: it must reach neither Python's variables nor files of the machine.
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


@dataclass(frozen=True)
class Result:
    """Rows and, per column, the name and DuckDB type."""

    rows: pa.Table
    names: list[str]
    types: list[str]

    def records(self) -> list[list[Any]]:
        """The rows as lists of Python values."""
        columns = [column.to_pylist() for column in self.rows.columns]
        return [list(row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Poured:
    """The rows of a result as record batches, read once, and, per column, the name and DuckDB type."""

    batches: pa.RecordBatchReader
    names: list[str]
    types: list[str]


T = TypeVar("T")


class Engine:
    """One query on its own connection; `cancel` may be called from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._cancelled = False

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            if self._connection is not None:
                self._connection.interrupt()

    def run(self, query: exp.Expression, tables: Mapping[str, pa.Table | Scan]) -> Result:
        """Runs a query whose tables are named as in `tables`. Raises QueryFailedError worded as Athena does."""
        return self._ask(query, tables, lambda relation: Result(relation.to_arrow_table(), *_columns(relation)))

    def pour(self, query: exp.Expression, tables: Mapping[str, pa.Table | Scan], take: Callable[[Poured], T]) -> T:
        """Runs a query and hands its rows to `take` as they come, so that nobody holds them all; returns what it does.

        Raises as `run` does, possibly when `take` has had some of the rows.
        """
        return self._ask(
            query, tables, lambda relation: take(Poured(relation.to_arrow_reader(BATCH), *_columns(relation)))
        )

    def _ask(self, query: exp.Expression, tables: Mapping[str, pa.Table | Scan], use: Callable[[Any], T]) -> T:
        text = to_duckdb(_named(query))
        with self._lock:
            if self._cancelled:
                raise QueryFailedError("Query was cancelled")
            self._connection = connection = duckdb.connect(
                ":memory:",
                config={
                    "threads": "2",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                    "allow_community_extensions": "false",
                },
            )
        spill = tempfile.TemporaryDirectory(prefix="featureshare-athena-")
        try:
            connection.execute(f"SET temp_directory = '{spill.name}'")
            for name, rows in tables.items():
                connection.register(name, rows)
            for setting in _SETTINGS:
                connection.execute(setting)
            return use(connection.sql(text))
        except duckdb.Error as error:
            raise next(_failed(tables), QueryFailedError(_reason(error))) from error
        finally:
            with self._lock:
                self._connection = None
            connection.close()
            spill.cleanup()


def _failed(tables: Mapping[str, pa.Table | Scan]) -> Iterator[QueryFailedError]:
    """Why tables could not be read."""
    for rows in tables.values():
        if isinstance(rows, Scan) and rows.failed is not None:
            yield rows.failed


def _columns(relation: Any) -> tuple[list[str], list[str]]:
    """Names and types of a relation."""
    return [name.lower() for name in relation.columns], [str(kind) for kind in relation.types]


def _named(query: exp.Expression) -> exp.Expression:
    """Columns without a name are `_col0`, `_col1`, ... by their position, as in Athena."""
    query = query.copy()
    first = query
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    if isinstance(first, exp.Select):
        for index, item in enumerate(first.expressions):
            if not item.alias_or_name and not item.is_star:
                item.replace(exp.alias_(item.copy(), f"_col{index}", quoted=True))
    return query


def _reason(error: duckdb.Error) -> str:
    message = str(error).split("\n\nLINE", 1)[0].replace("\n", " ").strip()
    kind, _, detail = message.partition(": ")
    lowered = message.lower()
    if isinstance(error, duckdb.BinderException) and "referenced" in lowered:
        return (
            f"COLUMN_NOT_FOUND: line 1:8: {detail}. The column cannot be resolved or the requester is not authorized "
            "to access requested resources"
        )
    if isinstance(error, duckdb.CatalogException) and "function" in lowered:
        return f"FUNCTION_NOT_FOUND: line 1:8: {detail}"
    if isinstance(error, duckdb.OutOfMemoryException):
        return "EXCEEDED_MEMORY_LIMIT: Query exhausted resources at this scale factor"
    if isinstance(error, duckdb.ConversionException):
        return f"INVALID_CAST_ARGUMENT: {detail}"
    if isinstance(error, duckdb.BinderException | duckdb.ParserException):
        return f"SYNTAX_ERROR: line 1:1: {detail}"
    return f"GENERIC_USER_ERROR: {kind}: {detail}"
