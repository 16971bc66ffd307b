"""A reader of a replica, in another account and Region: finds the copies, and builds what a team has built before."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas
import pytest
from client_world import CENTRAL, SERVICE, STORE, ClientWorld, allow, group, trust

from featureshare.client import Client, Manifest, NoSharing, NotCopied, NotShared, NotTheSame, connect
from featureshare.client.datasets import Dataset
from featureshare.client.manifest import behind, different
from featureshare.client.sharing import parse_sharing

REPLICA, REGION = "121212121212", "eu-central-1"
COPY, RESULTS, DATABASE = "fs-lab-replica", "fs-lab-results", "fs_lab_replica"
PATH = "/fs/lab/sharing"
READER = f"arn:aws:iam::{REPLICA}:role/fs/replica-reader/lab/fs-lab-training"
ROLE = f"arn:aws:iam::{CENTRAL}:role/fs/replication/fs-replication"
START = datetime(2026, 1, 1, tzinfo=UTC)
COPIED = ("clicks", "words")


def parameters() -> dict[str, str]:
    """What the replica's stack publishes."""
    lab = {
        "schema": 1,
        "team": "lab",
        "replica": True,
        "environment": "local",
        "region": REGION,
        "partition": "aws",
        "account": REPLICA,
        "central_account": CENTRAL,
        "access_roles": {},
        "results_bucket": RESULTS,
        "shared_database": None,
        "workgroups": {
            "own": {"name": "fs-lab", "account": REPLICA, "output": f"s3://{RESULTS}/athena/", "owner": REPLICA}
        },
    }
    documents: dict[str, Any] = {"team": lab}
    for name in COPIED:
        copy = {"store": "replica", "verbs": ["read-offline"], "online": False, "database": DATABASE}
        documents[f"groups/{name}"] = {**group(name), **copy, "s3_uri": f"s3://{COPY}/{name}"}
    return {f"{PATH}/{name}/000": json.dumps(document) for name, document in documents.items()}


def administrator(world: ClientWorld, service: str) -> Any:
    """A client of the replica's account, in its Region."""
    return world.base(f"arn:aws:iam::{REPLICA}:role/administrator").client(service, region_name=REGION)


