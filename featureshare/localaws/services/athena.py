"""Athena's query operations: start, follow, read and stop query executions."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from featureshare.iam.calls import QueryFacts
from featureshare.localaws.invocation import Handler, Invocation, ServiceError
from featureshare.localaws.services import athena_sql, athena_store, storage
from featureshare.localaws.services.athena_results import result_rows
from featureshare.localaws.services.athena_run import execute
from featureshare.localaws.services.athena_store import Query
from featureshare.localaws.services.constraints import checked
from featureshare.localaws.services.paging import page
from featureshare.localaws.services.runtime import clock, settings

MAX_QUERY_BYTES = 262_144
CODE = "InvalidRequestException"
_pool: ThreadPoolExecutor | None = None


def start() -> None:
    """Starts the threads that run queries."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(settings().query_threads, thread_name_prefix="athena")


def stop() -> None:
    """Ends the threads; queries that wait are dropped, those that run are interrupted."""
    global _pool
    if _pool is not None:
        for query in athena_store.every_query():
            if query.finish("CANCELLED", clock.now(), "Query was cancelled"):
                query.engine.cancel()
        _pool.shutdown(wait=True, cancel_futures=True)
        _pool = None


def start_query_execution(call: Invocation) -> dict[str, Any]:
    params = call.params
    sql = params.get("QueryString") or ""
    if not sql.strip():
        raise _refused("queryString is required")
    if len(sql.encode()) > MAX_QUERY_BYTES:
        raise _refused(f"QueryString exceeds the maximum of {MAX_QUERY_BYTES} bytes")
    repeated = _repeated(call, sql)
    if repeated is not None:
        return {"QueryExecutionId": repeated.id}
    name = params.get("WorkGroup") or "primary"
    workgroup = athena_store.backend(call.account, call.region).work_groups.get(name)
    if workgroup is None:
        raise _refused(f"WorkGroup {name} is not found.")
    if workgroup.state != "ENABLED":
        raise _refused(f"WorkGroup {name} is disabled.")
    config = _effective(params.get("ResultConfiguration") or {}, workgroup.configuration)
    context = dict(params.get("QueryExecutionContext") or {})
    try:
        statement = athena_sql.parse(sql, str(context.get("Database") or "default").lower())
    except (athena_sql.SyntaxProblemError, athena_sql.QueryFailedError) as error:
        raise _refused(str(error)) from None
    folder = f"{config['OutputLocation'].rstrip('/')}/"
    query = Query(
        call=call,
        sql=sql,
        statement=statement,
        workgroup=workgroup,
        context=context,
        config=config,
        folder=folder,
        submitted=clock.now(),
        parameters=tuple(params.get("ExecutionParameters") or ()),
        token=params.get("ClientRequestToken"),
    )
    extension = "csv" if statement.kind in ("SELECT", "UNLOAD", "CTAS", "INSERT") else "txt"
    config["OutputLocation"] = f"{folder}{query.id}.{extension}"
    if _pool is None:
        raise RuntimeError("Athena is not started: call featureshare.localaws.services.start first")
    athena_store.backend(call.account, call.region).executions[query.id] = query
    _pool.submit(execute, query)
    return {"QueryExecutionId": query.id}


def get_query_execution(call: Invocation) -> dict[str, Any]:
    return {"QueryExecution": athena_store.require(call, call.params["QueryExecutionId"]).describe()}


def batch_get_query_execution(call: Invocation) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for query_id in call.params["QueryExecutionIds"]:
        query = athena_store.find(call.account, call.region, query_id)
        if query is None:
            missing.append(
                {
                    "QueryExecutionId": query_id,
                    "ErrorCode": "INVALID_QUERY_EXECUTION_ID",
                    "ErrorMessage": f"QueryExecution {query_id} was not found",
                }
            )
        else:
            found.append(query.describe())
    return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}


def list_query_executions(call: Invocation) -> dict[str, Any]:
    wanted = call.params.get("WorkGroup") or "primary"
    ids = [query.id for query in athena_store.queries(call.account, call.region) if query.workgroup.name == wanted]
    shown, token = page(ids, call.params.get("NextToken"), call.params.get("MaxResults") or 50, CODE)
    return {"QueryExecutionIds": list(shown), **({"NextToken": token} if token else {})}


