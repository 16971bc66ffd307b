"""A team whose results stay in the central account, and spines that no single query holds."""

import json
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas
import pytest
from client_world import CENTRAL, JOB, PATH, REGION, STORE, TEAM, ClientWorld, parameters, rows, trust

from featureshare.client import Client, Denied, NotShared, QueryFailed, dataset_plan, datasets
from featureshare.client.datasets import Dataset
from featureshare.client.sharing import parse_sharing
from featureshare.client.spines import given_rows

KEPT, BUCKET, READER = "/kept/search/sharing", "fs-results-central", f"arn:aws:iam::{CENTRAL}:role/fs/reader-kept"
OWN = f"{TEAM}/search"
SMALL = 500  # bytes of rows a query


def kept(prefix: str = OWN) -> dict[str, str]:
    """The team's parameters when its results stay in the central account."""
    workgroup = {"name": "fs-kept", "account": CENTRAL, "output": f"s3://{BUCKET}/{prefix}/athena/", "owner": CENTRAL}
    out = {}
    for name, content in parameters().items():
        document = json.loads(content)
        if name == f"{PATH}/team/000":
            document |= {"results_bucket": None, "shared_database": None, "workgroups": {"central": workgroup}}
            document["access_roles"] = {**document["access_roles"], "read-offline": READER}
        out[name.replace(PATH, KEPT)] = json.dumps(document)
    return out


