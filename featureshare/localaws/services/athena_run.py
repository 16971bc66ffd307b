"""Running a statement: its rights, its tables, its work, its result. Every step as the caller who started the query."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlglot import exp

from featureshare.iam.calls import Call, Check, Unmapped
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services import athena_data, athena_ddl, athena_sql, catalog, storage
from featureshare.localaws.services.athena_data import Scan
from featureshare.localaws.services.athena_engine import Poured, Result
from featureshare.localaws.services.athena_results import write_result
from featureshare.localaws.services.athena_sql import QueryFailedError, TableName
from featureshare.localaws.services.athena_store import Query, data_catalogs
from featureshare.localaws.services.athena_types import column_info, text
from featureshare.localaws.services.athena_writes import run_write
from featureshare.localaws.services.runtime import clock, required
from featureshare.localaws.services.storage import Stored

log = logging.getLogger(__name__)

T = TypeVar("T")
VIA = ("athena.amazonaws.com",)
MAX_VIEW_DEPTH = 20
USER_ERROR, SYSTEM_ERROR = 2, 1


class Run:
    """One statement under way, for the modules that carry out its kinds."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.account, self.region = query.call.account, query.call.region
        self.catalogs = data_catalogs(self.account, self.region)
        catalog_name = str(query.context.get("Catalog") or athena_sql.CATALOG).lower()
        if catalog_name not in self.catalogs:
            raise QueryFailedError(f"CATALOG_NOT_FOUND: line 1:15: Catalog '{catalog_name}' not found")
        self.default_account = self.catalogs[catalog_name]

    def allow(self, service: str, operation: str, params: dict[str, Any], via: tuple[str, ...] = ()) -> None:
        """Asks for the caller's rights for a call or internal work. Raises ServiceError."""
        call = self.query.call
        caller = call.caller.role_arn or call.caller.arn
        partition = caller.split(":")[1] if caller.startswith("arn:") else "aws"
        checks: Sequence[Check] = required(
            Call(service, operation, params, self.account, self.region, caller, partition)
        )
        call.authorize([replace(check, via=via) for check in checks] if via else checks)

    def allow_query(self, tables: Mapping[TableName, Sequence[exp.Table]]) -> None:
        """The caller's rights to the tables that a query names, and to the data catalogs by which it names them."""
        self.allow_reading(list(tables), athena_sql.named_catalogs(tables))

    def allow_reading(self, tables: Sequence[TableName], catalogs: Sequence[str] = ()) -> None:
        """The caller's rights to read tables, by registered data catalogs, and to write this query's result."""
        self.allow(
            "athena",
            "_RunQuery",
            {
                "workgroup": self.query.workgroup.name,
                "tables": [self._named(table) for table in tables],
                "databases": self._databases(),
                "catalogs": list(catalogs),
                "output_location": self.query.folder,
                "expected_owner": self.query.config.get("ExpectedBucketOwner"),
            },
        )

    def allow_writing(self, uri: str) -> None:
        """The caller's rights to write objects below an S3 URI."""
        self.allow(
            "athena",
            "_RunQuery",
            {"workgroup": self.query.workgroup.name, "tables": [], "databases": [], "output_location": uri},
        )

    def select(self, query: exp.Expression) -> Result:
        """Authorizes and runs a query over tables and views."""
        return self.query.engine.run(*self._authorized(query))

    def pour(self, query: exp.Expression, take: Callable[[Poured], T]) -> T:
        """Authorizes and runs a query, and hands its rows to `take` as they come."""
        return self.query.engine.pour(*self._authorized(query), take)

    def _authorized(self, query: exp.Expression) -> tuple[exp.Expression, dict[str, Any]]:
        """The query over the data of its tables, by name."""
        query = athena_sql.bind(query, self.query.parameters)
        data: dict[TableName, tuple[str, Any]] = {}
        pending = athena_sql.read_tables(query, self.query.database, self.catalogs, self.default_account)
        self.allow_query(pending)
        for _ in range(MAX_VIEW_DEPTH):
            found: dict[TableName, list[exp.Table]] = {}
            for name, nodes in pending.items():
                self._resolve(name, nodes, data, found)
            if not found:
                break
            # What a view reads is read with the rights of whoever queries the view.
            self.allow_query(found)
            pending = found
        else:
            raise QueryFailedError("INVALID_VIEW: views are nested too deeply")
        names = athena_sql.names_in(query)
        narrow = {
            name: rows.only(names) for name, rows in data.values() if isinstance(rows, Scan) and names is not None
        }
        return query, {**dict(data.values()), **narrow}

    def _resolve(
        self,
        name: TableName,
        nodes: list[exp.Table],
        data: dict[TableName, tuple[str, Any]],
        found: dict[TableName, list[exp.Table]],
    ) -> None:
        """Puts the table's data, or the view's query, in the place of its nodes; tables of views go to `found`."""
        table = self.table(name)
        if table.get("TableType") == "VIRTUAL_VIEW":
            view, database = athena_sql.view_query(table.get("ViewOriginalText") or "")
            for node in nodes:
                body = view.copy()
                for inner, its_nodes in athena_sql.read_tables(body, database, self.catalogs, name.account).items():
                    found.setdefault(inner, []).extend(its_nodes)
                athena_sql.replace_table(node, exp.Subquery(this=body))
            return
        if name not in data:
            loaded = athena_data.load(name.account or self.account, self.region, table, self._outside)
            self.query.scanned += loaded.scanned
            self.query.read_rows += loaded.rows.num_rows
            self._enforce_cutoff()
            data[name] = (f"fs_table_{len(data)}", loaded.rows)
        for node in nodes:
            athena_sql.replace_table(node, exp.to_table(data[name][0]))

    def table(self, name: TableName) -> dict[str, Any]:
        """The Glue table. Raises QueryFailedError."""
        account = name.account or self.account
        found = catalog.table(account, self.region, name.database, name.table)
        if found is not None:
            return found
        if not catalog.database_exists(account, self.region, name.database):
            raise QueryFailedError(f"SCHEMA_NOT_FOUND: line 1:15: Schema '{name.database}' does not exist")
        raise QueryFailedError(
            f"TABLE_NOT_FOUND: line 1:15: Table '{athena_sql.CATALOG}.{name.database}.{name.table}' does not exist"
        )

    def _named(self, name: TableName) -> dict[str, Any]:
        named: dict[str, Any] = {"database": name.database, "table": name.table}
        if name.account:
            named["account"] = name.account
        table = catalog.table(name.account or self.account, self.region, name.database, name.table)
        if table is not None and table.get("TableType") != "VIRTUAL_VIEW":
            try:
                named["objects"] = athena_data.sample_keys(name.account or self.account, self.region, table)
            except QueryFailedError:
                # A broken table is reported after the rights were asked for, to those who may know of it.
                named["objects"] = []
        return named

    def _databases(self) -> list[str]:
        target = self.query.statement.target
        return [target.database] if target is not None and target.database else []

    def _outside(self, uri: str, objects: list[Stored]) -> None:
        """A partition may lie outside its table's location: then its own objects are asked for."""
        bucket, prefix = storage.split(uri)
        self.allow("s3", "ListObjectsV2", {"Bucket": bucket, "Prefix": prefix}, VIA)
        for stored in objects:
            self.allow("s3", "GetObject", {"Bucket": stored.bucket, "Key": stored.key}, VIA)

    def _enforce_cutoff(self) -> None:
        limit = self.query.workgroup.configuration.get("BytesScannedCutoffPerQuery")
        if limit and self.query.scanned > int(limit):
            raise CutoffError(
                f"Query cancelled! Bytes scanned limit was exceeded: {self.query.scanned} of {limit} bytes"
            )


