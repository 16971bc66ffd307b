"""Records: ordering by event time, expiry, deletion, partial updates and batches."""

import time
from typing import Any

import pytest
from services_world import CENTRAL, FEATURES, REGION, Call, iso, record

from featureshare.localaws import services
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.services.offline import writer

RUNTIME = "sagemaker-featurestore-runtime"
AT = "2026-01-02T03:04:05Z"
LATER, EARLIER = "2026-01-02T03:04:06Z", "2026-01-02T03:04:04.999Z"


@pytest.fixture
def get(call: Call) -> Any:
    """get("s1") -> {feature: value}, {} for no record."""

    def read(identifier: str, **params: Any) -> dict[str, Any]:
        answer = call(
            RUNTIME, "GetRecord", FeatureGroupName="sessions", RecordIdentifierValueAsString=identifier, **params
        )
        return {item["FeatureName"]: item["ValueAsString"] for item in answer.get("Record", [])}

    return read


def refused(make: Any, code: str, words: str) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        make()
    assert caught.value.code == code
    assert words in caught.value.message
    return caught.value


def delete(call: Call, identifier: str, at: str, mode: str = "SoftDelete", **params: Any) -> None:
    call(
        RUNTIME,
        "DeleteRecord",
        FeatureGroupName="sessions",
        RecordIdentifierValueAsString=identifier,
        EventTime=at,
        DeletionMode=mode,
        **params,
    )


def test_read_back(create: Any, put: Any, get: Any, call: Call) -> None:
    create()
    put("s1", AT, clicks=3, Score="0.5")
    assert get("s1") == {"session_id": "s1", "event_time": AT, "clicks": "3", "Score": "0.5"}
    assert get("s1", FeatureNames=["Score", "clicks"]) == {"Score": "0.5", "clicks": "3"}
    assert call(RUNTIME, "GetRecord", FeatureGroupName="sessions", RecordIdentifierValueAsString="none") == {}
    arn = f"arn:aws:sagemaker:{REGION}:{CENTRAL}:feature-group/sessions"
    assert call(RUNTIME, "GetRecord", FeatureGroupName=arn, RecordIdentifierValueAsString="s1")["Record"]
    refused(lambda: get("s1", FeatureNames=["absent"]), "ValidationError", "absent")


@pytest.mark.parametrize(("second", "online"), [(LATER, "2"), (AT, "1"), (EARLIER, "1")])
def test_only_a_greater_event_time_replaces(create: Any, put: Any, get: Any, second: str, online: str) -> None:
    create()
    put("s1", AT, clicks=1)
    put("s1", second, clicks=2)
    assert get("s1")["clicks"] == online
    assert writer.pending() == 2  # history is appended whatever its time


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"session_id": "s", "event_time": AT, "absent": 1}, "Feature [absent]"),
        ({"session_id": "s", "event_time": AT, "clicks": "1.5"}, "feature type Integral"),
        ({"session_id": "s", "event_time": AT, "clicks": str(2**63)}, "feature type Integral"),
        ({"session_id": "s", "event_time": AT, "Score": "high"}, "feature type Fractional"),
        ({"session_id": "s", "event_time": AT, "Score": "nan"}, "feature type Fractional"),
        ({"session_id": "s"}, "[event_time]"),
        ({"event_time": AT}, "[session_id]"),
        ({"session_id": "s", "event_time": "2026-01-02 03:04:05"}, "ISO-8601"),
        ({"session_id": "s", "event_time": "2026-13-02T03:04:05Z"}, "ISO-8601"),
        ({"session_id": "s" * 3000, "event_time": AT}, "Record identifier exceeds"),
        ({"session_id": ["s"], "event_time": AT}, "ValueAsStringList"),
    ],
)
def test_invalid_records(create: Any, call: Call, values: dict[str, Any], words: str) -> None:
    create()
    put_it = lambda: call(RUNTIME, "PutRecord", FeatureGroupName="sessions", Record=record(**values))  # noqa: E731
    refused(put_it, "ValidationError", words)
    assert writer.pending() == 0


def test_twice_the_same_feature(create: Any, call: Call) -> None:
    create()
    twice = [*record(session_id="s", event_time=AT), *record(session_id="t")]
    refused(
        lambda: call(RUNTIME, "PutRecord", FeatureGroupName="sessions", Record=twice),
        "ValidationError",
        "more than once",
    )


def test_missing_group_as_the_models_say(call: Call) -> None:
    values = record(session_id="s", event_time=AT)
    refused(lambda: call(RUNTIME, "PutRecord", FeatureGroupName="no", Record=values), "ValidationError", "can't find")
    get = {"FeatureGroupName": "no", "RecordIdentifierValueAsString": "s"}
    assert refused(lambda: call(RUNTIME, "GetRecord", **get), "ResourceNotFound", "can't find").status == 404


