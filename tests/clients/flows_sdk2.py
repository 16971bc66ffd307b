"""The SageMaker Python SDK v2 under an access role."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import sagemaker
import ways
from sagemaker.feature_store.feature_group import FeatureGroup
from sagemaker.feature_store.feature_store import FeatureStore
from sagemaker.feature_store.inputs import Identifier, ResourceEnum
from ways import FACTS

boto = ways.session()
# `default_bucket` keeps it from asking for, and making, a bucket sagemaker-<Region>-<account>.
session = sagemaker.Session(
    boto_session=boto,
    sagemaker_client=boto.client("sagemaker"),
    sagemaker_featurestore_runtime_client=boto.client("sagemaker-featurestore-runtime"),
    default_bucket=FACTS["bucket"],
)
# By ARN, since the group lies in another account than the execution role's.
group = FeatureGroup(name=FACTS["group"], sagemaker_session=session)
store = FeatureStore(sagemaker_session=session)
OUTPUT = FACTS["output"].rstrip("/") if FACTS["output"] else ""


def frame(rows: int) -> pd.DataFrame:
    now = datetime.now(UTC).replace(microsecond=0)
    return pd.DataFrame(
        {
            "session_id": [f"s-sdk2-{number}" for number in range(rows)],
            "event_time": [(now - timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ") for number in range(rows)],
            "user_id": "u-sdk2",
            "device": "mobile",
            "page_views": range(1, rows + 1),
            "cart_value": 9.5,
        }
    )


def ingest(**options: Any) -> str:
    manager = group.ingest(data_frame=frame(40), **options)
    assert manager.failed_rows == []
    return "40 rows"


def ingest_in_processes() -> str:
    """Threads and processes of the SDK make sessions of their own: they are told the profile, or find keys."""
    ways.become()
    return ingest(max_workers=2, max_processes=2, profile_name=FACTS["profile"] if FACTS["way"] == "profile" else None)


def put() -> None:
    row = frame(1).iloc[0]
    session.put_record(
        feature_group_name=FACTS["group"],
        record=[{"FeatureName": name, "ValueAsString": str(row[name])} for name in row.index],
    )


def get() -> None:
    found = group.get_record(record_identifier_value_as_string=FACTS["identifier"])
    assert {"FeatureName": "session_id", "ValueAsString": FACTS["identifier"]} in found


def batch_get() -> None:
    asked = [Identifier(feature_group_name=FACTS["group"], record_identifiers_value_as_string=[FACTS["identifier"]])]
    assert len(store.batch_get_record(asked)["Records"]) == 1


def describe() -> None:
    assert group.describe()["RecordIdentifierFeatureName"] == "session_id"


def delete() -> None:
    group.delete_record("s-sdk2-0", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def query(**where: str) -> str:
    asked = group.athena_query()
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


def dataset(builder: Any) -> tuple[int, list[str]]:
    found, sql = builder.to_dataframe()
    assert len(found) > 0
    assert sql
    return found.shape


def dataset_of_a_group() -> Any:
    return dataset(store.create_dataset(base=group, output_path=OUTPUT))


def dataset_in_a_file() -> str:
    place, _ = store.create_dataset(base=group, output_path=OUTPUT).to_csv_file()
    assert place.startswith(OUTPUT)
    found = pd.read_csv(boto.client("s3").get_object(Bucket=place.split("/")[2], Key=place.split("/", 3)[3])["Body"])
    assert len(found) > 0
    return place


def dataset_of_two_groups() -> Any:
    users = FeatureGroup(name=FACTS["other_group"], sagemaker_session=session)
    builder = store.create_dataset(base=group, output_path=OUTPUT)
    return dataset(builder.with_feature_group(users, "user_id").point_in_time_accurate_join())


def dataset_as_of() -> Any:
    builder = store.create_dataset(base=group, output_path=OUTPUT).as_of(datetime.now(UTC).replace(tzinfo=None))
    return dataset(builder)


def dataset_of_a_frame() -> Any:
    base = pd.DataFrame({"session_id": ["s-guide-1"], "at": [datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]})
    builder = store.create_dataset(
        base=base,
        output_path=OUTPUT,
        record_identifier_feature_name="session_id",
        event_time_identifier_feature_name="at",
    )
    return dataset(builder.with_feature_group(group, "session_id").point_in_time_accurate_join())


def listed() -> None:
    names = [one["FeatureGroupName"] for one in store.list_feature_groups()["FeatureGroupSummaries"]]
    assert "sessions" in names


def search() -> None:
    store.search(resource=ResourceEnum.FEATURE_GROUP)


def metadata() -> None:
    assert session.describe_feature_metadata(FACTS["group"], "device")["Description"]


def tags() -> None:
    assert group.list_tags() is not None


FLOWS = {
    "write": {
        "FeatureGroup.ingest": lambda: ingest(max_workers=1),
        "FeatureGroup.ingest, 2 processes of 2 threads": ingest_in_processes,
        "Session.put_record": put,
        "FeatureGroup.describe": describe,
        "FeatureGroup.get_record": get,
        "FeatureGroup.delete_record": delete,
    },
    "delete": {"FeatureGroup.delete_record": delete},
    "read-online": {
        "FeatureGroup.get_record": get,
        "FeatureStore.batch_get_record": batch_get,
        "FeatureGroup.describe": describe,
        "FeatureGroup.athena_query": query,
        "FeatureStore.list_feature_groups": listed,
    },
    "read-offline": {
        "athena_query, workgroup named, as_dataframe": query_in_workgroup,
        "athena_query, no workgroup": query,
        "create_dataset(base=FeatureGroup).to_dataframe": dataset_of_a_group,
        "create_dataset(base=FeatureGroup).to_csv_file": dataset_in_a_file,
        "with_feature_group, point_in_time_accurate_join": dataset_of_two_groups,
        "create_dataset(...).as_of": dataset_as_of,
        "create_dataset(base=DataFrame)": dataset_of_a_frame,
        "FeatureGroup.describe": describe,
        "FeatureStore.list_feature_groups": listed,
    },
    "discover": {
        "FeatureStore.list_feature_groups": listed,
        "FeatureGroup.describe": describe,
        "Session.describe_feature_metadata": metadata,
        "FeatureGroup.list_tags": tags,
        "FeatureStore.search": search,
    },
}

if __name__ == "__main__":
    ways.run(FLOWS[FACTS["verb"]], boto)