class CutoffError(Exception):
    """The workgroup's limit on scanned bytes was reached."""


def execute(query: Query) -> None:
    """Runs a query to its end and records how it ended; never raises."""
    with query.lock:
        if query.state != "QUEUED":
            return
        query.state, query.started = "RUNNING", clock.now()
    try:
        _work(query)
        query.finish("SUCCEEDED", clock.now())
    except QueryFailedError as error:
        query.finish("FAILED", clock.now(), str(error), USER_ERROR)
    except CutoffError as error:
        query.finish("CANCELLED", clock.now(), str(error))
    except ServiceError as error:
        query.finish("FAILED", clock.now(), _denial(query, error.message), USER_ERROR)
    except Unmapped as error:
        query.finish("FAILED", clock.now(), f"Access denied: {error}", USER_ERROR)
    except Exception as error:
        log.exception("query %s failed inside", query.id)
        reason = f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}"
        query.finish("FAILED", clock.now(), reason, SYSTEM_ERROR)


def _work(query: Query) -> None:
    run = Run(query)
    kind, tree = query.statement.kind, query.statement.query
    bucket, _ = storage.split(query.folder)
    _check_output(query, bucket)
    if kind == "SELECT" and tree is not None:
        result = run.select(tree)
        _show(query, result)
    elif kind == "EXPLAIN" and tree is not None:
        tables = athena_sql.read_tables(tree, query.database, run.catalogs, run.default_account)
        run.allow_query(tables)
        _lines(query, ["Query Plan", *(f"- TableScan[{name.database}.{name.table}]" for name in tables)])
    elif kind in ("UNLOAD", "CTAS", "INSERT"):
        run_write(run)
    else:
        _lines(query, athena_ddl.run_ddl(run))
    write_result(query)


def _show(query: Query, result: Result) -> None:
    query.columns = [column_info(name, kind) for name, kind in zip(result.names, result.types, strict=True)]
    query.rows = [[text(value) for value in record] for record in result.records()]


def _lines(query: Query, lines: list[str]) -> None:
    query.header = False
    query.columns = [column_info("result", "VARCHAR")] if lines else []
    query.rows = [[line] for line in lines]


def _check_output(query: Query, bucket: str) -> None:
    owner = storage.owner(bucket)
    if owner is None:
        raise QueryFailedError(f"Unable to verify/create output bucket {bucket}")
    expected = query.config.get("ExpectedBucketOwner")
    if expected and expected != owner:
        raise QueryFailedError(f"{_output_denied(query)} (the bucket is not owned by the expected account {expected})")


def _output_denied(query: Query) -> str:
    return (
        f"Access denied when writing output to url: {query.config['OutputLocation']} . Please ensure you are allowed "
        "to access the S3 bucket. If you are encrypting query results with KMS key, please ensure you are allowed to "
        "access your KMS key"
    )


def _denial(query: Query, message: str) -> str:
    """A denial in Athena's words, with the decision's own message, which names action and resource."""
    bucket, _ = storage.split(query.folder)
    if "s3:" in message and f":::{bucket}" in message:
        return f"{_output_denied(query)} ({message})"
    if "s3:" in message or "kms:" in message:
        return f"Permission denied on S3 path. {message}"
    return f"Insufficient permissions to execute the query. {message}"