def get_query_results(call: Invocation) -> dict[str, Any]:
    query = athena_store.require(call, call.params["QueryExecutionId"])
    if query.state in ("QUEUED", "RUNNING"):
        raise _refused(f"Query has not yet finished. Current state: {query.state}")
    if query.state != "SUCCEEDED":
        raise _refused(f"Query did not finish successfully. Final query state: {query.state}")
    size = call.params.get("MaxResults") or 1000
    shown, token = page(result_rows(query), call.params.get("NextToken"), size, CODE)
    answer: dict[str, Any] = {
        "UpdateCount": query.updated,
        "ResultSet": {"Rows": list(shown), "ResultSetMetadata": {"ColumnInfo": query.columns}},
    }
    if token:
        answer["NextToken"] = token
    return answer


def stop_query_execution(call: Invocation) -> dict[str, Any]:
    query = athena_store.require(call, call.params["QueryExecutionId"])
    if query.finish("CANCELLED", clock.now(), "Query cancelled by user"):
        query.engine.cancel()
    return {}


def get_query_runtime_statistics(call: Invocation) -> dict[str, Any]:
    query = athena_store.require(call, call.params["QueryExecutionId"])
    described = query.describe()["Statistics"]
    timeline = {name: described[name] for name in described if name.endswith("InMillis")}
    output = sum(len(value or "") for row in query.rows for value in row)
    return {
        "QueryRuntimeStatistics": {
            "Timeline": timeline,
            "Rows": {
                "InputRows": query.read_rows,
                "InputBytes": query.scanned,
                "OutputRows": len(query.rows),
                "OutputBytes": output,
            },
        }
    }


def query_facts(account: str, region: str, query_id: str) -> QueryFacts | None:
    """Workgroup and result object of a query execution; None when it does not exist."""
    query = athena_store.find(account, region, query_id)
    return None if query is None else QueryFacts(query.workgroup.name, query.config["OutputLocation"])


def _effective(client: Mapping[str, Any], workgroup: Mapping[str, Any]) -> dict[str, Any]:
    """The result configuration in force: the workgroup's where it is enforced or the client gives none.

    Raises ServiceError without an output location.
    """
    own = workgroup.get("ResultConfiguration") or {}
    enforced = workgroup.get("EnforceWorkGroupConfiguration", True)
    members = ("OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration")
    if enforced and own.get("OutputLocation"):
        chosen = own
    elif client.get("OutputLocation"):
        chosen = client
    else:
        chosen = {**own, **{name: value for name, value in client.items() if value}}
    config = {name: chosen[name] for name in members if chosen.get(name)}
    if not config.get("OutputLocation"):
        raise _refused(
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
    try:
        storage.split(config["OutputLocation"])
    except ValueError:
        raise _refused(f"outputLocation is not a valid S3 path: {config['OutputLocation']}") from None
    return config


def _repeated(call: Invocation, sql: str) -> Query | None:
    """The query that an earlier request with the same ClientRequestToken started."""
    token = call.params.get("ClientRequestToken")
    if not token:
        return None
    for query in athena_store.queries(call.account, call.region):
        if query.token == token and query.call.caller.arn == call.caller.arn:
            if query.sql != sql:
                raise _refused("Idempotent parameters do not match")
            return query
    return None


def _refused(message: str) -> ServiceError:
    return ServiceError(CODE, message)


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("athena", operation): handler
    for operation, handler in {
        "StartQueryExecution": start_query_execution,
        "GetQueryExecution": get_query_execution,
        "BatchGetQueryExecution": batch_get_query_execution,
        "ListQueryExecutions": list_query_executions,
        "GetQueryResults": get_query_results,
        "StopQueryExecution": stop_query_execution,
        "GetQueryRuntimeStatistics": get_query_runtime_statistics,
    }.items()
}

HANDLERS = checked(_HANDLERS, CODE)