def test_fractional_event_time(create: Any, call: Call) -> None:
    definitions = [*FEATURES[:3], {"FeatureName": "event_time", "FeatureType": "Fractional"}]
    create(FeatureDefinitions=definitions)
    for at, clicks in (("1767323045.5", 1), ("1767323045.25", 2), ("1.7673230460E9", 3)):
        values = record(session_id="s", event_time=at, clicks=clicks)
        call(RUNTIME, "PutRecord", FeatureGroupName="sessions", Record=values)
    answer = call(RUNTIME, "GetRecord", FeatureGroupName="sessions", RecordIdentifierValueAsString="s")
    assert {"FeatureName": "clicks", "ValueAsString": "3"} in answer["Record"]


def test_expiry_counts_from_the_event_time(create: Any, put: Any, get: Any, call: Call) -> None:
    create(OnlineStoreConfig={"EnableOnlineStore": True, "TtlDuration": {"Unit": "Hours", "Value": 1}})
    now = int(time.time())
    put("group", iso(now - 1800))
    put("own", iso(now - 1800), options={"TtlDuration": {"Unit": "Days", "Value": 1}})
    put("past", iso(now - 7200))
    assert get("past") == {}
    answer = call(
        RUNTIME,
        "GetRecord",
        FeatureGroupName="sessions",
        RecordIdentifierValueAsString="group",
        ExpirationTimeResponse="Enabled",
    )
    assert answer["ExpiresAt"] == iso(now + 1800)
    services.clock.advance(3600)
    assert get("group") == {}
    assert get("own")["session_id"] == "own"
    put("group", iso(now - 1900), options={"TtlDuration": {"Unit": "Weeks", "Value": 1}})  # the expired one is gone
    assert get("group")["session_id"] == "group"


def test_expiration_is_shown_on_request_only(create: Any, put: Any, call: Call) -> None:
    create()
    put("s1", AT)
    where = {"FeatureGroupName": "sessions", "RecordIdentifierValueAsString": "s1"}
    assert "ExpiresAt" not in call(RUNTIME, "GetRecord", **where, ExpirationTimeResponse="Enabled")


def test_new_group_ttl_holds_for_later_records(create: Any, put: Any, get: Any, call: Call) -> None:
    create()
    now = int(time.time())
    put("before", iso(now))
    ttl = {"TtlDuration": {"Unit": "Minutes", "Value": 1}}
    call("sagemaker", "UpdateFeatureGroup", FeatureGroupName="sessions", OnlineStoreConfig=ttl)
    put("after", iso(now))
    services.clock.advance(120)
    assert get("before")["session_id"] == "before"
    assert get("after") == {}


def test_soft_delete(create: Any, put: Any, get: Any, call: Call) -> None:
    create()
    put("s1", AT, clicks=1)
    delete(call, "s1", AT)  # not later: nothing happens online
    assert get("s1")["clicks"] == "1"
    delete(call, "s1", LATER)
    assert get("s1") == {}
    put("s1", AT, clicks=2)  # older than the deletion
    assert get("s1") == {}
    put("s1", "2026-01-02T03:04:07Z", clicks=3)
    assert get("s1")["clicks"] == "3"
    assert writer.pending() == 5


def test_hard_delete(create: Any, put: Any, get: Any, call: Call) -> None:
    create()
    put("s1", AT, clicks=1)
    refused(lambda: delete(call, "s1", AT, "HardDelete"), "ValidationError", "EventTime")
    assert writer.pending() == 1  # a refused deletion leaves no marker
    delete(call, "s1", LATER, "HardDelete")
    assert get("s1") == {}
    put("s1", EARLIER, clicks=2)  # nothing is left to be older than
    assert get("s1")["clicks"] == "2"


def test_target_stores(create: Any, put: Any, get: Any) -> None:
    create()
    put("s1", AT, options={"TargetStores": ["OfflineStore"]})
    assert get("s1") == {}
    put("s2", AT, options={"TargetStores": ["OnlineStore"]})
    assert get("s2")["session_id"] == "s2"
    assert writer.pending() == 1


def test_a_store_the_group_has_not(create: Any, put: Any, get: Any) -> None:
    create(OfflineStoreConfig=None)
    put("s1", AT)
    assert writer.pending() == 0
    refused(lambda: put("s1", AT, options={"TargetStores": ["OfflineStore"]}), "ValidationError", "OfflineStore")


def test_offline_only(create: Any, put: Any, get: Any) -> None:
    create(OnlineStoreConfig=None)
    put("s1", AT)
    refused(lambda: get("s1"), "ValidationError", "no OnlineStore")


def test_group_that_is_still_created(create: Any, put: Any) -> None:
    services.configure(create_delay=1000.0)
    create()
    refused(lambda: put("s1", AT), "ValidationError", "Creating")


