"""Athena queries from start to rows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.errors import FeatureShareError
from featureshare.journeys.cast import Group, Workgroup

Texts = Mapping[str, str | None]

_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class QueryFailed(FeatureShareError):
    """A query ended in another state than SUCCEEDED, or not before its deadline; `reason` is Athena's."""

    def __init__(self, query_id: str, state: str, reason: str) -> None:
        super().__init__(f"query {query_id} {state.lower()}: {reason}")
        self.query_id = query_id
        self.state = state
        self.reason = reason

    @property
    def denied(self) -> bool:
        """Whether it failed for want of rights; Athena says so in words only, in the words of the service denied."""
        words = self.reason.lower().replace(" ", "")
        return any(
            word in words for word in ("accessdenied", "notauthorized", "insufficientpermission", "permissiondenied")
        )


@dataclass(frozen=True)
class Query:
    """A query that succeeded: its id, the S3 URI of its result, bytes scanned, and how long it took in seconds."""

    id: str
    output: str
    scanned: int
    seconds: float


def run(client: Any, sql: str, workgroup: Workgroup, database: str, timeout: float = 120.0, **options: Any) -> Query:
    """Run `sql` and wait for its end. Raises QueryFailed, or ClientError when the start itself is refused."""
    start = time.monotonic()
    query_id = client.start_query_execution(
        QueryString=sql, WorkGroup=workgroup.name, QueryExecutionContext={"Database": database}, **options
    )["QueryExecutionId"]
    return _ended(client, query_id, start, timeout)


def _ended(client: Any, query_id: str, start: float, timeout: float) -> Query:
    pause = 0.05
    while True:
        execution = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        state = execution["Status"]["State"]
        seconds = time.monotonic() - start
        if state in _ENDED or seconds > timeout:
            break
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)
    if state != "SUCCEEDED":
        reason = execution["Status"].get("StateChangeReason") or f"no end after {seconds:.0f} s"
        raise QueryFailed(query_id, state, reason)
    scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
    return Query(query_id, execution["ResultConfiguration"]["OutputLocation"], scanned, seconds)


def run_in_primary(client: Any, sql: str, database: str, output: str, timeout: float = 120.0) -> Query:
    """Run `sql` as clients do that name no workgroup: in `primary`, with the result under the S3 URI `output`.

    Raises as `run` does.
    """
    start = time.monotonic()
    asked = client.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": database},
        ResultConfiguration={"OutputLocation": output},
    )
    return _ended(client, asked["QueryExecutionId"], start, timeout)


def rows(client: Any, query_id: str) -> list[Texts]:
    """All rows of a finished SELECT by column name; every value is text, null is None."""
    found: list[Texts] = []
    names: list[str] = []
    for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id):
        result = page["ResultSet"]
        fetched = [[cell.get("VarCharValue") for cell in row["Data"]] for row in result["Rows"]]
        if not names:
            names = [column["Name"] for column in result["ResultSetMetadata"]["ColumnInfo"]]
            fetched = fetched[1:]  # the first row of the first page repeats the column names
        found.extend(dict(zip(names, values, strict=True)) for values in fetched)
    return found


def select(client: Any, sql: str, workgroup: Workgroup, database: str, timeout: float = 120.0) -> list[Texts]:
    """Run a SELECT and fetch its rows."""
    return rows(client, run(client, sql, workgroup, database, timeout).id)


def table(group: Group) -> str:
    """The group's table, quoted for SQL. Raises FeatureShareError if it has no offline store."""
    if not group.database or not group.table:
        raise FeatureShareError(f"{group.name} has no table: its offline store is off")
    return f"{quoted(group.database)}.{quoted(group.table)}"


def quoted(name: str) -> str:
    """A name as SQL quotes it; declared names hold no quotes, and one that does stays one name."""
    return '"' + name.replace('"', '""') + '"'


def of_run(group: Group, run_tag: str) -> str:
    """The condition that keeps one run's rows: its tag is in every identifier of type String."""
    if group.type_of(group.record_identifier) != "String":
        return "TRUE"
    return f"{quoted(group.record_identifier)} LIKE '%{run_tag}%'"


def newest_rows(group: Group, condition: str) -> str:
    """SQL for the values that count now: the newest row of each record, deletions dropped."""
    columns = ", ".join(quoted(name) for name, _ in group.features)
    return (
        f"SELECT {columns} FROM (SELECT {columns}, is_deleted, row_number() OVER ("
        f"PARTITION BY {quoted(group.record_identifier)} "
        f"ORDER BY {quoted(group.event_time)} DESC, api_invocation_time DESC, write_time DESC) AS age "
        f"FROM {table(group)} WHERE {condition}) WHERE age = 1 AND NOT is_deleted"
    )