def reads() -> str:
    """Of the results bucket the team's own prefix, as in policies/identity/results-folder.json.tftpl."""
    bucket = f"arn:aws:s3:::{BUCKET}"
    statements: list[Mapping[str, Any]] = [
        {"Action": ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"], "Resource": bucket},
        {"Action": "s3:ListBucket", "Resource": bucket, "Condition": {"StringLike": {"s3:prefix": f"{OWN}/*"}}},
        {
            "Action": ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            "Resource": f"{bucket}/{OWN}/*",
        },
        {"Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": f"arn:aws:s3:::{STORE}/clicks/*"},
        {"Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": f"arn:aws:s3:::{STORE}"},
        {"Action": ["athena:*", "glue:Get*", "glue:BatchGetPartition"], "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | one for one in statements]})


@pytest.fixture(scope="module")
def fs(world: ClientWorld) -> Client:
    world.land_role(READER, {"reads": reads()}, trust({"AWS": JOB}))
    world.administrator("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    world.administrator("athena").create_work_group(
        Name="fs-kept",
        Configuration={
            "ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/{OWN}/athena/"},
            "EnforceWorkGroupConfiguration": True,
        },
    )
    ssm = world.administrator("ssm", TEAM)
    for name, value in kept().items():
        ssm.put_parameter(Name=name, Value=value, Type="String")
    client = world.client(prefix="kept")
    for row in rows(world, 14, "e"):
        client.online.put("clicks", row)
    world.control.flush()
    return client


@pytest.fixture(scope="module")
def spine(world: ClientWorld) -> pandas.DataFrame:
    """Each row asks for an entity at a time when it had its second event, and after two hours before it had any."""
    now = world.now().replace(microsecond=0)
    return pandas.DataFrame(
        {
            "click": [f"e-{number % 8}" for number in range(150)],
            "at": [now if number < 120 else now - timedelta(hours=2) for number in range(150)],
        }
    )


def expected(spine: pandas.DataFrame) -> list[int | None]:
    """e-<n> has the counts n and, seven rows later, n + 7 (modulo 11); e-7 is nobody."""
    return [None if number >= 120 or number % 8 == 7 else (number % 8 + 7) % 11 for number in range(len(spine))]


def asked(fs: Client, spine: pandas.DataFrame, inline: int = SMALL) -> Dataset:
    return Dataset(fs.connection, spine, ["clicks.count"], event_time="at", inline=inline)


def test_a_large_spine_is_cut_into_queries_of_the_central_workgroup(
    fs: Client, world: ClientWorld, spine: pandas.DataFrame, tmp_path: Path
) -> None:
    dataset = asked(fs, spine)
    count = dataset.sql.count("UNLOAD")
    assert 5 < count <= dataset_plan.QUERIES
    numbers = [batch.column("spine_row").to_pylist() for batch in dataset.batches()]
    assert len(numbers) == count  # a file a query
    assert [min(file) for file in numbers] == sorted(min(file) for file in numbers)
    assert sorted(number for file in numbers for number in file) == list(range(len(spine)))
    got = dataset.to_pandas()
    assert [None if value != value else value for value in got["clicks_count"]] == expected(spine)
    manifest = dataset.manifest
    assert (len(manifest.sql), manifest.rows) == (count, len(spine))
    manifest.save(tmp_path / "m.json")
    again = fs.rebuild(tmp_path / "m.json", spine=spine)
    assert (again.sql.count("UNLOAD"), again.manifest.hash) == (1, manifest.hash)
    # The same rows where the team joins them in a database of its own.
    other = Dataset(world.client().connection, spine, ["clicks.count"], event_time="at", inline=0)
    assert (other.sql.count("fs_search_shared"), other.manifest.hash) == (2, manifest.hash)


def test_more_than_so_many_queries_are_refused_before_anything_runs(
    fs: Client, world: ClientWorld, spine: pandas.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = asked(fs, spine).sql.count("UNLOAD")
    monkeypatch.setattr(dataset_plan, "QUERIES", needed)
    assert asked(fs, spine).sql.count("UNLOAD") == needed
    monkeypatch.setattr(dataset_plan, "QUERIES", needed - 1)
    before = len(world.control.log())
    with pytest.raises(NotShared, match=rf"150 rows are more than {needed - 1} queries hold.*`results: team`"):
        asked(fs, spine)
    assert len(world.control.log()) == before


def test_the_place_of_another_team_is_denied(fs: Client, spine: pandas.DataFrame) -> None:
    fs.connection.sharing, before = parse_sharing(KEPT, kept(f"{TEAM}/other")), fs.connection.sharing
    try:
        with pytest.raises(Denied, match="s3:"):
            asked(fs, spine).to_pandas()
    finally:
        fs.connection.sharing = before


@pytest.mark.parametrize("failing", [False, True], ids=["all well", "the first fails"])
def test_four_queries_run_at_once_and_none_is_started_after_one_failed(
    fs: Client, spine: pandas.DataFrame, monkeypatch: pytest.MonkeyPatch, failing: bool
) -> None:
    lock, running, seen = threading.Lock(), [0], []

    def run(connection: Any, sql: str, *words: Any, **named: Any) -> None:
        with lock:
            running[0] += 1
            seen.append(running[0])
            first = len(seen) == 1
        if failing and first:
            raise QueryFailed("no")
        time.sleep(0.2)
        with lock:
            running[0] -= 1

    monkeypatch.setattr(datasets, "run_query", run)
    dataset = asked(fs, spine)
    if failing:
        with pytest.raises(QueryFailed, match=r"^no$"):
            dataset.to_pandas()
        assert len(seen) < 10 < dataset.sql.count("UNLOAD")
    else:
        list(dataset.batches())
        assert (max(seen), len(seen)) == (4, dataset.sql.count("UNLOAD"))


def test_pieces_are_of_so_many_bytes_and_lose_no_row(tmp_path: Path) -> None:
    """Bytes as the query has them: of letters that take several, and of quotes, which are doubled."""
    frame = pandas.DataFrame({"name": ["ключ" * 5, "'" * 40, "plain" * 8, None] * 50})
    given = given_rows(frame, None, tmp_path, inline=700)
    pieces = given.pieces(1000)
    assert pieces is not None
    assert [line for piece in pieces for line in piece] == [
        (str(number), None if name is None else name) for number, name in enumerate(frame["name"])
    ]
    longest = [", ".join("(" + ", ".join(
        "NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in line) + ")" for line in piece)
        for piece in pieces]  # fmt: skip
    assert all(len(one.encode()) <= 700 for one in longest)
    assert all(len(one.encode()) > 500 for one in longest[:-1])
    assert given.pieces(len(pieces)) == pieces
    assert given.pieces(len(pieces) - 1) is None