def test_batch_get(create: Any, put: Any, call: Call) -> None:
    create()
    create("other")
    put("s1", AT, clicks=1)
    put("s2", AT, group="other", clicks=2)
    blocks = [
        {"FeatureGroupName": "sessions", "RecordIdentifiersValueAsString": ["s1", "none"], "FeatureNames": ["clicks"]},
        {"FeatureGroupName": "other", "RecordIdentifiersValueAsString": ["s2"]},
        {"FeatureGroupName": "absent", "RecordIdentifiersValueAsString": ["s3"]},
    ]
    answer = call(RUNTIME, "BatchGetRecord", Identifiers=blocks)
    assert answer["Records"][0] == {
        "FeatureGroupName": "sessions",
        "RecordIdentifierValueAsString": "s1",
        "Record": [{"FeatureName": "clicks", "ValueAsString": "1"}],
    }
    assert [item["RecordIdentifierValueAsString"] for item in answer["Records"]] == ["s1", "s2"]
    assert [(item["FeatureGroupName"], item["ErrorCode"]) for item in answer["Errors"]] == [
        ("absent", "ResourceNotFound")
    ]
    assert answer["UnprocessedIdentifiers"] == []
    many = [{"FeatureGroupName": "sessions", "RecordIdentifiersValueAsString": [str(i) for i in range(51)]}] * 2
    refused(lambda: call(RUNTIME, "BatchGetRecord", Identifiers=many), "ValidationError", "At most 100")


def test_batch_write(create: Any, get: Any, call: Call) -> None:
    create()
    now = int(time.time())
    hour = {"Unit": "Hours", "Value": 1}
    entries = [
        {"FeatureGroupName": "sessions", "Record": record(session_id="a", event_time=iso(now), clicks=1)},
        {"FeatureGroupName": "sessions", "Record": record(session_id="b", event_time=iso(now), clicks="many")},
        {
            "FeatureGroupName": "sessions",
            "Record": record(session_id="c", event_time=iso(now)),
            "TtlDuration": {"Unit": "Days", "Value": 1},
        },
    ]
    answer = call(RUNTIME, "BatchWriteRecord", Entries=entries, TtlDuration=hour)
    assert [(item["Entry"], item["ErrorCode"]) for item in answer["Errors"]] == [(entries[1], "ValidationError")]
    assert answer["UnprocessedEntries"] == []
    services.clock.advance(7200)
    assert (get("a"), get("c")["session_id"]) == ({}, "c")  # an entry's own time to live goes first
    refused(lambda: call(RUNTIME, "BatchWriteRecord", Entries=entries[:1] * 26), "ValidationError", "25")


def test_list_records(create: Any, put: Any, call: Call) -> None:
    create()
    for name in ("a", "b", "c"):
        put(name, AT)
    delete(call, "b", LATER)
    listed = call(RUNTIME, "ListRecords", FeatureGroupName="sessions")
    assert listed == {"RecordIdentifiers": ["a", "c"]}
    first = call(RUNTIME, "ListRecords", FeatureGroupName="sessions", MaxResults=2, IncludeSoftDeletedRecords=True)
    assert first["RecordIdentifiers"] == ["a", "b"]
    rest = call(
        RUNTIME,
        "ListRecords",
        FeatureGroupName="sessions",
        MaxResults=2,
        IncludeSoftDeletedRecords=True,
        NextToken=first["NextToken"],
    )
    assert rest == {"RecordIdentifiers": ["c"]}


def test_update_record(create: Any, put: Any, get: Any, call: Call) -> None:
    create(OnlineStoreConfig={"EnableOnlineStore": True, "StorageType": "Standard_V2"})
    put("s1", AT, clicks=1, Score=1.5)

    def update(identifier: str = "s1", ttl: dict[str, Any] | None = None, **values: Any) -> None:
        call(
            RUNTIME,
            "UpdateRecord",
            FeatureGroupName="sessions",
            RecordIdentifierValueAsString=identifier,
            Features=record(**values),
            **({"TtlDuration": ttl} if ttl else {}),
        )

    update(clicks=2)
    assert get("s1") == {"session_id": "s1", "event_time": AT, "clicks": "2", "Score": "1.5"}
    update(clicks=3, event_time=AT)
    update(clicks=4, event_time=LATER)
    assert get("s1")["event_time"] == LATER
    assert refused(lambda: update(clicks=5, event_time=AT), "ConflictException", "older").status == 409
    refused(lambda: update(ttl={"Unit": "Days", "Value": 1}, clicks=5), "ValidationError", "EventTime is required")
    refused(lambda: update("none", clicks=1), "ResourceNotFound", "none")
    delete(call, "s1", "2026-01-03T00:00:00Z")
    refused(lambda: update(clicks=1), "ResourceNotFound", "s1")
    assert get("s1") == {}


def test_update_needs_a_store_that_can(create: Any, put: Any, call: Call) -> None:
    create()
    put("s1", AT)
    params = {"FeatureGroupName": "sessions", "RecordIdentifierValueAsString": "s1", "Features": record(clicks=1)}
    refused(lambda: call(RUNTIME, "UpdateRecord", **params), "ValidationError", "Standard_V2")
