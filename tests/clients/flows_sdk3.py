"""The SageMaker Python SDK v3 (sagemaker-core's resources) under an access role."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pandas as pd
import ways
from ways import FACTS

# Resources take a session. Its helpers (ingest_dataframe, create_athena_query, DatasetBuilder) take none for the groups
# that they describe, and find credentials by themselves: the process is to be the access role.
if FACTS["way"] == "connect":
    boto = ways.session()
else:
    ways.become()
    boto = boto3.Session()

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.shapes import BatchGetRecordIdentifier, FeatureValue
from sagemaker.mlops.feature_store import (
    DatasetBuilder,
    FeatureGroup,
    FeatureMetadata,
    create_athena_query,
    ingest_dataframe,
)

session = Session(boto_session=boto, default_bucket=FACTS["bucket"])
GROUP = FACTS["group"]
OUTPUT = FACTS["output"].rstrip("/") if FACTS["output"] else ""


def group() -> Any:
    """The resource without a call; `FeatureGroup.get` would describe it first."""
    return FeatureGroup(feature_group_name=GROUP)


def frame(rows: int) -> pd.DataFrame:
    now = datetime.now(UTC).replace(microsecond=0)
    return pd.DataFrame(
        {
            "session_id": [f"s-sdk3-{number}" for number in range(rows)],
            "event_time": [(now - timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ") for number in range(rows)],
            "user_id": "u-sdk3",
            "device": "mobile",
            "page_views": range(1, rows + 1),
            "cart_value": 9.5,
        }
    )


def ingest(**options: Any) -> str:
    manager = ingest_dataframe(feature_group_name=GROUP, data_frame=frame(40), **options)
    assert manager.failed_rows == []
    return "40 rows"


def put() -> None:
    row = frame(1).iloc[0]
    record = [FeatureValue(feature_name=name, value_as_string=str(row[name])) for name in row.index]
    group().put_record(record=record, session=boto)


def get() -> None:
    found = group().get_record(record_identifier_value_as_string=FACTS["identifier"], session=boto)
    assert FACTS["identifier"] in [one.value_as_string for one in found.record]


def batch_get() -> None:
    asked = BatchGetRecordIdentifier(feature_group_name=GROUP, record_identifiers_value_as_string=[FACTS["identifier"]])
    assert len(group().batch_get_record(identifiers=[asked], session=boto).records) == 1


def delete() -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    group().delete_record(record_identifier_value_as_string="s-sdk3-0", event_time=now, session=boto)


def describe() -> None:
    assert FeatureGroup.get(feature_group_name=GROUP, session=boto).record_identifier_feature_name == "session_id"


def query(**where: str) -> str:
    asked = create_athena_query(GROUP, session)
    asked.run(
        query_string=f'SELECT session_id FROM "{asked.database}"."{asked.table_name}" LIMIT 3',
        output_location=OUTPUT,
        **where,
    )
    asked.wait()
    reason = asked.get_query_execution()["QueryExecution"]["Status"].get("StateChangeReason")
    assert reason is None, reason
    assert list(asked.as_dataframe()["session_id"])
    return asked.get_query_execution()["QueryExecution"]["WorkGroup"]


def query_in_workgroup() -> str:
    return query(workgroup=FACTS["workgroup"])


def builder(base: Any, **options: Any) -> Any:
    return DatasetBuilder.create(base=base, output_path=OUTPUT, session=session, **options)


def dataset(made: Any) -> Any:
    found, sql = made.to_dataframe()
    assert len(found) > 0
    assert sql
    return found.shape


def described(arn: str) -> Any:
    return FeatureGroup.get(feature_group_name=arn, session=boto)


def dataset_of_a_group() -> Any:
    return dataset(builder(described(GROUP)))


def dataset_in_a_file() -> str:
    place, _ = builder(described(GROUP)).to_csv_file()
    assert place.startswith(OUTPUT)
    return place


def dataset_of_two_groups() -> Any:
    made = builder(described(GROUP)).with_feature_group(described(FACTS["other_group"]), "user_id")
    return dataset(made.point_in_time_accurate_join())


def dataset_of_a_frame() -> Any:
    base = pd.DataFrame({"session_id": ["s-guide-1"], "at": [datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]})
    made = builder(base, record_identifier_feature_name="session_id", event_time_identifier_feature_name="at")
    return dataset(made.with_feature_group(described(GROUP), "session_id").point_in_time_accurate_join())


def listed() -> None:
    """It describes each group of the list as it comes to it."""
    assert "sessions" in [one.feature_group_name for one in FeatureGroup.get_all(session=boto)]


def found_by_name() -> None:
    found = FeatureGroup.get_all(session=boto, name_contains="sessions")
    assert [one.feature_group_name for one in found] == ["sessions"]


def metadata() -> None:
    found = FeatureMetadata.get(feature_group_name=GROUP, feature_name="device", session=boto)
    assert found.description


FLOWS = {
    "write": {
        # First, since its processes are forks, and would share the connection of a client that was used before.
        "ingest_dataframe, 2 processes of 2 threads": lambda: ingest(max_workers=2, max_processes=2),
        "ingest_dataframe": ingest,
        "ingest_dataframe(use_batch_write_record=True)": lambda: ingest(max_workers=2, use_batch_write_record=True),
        "FeatureGroup.put_record": put,
        "FeatureGroup.get": describe,
        "FeatureGroup.get_record": get,
    },
    "delete": {"FeatureGroup.delete_record": delete},
    "read-online": {
        "FeatureGroup.get_record": get,
        "FeatureGroup.batch_get_record": batch_get,
        "FeatureGroup.get": describe,
        "create_athena_query": query,
    },
    "read-offline": {
        "create_athena_query, workgroup named, as_dataframe": query_in_workgroup,
        "create_athena_query, no workgroup": query,
        "DatasetBuilder(base=FeatureGroup).to_dataframe": dataset_of_a_group,
        "DatasetBuilder(base=FeatureGroup).to_csv_file": dataset_in_a_file,
        "with_feature_group, point_in_time_accurate_join": dataset_of_two_groups,
        "DatasetBuilder(base=DataFrame)": dataset_of_a_frame,
        "FeatureGroup.get": describe,
        "FeatureGroup.get_all": listed,
    },
    "discover": {
        "FeatureGroup.get_all(name_contains=...)": found_by_name,
        "FeatureGroup.get_all": listed,
        "FeatureGroup.get": describe,
        "FeatureMetadata.get": metadata,
    },
}

if __name__ == "__main__":
    ways.run(FLOWS[FACTS["verb"]], boto)
