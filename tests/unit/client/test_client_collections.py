"""Lists, sets and vectors of a group in memory, through `online`: written, read and deleted one by one, and refused."""

import json
from datetime import timedelta
from typing import Any

import numpy
import pytest
from client_world import CENTRAL, JOB, PATH, ROLES, SERVICE, TEAM, ClientWorld, allow, group, trust

from featureshare.client import Denied, NotShared, Refused

FEATURES = [
    ("click", "String", None, None),
    ("at", "String", None, None),
    ("near", "Fractional", "Vector", 3),
    ("tags", "String", "Set", None),
    ("last", "Integral", "List", None),
]
ROW = {"click": "v-1", "near": numpy.array([0.5, -1.0, 2.0]), "tags": {"red", "blue"}, "last": [3, 1, 3]}
READ = {"click": "v-1", "near": [0.5, -1.0, 2.0], "tags": ["blue", "red"], "last": [3, 1, 3]}


def definition(name: str, kind: str, collection: str | None, dimension: int | None) -> dict[str, Any]:
    found: dict[str, Any] = {"FeatureName": name, "FeatureType": kind}
    found |= {"CollectionType": collection} if collection else {}
    return found | ({"CollectionConfig": {"VectorConfig": {"Dimension": dimension}}} if dimension else {})


@pytest.fixture(scope="module")
def memory(world: ClientWorld) -> ClientWorld:
    """The world with `vectors`, which the team may use, and `hidden`, of which it is told no collections."""
    for name in ("vectors", "hidden"):
        world.administrator("sagemaker").create_feature_group(
            FeatureGroupName=name,
            RecordIdentifierFeatureName="click",
            EventTimeFeatureName="at",
            FeatureDefinitions=[definition(*feature) for feature in FEATURES],
            OnlineStoreConfig={"EnableOnlineStore": True, "StorageType": "InMemory"},
        )
        document = {**group(name), "features": [feature[:2] for feature in FEATURES], "offline": False}
        if name == "vectors":
            document["collections"] = {
                name: {"kind": kind.lower(), "dimension": dimension} for name, _, kind, dimension in FEATURES if kind
            }
        parameter = {"Name": f"{PATH}/groups/{name}/000", "Value": json.dumps(document), "Type": "String"}
        world.administrator("ssm", TEAM).put_parameter(**parameter)
    # Somebody of the team whose roles are those that read online, or write: no trust policy of another verb names them.
    for verb in ("read-online", "write"):
        told = {"all": allow("sts:*", "ssm:GetParametersByPath")}
        world.land_role(f"{JOB}-{verb}", told, trust(SERVICE))
        world.land_role(ROLES[verb], _rights(verb), trust({"AWS": [JOB, f"{JOB}-{verb}"]}))
    return world


def _rights(verb: str) -> dict[str, str]:
    actions = {"read-online": ("sagemaker:GetRecord", "sagemaker:BatchGetRecord"), "write": ("sagemaker:PutRecord",)}
    return {"verb": allow(*actions[verb])}


def runtime_calls(world: ClientWorld, since: int) -> list[str]:
    return [one["call"] for one in world.control.log(since=since) if "Record" in one["call"]]


def test_a_record_is_put_got_and_deleted(memory: ClientWorld) -> None:
    fs, now = memory.client(), memory.now().replace(microsecond=0)
    fs.online.put("vectors", {**ROW, "at": now})
    got = fs.online.get("vectors", "v-1")
    assert got is not None
    assert {name: sorted(value) if name == "tags" else value for name, value in got.items() if name != "at"} == READ
    assert [type(got[name][0]) for name in ("near", "tags", "last")] == [float, str, int]  # type: ignore[index]
    assert fs.online.get("vectors", "v-1", ["near", "last"]) == {"near": READ["near"], "last": READ["last"]}
    fs.online.put("vectors", {"click": "v-1", "at": now + timedelta(seconds=1), "near": (1, 2, 3), "tags": set()})
    assert set(fs.online.get("vectors", "v-1") or ()) == {"click", "at", "near"}
    fs.online.delete("vectors", "v-1", now + timedelta(seconds=2), hard=True)
    assert fs.online.get("vectors", "v-1") is None


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("near", [1.0, 2.0], "vectors: near is a vector of 3, and 2 elements were given"),
        ("near", [1.0, 2.0, "3"], "vectors: an element of near is Fractional"),
        ("tags", "red", "vectors: tags is a set of String, and 'red' is no list"),
        ("last", [1.5], "vectors: an element of last is Integral"),
        ("click", ["v-1"], "vectors: click is String"),
    ],
)
def test_what_a_feature_does_not_take_is_refused_before_any_call(
    memory: ClientWorld, feature: str, value: Any, words: str
) -> None:
    fs, mark = memory.client(), memory.control.log()[-1]["sequence"]
    with pytest.raises(Refused, match=words):
        fs.online.put("vectors", {**ROW, "at": memory.now().replace(microsecond=0), feature: value})
    assert runtime_calls(memory, mark) == []


def test_where_the_stack_does_not_say_the_service_refuses(memory: ClientWorld) -> None:
    """Parameters of an older release: the same mistakes, with the service's words."""
    fs, now = memory.client(), memory.now().replace(microsecond=0)
    fs.online.put("hidden", {**ROW, "at": now})
    for feature, value, words in (("near", [1.0, 2.0], "dimension 3"), ("tags", "red", "use ValueAsStringList")):
        with pytest.raises(Refused, match=words):
            fs.online.put("hidden", {**ROW, "at": now, feature: value})


def test_ingestion_rejects_the_row_and_writes_the_others(memory: ClientWorld) -> None:
    now = memory.now().replace(microsecond=0)
    rows = [
        {"click": f"i-{n}", "at": now, "near": [0.5] * (2 if n == 1 else 3), "tags": ["a"], "last": [n]}
        for n in range(3)
    ]
    report = memory.client().ingest("vectors", rows)
    assert report.written == 2
    assert [one.reason for one in report.rejected] == ["near is a vector of 3, and 2 elements were given"]


def test_who_does_not_have_the_verb_is_denied(memory: ClientWorld) -> None:
    now = memory.now().replace(microsecond=0)
    reader = memory.client(session=memory.base(f"{JOB}-read-online"))
    writer = memory.client(session=memory.base(f"{JOB}-write"))
    writer.online.put("vectors", {**ROW, "at": now})
    assert reader.online.get("vectors", "v-1") is not None
    for work, verb in (
        (lambda: reader.online.put("vectors", {**ROW, "at": now}), "write"),
        (lambda: reader.online.delete("vectors", "v-1", now), "delete"),
        (lambda: writer.online.delete("vectors", "v-1", now), "delete"),
        (lambda: writer.online.get("vectors", "v-1"), "read-online"),
    ):
        with pytest.raises(Denied) as refused:
            work()
        assert (refused.value.action, refused.value.resource) == ("sts:AssumeRole", ROLES[verb])
        assert "connect again" not in str(refused.value)
    with pytest.raises(NotShared, match="no feature group others"):
        reader.online.get("others", "v-1")
    assert reader.groups["vectors"].account == CENTRAL
