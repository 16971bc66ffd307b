"""Queries of clients that are not ours, on a session of connect(): they run in the team's workgroup."""

import itertools
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from client_world import RESULTS, ClientWorld

from featureshare.client import Client


@pytest.fixture(scope="module")
def athena(world: ClientWorld) -> Any:
    return world.client().session("read-offline").client("athena")


def ended(athena: Any, identifier: str) -> dict[str, Any]:
    for _ in itertools.repeat(None, 600):
        found: dict[str, Any] = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
        if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return found
        time.sleep(0.02)
    raise AssertionError("the query does not end")


@pytest.mark.parametrize("named", [{}, {"WorkGroup": "primary"}, {"WorkGroup": "fs-search"}], ids=str)
def test_a_query_runs_in_the_teams_workgroup(athena: Any, named: dict[str, str]) -> None:
    started = athena.start_query_execution(QueryString="SELECT 1 AS one", **named)
    query = ended(athena, started["QueryExecutionId"])
    assert (query["Status"]["State"], query["WorkGroup"]) == ("SUCCEEDED", "fs-search")
    assert query["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{RESULTS}/shared/athena/")


def test_a_client_that_asks_primary_where_results_go_is_told_of_the_teams_workgroup(athena: Any) -> None:
    assert athena.get_work_group(WorkGroup="primary")["WorkGroup"]["Name"] == "fs-search"


def test_another_workgroup_stays_another(athena: Any) -> None:
    with pytest.raises(ClientError, match="WorkGroup fs-other is not found"):
        athena.start_query_execution(QueryString="SELECT 1 AS one", WorkGroup="fs-other")


def test_clients_made_again_fill_it_in_too(world: ClientWorld) -> None:
    fs: Client = world.client()
    fs.connection.client("athena", "read-offline")
    fs.connection.renew("read-offline")
    athena = fs.connection.client("athena", "read-offline")
    assert athena.get_work_group(WorkGroup="primary")["WorkGroup"]["Name"] == "fs-search"


def test_the_base_session_is_the_callers_own(world: ClientWorld) -> None:
    fs = world.client()
    asked = fs.connection.base_client("athena").get_work_group(WorkGroup="primary")
    assert asked["WorkGroup"]["Name"] == "primary"


def test_a_client_that_passes_no_endpoint_gets_the_sessions_own(world: ClientWorld) -> None:
    session = world.client().session("read-offline")
    assert session.client("athena", endpoint_url=None).meta.endpoint_url == world.wire.endpoint_url
    assert session.client("athena", endpoint_url="http://127.0.0.1:9").meta.endpoint_url == "http://127.0.0.1:9"