@pytest.fixture(scope="module")
def replica(world: ClientWorld) -> ClientWorld:
    """The world with a replica of two groups in it, which nothing has been copied to."""
    world.control.land({"accounts": {REPLICA: "lab"}})
    world.land_role(f"arn:aws:iam::{REPLICA}:role/administrator", {"all": allow("*")}, trust(SERVICE))
    reading = {
        "told": allow("ssm:GetParametersByPath", on=f"arn:aws:ssm:{REGION}:{REPLICA}:parameter{PATH}"),
        "queries": allow("athena:*", "glue:GetTable", "glue:GetDatabase", "glue:GetPartition*", "s3:*"),
    }
    world.land_role(READER, reading, trust(SERVICE))
    world.land_role(f"{READER}-untold", {"queries": reading["queries"]}, trust(SERVICE))
    world.land_role(ROLE, {"all": allow("s3:*")}, trust({"Service": "s3.amazonaws.com"}))
    s3 = administrator(world, "s3")
    for bucket in (COPY, RESULTS):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=COPY, VersioningConfiguration={"Status": "Enabled"})
    fills = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "s3:ReplicateObject"}
    policy = {"Version": "2012-10-17", "Statement": [fills | {"Resource": f"arn:aws:s3:::{COPY}/*"}]}
    s3.put_bucket_policy(Bucket=COPY, Policy=json.dumps(policy))
    rules = [
        {
            "ID": name,
            "Priority": place,
            "Status": "Enabled",
            "Filter": {"Prefix": f"{name}/"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{COPY}"},
        }
        for place, name in enumerate(COPIED)
    ]
    source = world.administrator("s3")
    source.put_bucket_replication(Bucket=STORE, ReplicationConfiguration={"Role": ROLE, "Rules": rules})
    glue, there = administrator(world, "glue"), world.administrator("glue")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    for name in COPIED:
        table = there.get_table(DatabaseName="fs_features", Name=name)["Table"]
        storage = {**table["StorageDescriptor"], "Location": f"s3://{COPY}/{name}/"}
        kinds = {"EXTERNAL": "TRUE", "classification": "parquet"}
        made = {"Name": name, "TableType": "EXTERNAL_TABLE", "Parameters": kinds, "StorageDescriptor": storage}
        glue.create_table(DatabaseName=DATABASE, TableInput=made)
    administrator(world, "athena").create_work_group(
        Name="fs-lab",
        Configuration={
            "ResultConfiguration": {"OutputLocation": f"s3://{RESULTS}/athena/"},
            "EnforceWorkGroupConfiguration": True,
        },
    )
    for name, value in parameters().items():
        administrator(world, "ssm").put_parameter(Name=name, Value=value, Type="String")
    return world


@pytest.fixture(autouse=True)
def copies_at_once(world: ClientWorld) -> None:
    world.control.settings(services={"replication_delay": 0.0})


def reader(world: ClientWorld, role: str = READER, **options: Any) -> Client:
    """`connect` as a replica's reader calls it."""
    base = world.base(role)
    base._session.set_config_variable("region", REGION)
    return connect("lab", **{"session": base, "wire": world.wire, **options})


def history(fs: Client, name: str, run: str, count: int = 20) -> None:
    """Events of a few records, one of which is deleted, in the store."""
    for number in range(count):
        moment = START + timedelta(minutes=number)
        fs.online.put(name, {"click": f"{run}-{number % 5}", "at": moment, "count": number, "kind": "buy"})
    fs.online.delete(name, f"{run}-0", START + timedelta(hours=1))


def spine(run: str) -> pandas.DataFrame:
    times = [START + timedelta(minutes=minutes) for minutes in (0, 3, 7, 18, 90)]
    return pandas.DataFrame([{"click": f"{run}-{n % 6}", "at": moment} for n in range(30) for moment in times[n % 5 :]])


def settled(world: ClientWorld) -> None:
    """What was written is in the store, and all of the store in the copy."""
    world.control.flush()
    deadline = time.monotonic() + 20
    while not _keys(world.administrator("s3"), STORE) <= _keys(administrator(world, "s3"), COPY):
        assert time.monotonic() < deadline, "S3 copies nothing"
        time.sleep(0.05)


def _keys(s3: Any, bucket: str) -> set[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {one["Key"] for page in pages for one in page.get("Contents", ())}


def test_a_reader_finds_the_copies_and_no_role(replica: ClientWorld) -> None:
    fs = reader(replica)
    sharing = fs.connection.sharing
    assert (sharing.replica, sharing.region, dict(sharing.access_roles)) == (True, REGION, {})
    assert {name: set(found.verbs) for name, found in fs.groups.items()} == {name: {"read-offline"} for name in COPIED}
    with pytest.raises(NoSharing, match="may not be read"):
        reader(replica, f"{READER}-untold")
    with pytest.raises(
        NotShared, match="lab is a replica: its copy of clicks is there for read-offline alone, not for"
    ):
        fs.online.get("clicks", "x")
    with pytest.raises(NotShared, match="replica lab holds no copy of own; there are: clicks, words"):
        fs.rebuild(Manifest(**{**vars(manifest_of()), "spine": {"kind": "group", "name": "own"}}))
    with pytest.raises(NotShared, match="replica lab holds no copy of own"):
        fs.dataset(spine("x"), ["own.count"])
    with pytest.raises(NotShared, match="lab is a replica, which has no access roles"):
        fs.session("read-offline")
    with pytest.raises(NotShared, match="clicks lies in replica lab, which your role holds itself"):
        reader(replica, groups=["clicks"])


@pytest.mark.parametrize("inline", [150_000, 400], ids=["in the query", "cut into queries"])
def test_the_same_set_is_built_from_the_copies(replica: ClientWorld, tmp_path: Path, inline: int) -> None:
    source, run = replica.client(), f"same{inline}"
    history(source, "clicks", run)
    history(source, "words", run)
    settled(replica)
    features = ["clicks.count", "words.kind"]
    manifest = source.dataset(spine(run), features, event_time="at").manifest
    manifest.save(tmp_path / "m.json")
    before = replica.control.log()[-1]["sequence"]
    again = Dataset(
        reader(replica).connection, spine(run), features, event_time="at", as_of=manifest.moment, inline=inline
    )
    assert (again.manifest.hash, again.manifest.rows) == (manifest.hash, manifest.rows)
    assert again.sql.count("UNLOAD") == (1 if inline > 400 else again.sql.count("VALUES"))
    assert again.sql.count("UNLOAD") > (0 if inline > 400 else 1)
    rebuilt = reader(replica).rebuild(tmp_path / "m.json", spine=spine(run))
    assert rebuilt.manifest.hash == manifest.hash
    for name, facts in manifest.groups.items():
        keys = {(one["key"], one["version"]) for one in facts["objects"]}
        assert keys
        assert keys <= {(one["key"], one["version"]) for one in rebuilt.manifest.groups[name]["objects"]}
    called = replica.control.log(since=before)
    assert {entry["account"] for entry in called} - {""} == {REPLICA}  # some are the making of the session itself


def test_a_group_as_the_spine_and_more_written_since(replica: ClientWorld) -> None:
    source = replica.client()
    history(source, "clicks", "more")
    settled(replica)
    manifest = source.dataset("words", ["clicks.*"]).manifest
    replica.later(60)
    history(source, "clicks", "since", 5)
    history(source, "words", "since", 5)
    settled(replica)
    assert reader(replica).rebuild(manifest).manifest.hash == manifest.hash


def test_what_has_not_come_yet_is_named_before_any_query(replica: ClientWorld) -> None:
    source, fs = replica.client(), reader(replica)
    history(source, "clicks", "first")
    settled(replica)
    replica.control.settings(services={"replication_delay": 3600.0})
    there = {
        one["key"]
        for one in source.dataset(spine("first"), ["clicks.count"], event_time="at").objects()["clicks"]["objects"]
    }
    history(source, "clicks", "late")
    replica.control.flush()
    manifest = source.dataset(spine("late"), ["clicks.count"], event_time="at").manifest
    late = [one for one in manifest.groups["clicks"]["objects"] if one["key"] not in there]
    before = replica.control.log()[-1]["sequence"]
    with pytest.raises(NotCopied) as refused:
        fs.rebuild(manifest, spine=spine("late"))
    assert refused.value.objects == {"clicks": tuple((one["key"], one["version"]) for one in late)}
    words = f"{len(late)} of {len(manifest.groups['clicks']['objects'])} objects of clicks, such as {late[0]['key']}"
    assert f"replica lab lacks {words} (version {late[0]['version']})" in str(refused.value)
    assert not [entry for entry in replica.control.log(since=before) if "athena" in entry["call"]]


def manifest_of(*objects: tuple[str, str], name: str = "clicks") -> Manifest:
    held = [{"key": key, "version": version, "etag": "", "bytes": 1} for key, version in objects]
    groups = {name: {"arn": "", "schema_version": "s", "objects": held}}
    return Manifest("t", "e", "2026-01-01T00:00:00+00:00", {}, None, (), {}, (), groups, (), 1, "h")


def test_another_version_of_an_object_is_not_the_one_that_was_read() -> None:
    wanted = manifest_of(("clicks/a", "1"), ("clicks/b", "1"))
    behind("lab", wanted, wanted.groups)
    for found, lacks in (
        ([], ("clicks/a", "clicks/b")),
        ([("clicks/a", "1")], ("clicks/b",)),
        ([("clicks/a", "2"), ("clicks/b", "1")], ("clicks/a",)),
    ):
        with pytest.raises(NotCopied) as refused:
            behind("lab", wanted, manifest_of(*found).groups)
        assert tuple(key for key, _ in refused.value.objects["clicks"]) == lacks
    assert isinstance(refused.value, NotTheSame)
    with pytest.raises(NotCopied, match="2 of 2 objects of clicks, such as clicks/a"):
        behind("lab", wanted, {})
    assert different(wanted, manifest_of(("clicks/b", "1")).groups, 1, "h") == [
        "1 objects of clicks are gone or were written anew, such as clicks/a"
    ]


def test_a_team_is_no_replica_unless_it_says_so() -> None:
    found = parameters()
    assert parse_sharing(PATH, found).replica
    team = json.loads(found[f"{PATH}/team/000"])
    del team["replica"]
    assert not parse_sharing(PATH, {**found, f"{PATH}/team/000": json.dumps(team)}).replica
