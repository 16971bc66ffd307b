"""Query executions: what Athena remembers of each, kept among moto's executions of the account and Region."""

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.athena.models import athena_backends

from featureshare.localaws.invocation import Invocation, ServiceError
from featureshare.localaws.services.athena_engine import Engine
from featureshare.localaws.services.athena_sql import Statement

FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")


@dataclass
class Query:
    """A query execution. `config` is the effective ResultConfiguration, whose OutputLocation names the result object;
    `workgroup` is moto's."""

    call: Invocation
    sql: str
    statement: Statement
    workgroup: Any
    context: Mapping[str, Any]
    config: dict[str, Any]
    folder: str
    submitted: datetime
    parameters: Sequence[str] = ()
    token: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    reason: str | None = None
    category: int | None = None
    started: datetime | None = None
    completed: datetime | None = None
    scanned: int = 0
    read_rows: int = 0
    manifest: str | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    header: bool = True
    updated: int = 0
    engine: Engine = field(default_factory=Engine)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def database(self) -> str:
        return str(self.context.get("Database") or "default").lower()

    # moto's pages of executions read these two.
    @property
    def status(self) -> str:
        return self.state

    @property
    def execution_parameters(self) -> Sequence[str] | None:
        return self.parameters or None

    def finish(self, state: str, now: datetime, reason: str | None = None, category: int | None = None) -> bool:
        """Ends the query unless it has ended; says whether this did."""
        with self.lock:
            if self.state in FINAL:
                return False
            self.state, self.completed, self.reason, self.category = state, now, reason, category
            return True

    def milliseconds(self, since: datetime | None, until: datetime | None) -> int:
        return max(0, int((until - since).total_seconds() * 1000)) if since and until else 0

    def describe(self) -> dict[str, Any]:
        """The QueryExecution."""
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.completed:
            status["CompletionDateTime"] = self.completed
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.category:
            status["AthenaError"] = {
                "ErrorCategory": self.category,
                "ErrorType": 1 if self.category == 1 else 1301,
                "Retryable": False,
                "ErrorMessage": self.reason or "",
            }
        statistics: dict[str, Any] = {
            "EngineExecutionTimeInMillis": self.milliseconds(self.started, self.completed),
            "DataScannedInBytes": self.scanned,
            "TotalExecutionTimeInMillis": self.milliseconds(self.submitted, self.completed),
            "QueryQueueTimeInMillis": self.milliseconds(self.submitted, self.started),
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": 0,
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }
        if self.manifest:
            statistics["DataManifestLocation"] = self.manifest
        shown: dict[str, Any] = {
            "QueryExecutionId": self.id,
            "Query": self.sql,
            "StatementType": self.statement.statement_type,
            "SubstatementType": self.statement.kind,
            "ResultConfiguration": self.config,
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": dict(self.context),
            "Status": status,
            "Statistics": statistics,
            "WorkGroup": self.workgroup.name,
            "EngineVersion": self.workgroup.configuration.get("EngineVersion")
            or {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
        }
        if self.parameters:
            shown["ExecutionParameters"] = list(self.parameters)
        return shown


def backend(account: str, region: str) -> Any:
    return athena_backends[account][region]


def find(account: str, region: str, query_id: str) -> Query | None:
    found = backend(account, region).executions.get(query_id)
    return found if isinstance(found, Query) else None


def require(call: Invocation, query_id: str) -> Query:
    """The query execution. Raises ServiceError InvalidRequestException."""
    found = find(call.account, call.region, query_id)
    if found is None:
        raise ServiceError("InvalidRequestException", f"QueryExecution {query_id} was not found")
    return found


def queries(account: str, region: str) -> list[Query]:
    """All query executions, newest first."""
    found = [item for item in list(backend(account, region).executions.values()) if isinstance(item, Query)]
    return found[::-1]


def every_query() -> list[Query]:
    """The query executions of all accounts and Regions."""
    return [
        query
        for account in list(athena_backends)
        for region in list(athena_backends[account])
        for query in queries(account, region)
    ]


def data_catalogs(account: str, region: str) -> dict[str, str | None]:
    """Data catalogs of type GLUE by lower-case name: the account behind each, None for the account's own catalog."""
    found: dict[str, str | None] = {"awsdatacatalog": None}
    for catalog in list(backend(account, region).data_catalogs.values()):
        parameters = catalog.parameters if isinstance(catalog.parameters, Mapping) else {}
        if catalog.type == "GLUE" and parameters.get("catalog-id"):
            owner = str(parameters["catalog-id"])
            found[catalog.name.lower()] = None if owner == account else owner
    return found
