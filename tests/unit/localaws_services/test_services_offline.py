"""The offline store: Parquet in the real layout, written as the group's role, blocked when that is denied."""

import io
import re
import threading
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
from moto.s3.models import s3_backends
from services_world import BUCKET, CENTRAL, KEY, REGION, ROLE, Call, World, flush, wait

from featureshare.localaws import services
from featureshare.localaws.services import catalog, storage
from featureshare.localaws.services.offline import writer

RUNTIME = "sagemaker-featurestore-runtime"


def files() -> list[str]:
    return [stored.key for stored in storage.listing(BUCKET, "sessions/")]


def table(key: str) -> Any:
    content = s3_backends[CENTRAL]["aws"].get_object(BUCKET, key).value
    return pq.read_table(io.BytesIO(content))


def status(call: Call) -> dict[str, str]:
    found = call("sagemaker", "DescribeFeatureGroup", FeatureGroupName="sessions")["OfflineStoreStatus"]
    return dict(found)


def test_layout_and_columns(create: Any, put: Any, call: Call) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z", clicks=3, Score=0.5)
    put("s2", "2026-01-02T03:59:59Z")
    put("s3", "2025-12-31T23:00:00.250Z")
    flush()
    keys = files()
    base = rf"sessions/{CENTRAL}/sagemaker/{REGION}/offline-store/sessions-\d{{10}}/data"
    assert len(keys) == 2  # one file an hour and flush
    assert re.fullmatch(
        rf"{base}/year=2025/month=12/day=31/hour=23/20251231T230000Z_[A-Za-z0-9]{{16}}\.parquet", keys[0]
    )
    assert re.fullmatch(
        rf"{base}/year=2026/month=01/day=02/hour=03/20260102T035959Z_[A-Za-z0-9]{{16}}\.parquet", keys[1]
    )
    rows = table(keys[1])
    assert {name: str(rows.schema.field(name).type) for name in rows.column_names} == {
        "session_id": "string",
        "clicks": "int64",
        "Score": "double",
        "event_time": "string",
        "write_time": "timestamp[ms]",
        "api_invocation_time": "timestamp[ms]",
        "is_deleted": "bool",
    }
    first, second = rows.to_pylist()
    assert (first["session_id"], first["clicks"], first["Score"]) == ("s1", 3, 0.5)
    assert (second["clicks"], second["is_deleted"]) == (None, False)
    assert first["write_time"] >= first["api_invocation_time"]
    assert abs((datetime.now(UTC).replace(tzinfo=None) - first["write_time"]).total_seconds()) < 3600
    assert s3_backends[CENTRAL]["aws"].get_object(BUCKET, keys[0]).kms_key_id == KEY


def test_partitions_are_registered(create: Any, put: Any) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z")
    flush()
    put("s1", "2026-01-02T03:04:06Z")
    flush()
    found = catalog.partitions(CENTRAL, REGION, "fs_features", "sessions")
    assert [partition["Values"] for partition in found] == [["2026", "01", "02", "03"]]
    assert found[0]["StorageDescriptor"]["Location"].endswith("/data/year=2026/month=01/day=02/hour=03")


def test_deletion_appends_a_marker(create: Any, put: Any, call: Call) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z", clicks=3)
    call(
        RUNTIME,
        "DeleteRecord",
        FeatureGroupName="sessions",
        RecordIdentifierValueAsString="s1",
        EventTime="2026-01-02T03:05:00Z",
    )
    flush()
    rows = table(files()[0]).to_pylist()
    assert [(row["session_id"], row["event_time"][14:16], row["clicks"], row["is_deleted"]) for row in rows] == [
        ("s1", "04", 3, False),
        ("s1", "05", None, True),
    ]


def test_written_as_the_groups_role(create: Any, put: Any, world: World) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z")
    world.asked.clear()
    flush()
    (key,) = files()
    written = next(check for check in world.asked if check.action == "s3:PutObject")
    assert (written.resource, written.as_role) == (f"arn:aws:s3:::{BUCKET}/{key}", ROLE)
    data_key = next(check for check in world.asked if check.action == "kms:GenerateDataKey")
    assert (data_key.resource, data_key.as_role) == (KEY, ROLE)
    assert "sts:AssumeRole" in world.actions()


def test_denied_write_blocks_and_is_tried_again(create: Any, put: Any, call: Call, world: World) -> None:
    create()
    world.deny = {"s3:PutObject "}
    put("s1", "2026-01-02T03:04:05Z")
    flush()
    assert status(call)["Status"] == "Blocked"
    assert "s3:PutObject" in status(call)["BlockedReason"]
    assert files() == []
    put("s2", "2026-01-02T03:04:06Z")  # the online store goes on
    assert call(RUNTIME, "GetRecord", FeatureGroupName="sessions", RecordIdentifierValueAsString="s2")["Record"]
    world.deny = set()
    flush()
    assert status(call) == {"Status": "Active"}
    assert table(files()[0]).column("session_id").to_pylist() == ["s1", "s2"]


def test_bucket_that_vanished(create: Any, put: Any, call: Call) -> None:
    create()
    s3_backends[CENTRAL]["aws"].delete_bucket(BUCKET)
    put("s1", "2026-01-02T03:04:05Z")
    flush()
    assert BUCKET in status(call)["BlockedReason"]


def test_buffer_of_a_deleted_group_is_still_written(create: Any, put: Any, call: Call, world: World) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z")
    call("sagemaker", "DeleteFeatureGroup", FeatureGroupName="sessions")
    services.clock.advance(10)
    world.deny = set()
    flush()
    assert writer.pending() == 0


def test_added_feature_is_in_later_files(create: Any, put: Any, call: Call) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z")
    flush()
    addition = [{"FeatureName": "country", "FeatureType": "String"}]
    call("sagemaker", "UpdateFeatureGroup", FeatureGroupName="sessions", FeatureAdditions=addition)
    put("s2", "2026-01-02T04:04:05Z", country="SE")
    flush()
    assert ["country" in table(key).column_names for key in files()] == [False, True]


def test_iceberg_layout(create: Any, put: Any) -> None:
    create(OfflineStoreConfig={"S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/sessions"}, "TableFormat": "Iceberg"})
    put("s1", "2026-01-02T03:04:05Z")
    put("s2", "2026-01-02T23:04:05Z")
    flush()
    (key,) = files()
    assert re.search(r"/data/\w{8}/event_time_trunc=2026-01-02/20260102T230405Z_\w{16}\.parquet$", key)


def test_the_thread_flushes_after_the_delay_and_ends(create: Any, put: Any, world: World) -> None:
    services.configure(flush_delay=0.0)
    create()
    put("s1", "2026-01-02T03:04:05Z")
    assert wait(files)
    services.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("offline-store", "athena"))]


def test_stop_can_flush(create: Any, put: Any, world: World) -> None:
    create()
    put("s1", "2026-01-02T03:04:05Z")
    services.stop(flush=True)
    assert len(files()) == 1
