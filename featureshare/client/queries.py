"""Athena queries from start to end, as a verb's session."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from featureshare.client.connection import Connection
from featureshare.client.errors import Denied, code_of
from featureshare.client.online import pause
from featureshare.client.sharing import Group, Workgroup
from featureshare.errors import FeatureShareError

LONGEST = 240 * 60.0  # seconds; the most that Athena lets a DML query be raised to (aws-facts: quotas)
_BUSY = frozenset({"TooManyRequestsException", "ThrottlingException"})
_ATTEMPTS = 10
_DENIED_WORDS = ("accessdenied", "notauthorized", "insufficientpermission", "permissiondenied")


class QueryFailed(FeatureShareError):
    """A query ended in another state than SUCCEEDED; the message has Athena's reason and the query's id."""


def run_query(
    connection: Connection,
    sql: str,
    workgroup: Workgroup,
    database: str,
    *,
    own: bool,
    group: Group | None = None,
    sleep: Callable[[float], None] = time.sleep,
    timeout: float = LONGEST,
) -> Mapping[str, Any]:
    """Run `sql` and wait for its end; the finished QueryExecution. `own`: in the team's account, as the role itself;
    otherwise as the role that reads `group`.

    Raises Denied, QueryFailed.
    """
    client = connection.base_client("athena") if own else connection.client("athena", "read-offline", group)
    role = connection.identity.arn if own else connection.role("read-offline", group)
    query_id = _start(connection, client, sql, workgroup, database, role, sleep)
    waited, step = 0.0, 0.05
    while True:
        execution: dict[str, Any] = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        status = execution["Status"]
        if status["State"] == "SUCCEEDED":
            return execution
        if status["State"] in ("FAILED", "CANCELLED"):
            reason = str(status.get("StateChangeReason") or status["State"].lower())
            if _says_denied(reason):
                hint = f"(query {query_id})"
                raise Denied(
                    connection.sharing.environment,
                    "athena:StartQueryExecution",
                    workgroup.name,
                    role,
                    hint,
                    reason + ".",
                )
            raise QueryFailed(f"query {query_id} in {workgroup.name} failed: {reason}")
        if waited > timeout:
            client.stop_query_execution(QueryExecutionId=query_id)
            raise QueryFailed(f"query {query_id} in {workgroup.name} did not end in {timeout:.0f} s and was stopped")
        sleep(step)
        waited, step = waited + step, min(2.0, step * 1.5)


def _says_denied(reason: str) -> bool:
    """Whether a query failed for want of rights: Athena says so in the words of the service that refused.

    Of a name that is not there it says, too, that the requester may not be authorized; that alone is no denial.
    """
    words = reason.lower().replace(" ", "")
    return "_not_found:" not in words and any(word in words for word in _DENIED_WORDS)


def _start(
    connection: Connection,
    client: Any,
    sql: str,
    workgroup: Workgroup,
    database: str,
    role: str,
    sleep: Callable[[float], None],
) -> str:
    """Start it; when the account's queries are at their limit, wait for a place."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with connection.denials("athena:StartQueryExecution", f"workgroup {workgroup.name}", role):
                return str(
                    client.start_query_execution(
                        QueryString=sql,
                        WorkGroup=workgroup.name,
                        QueryExecutionContext={"Database": database},
                    )["QueryExecutionId"]
                )
        except ClientError as error:
            if code_of(error) not in _BUSY or attempt == _ATTEMPTS:
                raise
            sleep(pause(attempt + 4))
    raise AssertionError("unreachable")
