"""The AWS CLI under an access role."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import ways
from ways import FACTS

GROUP, TABLE = FACTS["group"], f'"{FACTS["database"]}"."{FACTS["table"]}"'
RUNTIME = "sagemaker-featurestore-runtime"
PROGRAM = str(Path(sys.executable).parent / "aws")


class Refused(Exception):
    """The command failed; the message is what it printed."""


def aws(*words: str) -> str:
    """A command of the CLI with the profile named, as people type it; without one it has the keys of the process."""
    profile = ["--profile", FACTS["profile"]] if FACTS["way"] == "profile" else []
    done = subprocess.run([PROGRAM, *words, *profile, "--output", "json"], text=True, capture_output=True)
    if done.returncode:
        raise Refused(done.stderr.strip())
    return done.stdout


def put() -> None:
    record = [
        {"FeatureName": name, "ValueAsString": text}
        for name, text in {
            "session_id": "s-cli",
            "event_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "user_id": "u-cli",
            "device": "mobile",
            "page_views": "3",
            "cart_value": "7.5",
        }.items()
    ]
    aws(RUNTIME, "put-record", "--feature-group-name", GROUP, "--record", json.dumps(record))


def get() -> None:
    found = json.loads(
        aws(
            *(RUNTIME, "get-record", "--feature-group-name", GROUP),
            *("--record-identifier-value-as-string", FACTS["identifier"]),
        )
    )
    assert {"FeatureName": "session_id", "ValueAsString": FACTS["identifier"]} in found["Record"]


def batch_get() -> None:
    asked = [{"FeatureGroupName": GROUP, "RecordIdentifiersValueAsString": [FACTS["identifier"]]}]
    found = json.loads(aws(RUNTIME, "batch-get-record", "--identifiers", json.dumps(asked)))
    assert len(found["Records"]) == 1
    assert found["Errors"] == []


def delete() -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    aws(
        *(RUNTIME, "delete-record", "--feature-group-name", GROUP),
        *("--record-identifier-value-as-string", "s-cli", "--event-time", now),
    )


def describe() -> None:
    found = json.loads(aws("sagemaker", "describe-feature-group", "--feature-group-name", GROUP))
    assert found["RecordIdentifierFeatureName"] == FACTS["record_identifier"]


def listed() -> None:
    found = json.loads(aws("sagemaker", "list-feature-groups"))
    assert "sessions" in [one["FeatureGroupName"] for one in found["FeatureGroupSummaries"]]


def search() -> None:
    aws("sagemaker", "search", "--resource", "FeatureGroup")


def query(*where: str) -> str:
    """Start a query, wait, see its rows, and copy the result as people do: with `s3 cp`."""
    sql = f"SELECT {FACTS['record_identifier']} FROM {TABLE} LIMIT 3"
    found = json.loads(aws("athena", "start-query-execution", "--query-string", sql, *where))
    query_id = found["QueryExecutionId"]
    while True:
        it = json.loads(aws("athena", "get-query-execution", "--query-execution-id", query_id))["QueryExecution"]
        if it["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            break
        time.sleep(0.5)
    if it["Status"]["State"] != "SUCCEEDED":
        raise Refused(it["Status"]["StateChangeReason"])
    rows = json.loads(aws("athena", "get-query-results", "--query-execution-id", query_id))["ResultSet"]["Rows"]
    assert len(rows) > 1
    place = Path(f"{query_id}.csv")
    aws("s3", "cp", it["ResultConfiguration"]["OutputLocation"], str(place))
    assert place.read_text().splitlines()[0] == f'"{FACTS["record_identifier"]}"'
    return f"{len(rows)} rows in {it['WorkGroup']}"


def query_in_workgroup() -> str:
    return query("--work-group", FACTS["workgroup"])


def query_anywhere() -> str:
    return query("--result-configuration", f"OutputLocation={FACTS['output']}")


def table() -> None:
    found = json.loads(
        aws(
            *("glue", "get-table", "--catalog-id", FACTS["central"]),
            *("--database-name", FACTS["database"], "--name", FACTS["table"]),
        )
    )
    assert found["Table"]["StorageDescriptor"]["Location"]


def tables() -> None:
    aws("glue", "get-tables", "--database-name", FACTS["database"])


FLOWS = {
    "write": {"put-record": put, "describe-feature-group": describe, "get-record": get, "delete-record": delete},
    "delete": {"delete-record": delete, "put-record": put},
    "read-online": {
        "get-record": get,
        "batch-get-record": batch_get,
        "describe-feature-group": describe,
        "put-record": put,
    },
    "read-offline": {
        "athena, workgroup named, s3 cp": query_in_workgroup,
        "athena, no workgroup": query_anywhere,
        "glue get-table": table,
        "glue get-tables": tables,
        "describe-feature-group": describe,
        "get-record": get,
    },
    "discover": {
        "list-feature-groups": listed,
        "describe-feature-group": describe,
        "search": search,
        "get-record": get,
    },
}

if __name__ == "__main__":
    if FACTS["way"] == "raw":
        os.environ.update(ways.raw_keys())
    ways.run(FLOWS[FACTS["verb"]])
