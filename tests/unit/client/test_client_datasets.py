"""Data sets against a local AWS, held to an oracle in Python that knows nothing of SQL."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from client_world import RESULTS, STORE, TEAM, ClientWorld

from featureshare.client import Client, DatasetInput, Denied, NotShared, NotTheSame, QueryFailed
from featureshare.client.datasets import Dataset
from featureshare.client.spines import given_rows
from featureshare.journeys import oracle

START = datetime(2026, 1, 1, tzinfo=UTC)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Written:
    """What was written to each group, for the oracle."""

    def __init__(self, fs: Client, seed: int) -> None:
        self.fs, self.draw = fs, random.Random(seed)
        self.rows: dict[str, list[dict[str, Any]]] = {"clicks": [], "own": []}

    def history(self, group: str, entities: int, events: int) -> None:
        """Random events with ties in time, values that are missing, and deletions."""
        times = [START + timedelta(minutes=self.draw.randrange(400)) for _ in range(events)]
        seen: set[tuple[str, datetime]] = set()
        for number, moment in enumerate(sorted(times)):
            entity = f"e-{self.draw.randrange(entities)}"
            if (entity, moment) in seen:
                continue
            seen.add((entity, moment))
            if self.draw.random() < 0.15:
                self.fs.online.delete(group, entity, moment)
                self.rows[group].append(
                    {"click": entity, "at": iso(moment), "count": None, "kind": None, "is_deleted": True}
                )
                continue
            kind = self.draw.choice(["view", "buy", None])
            row = {"click": entity, "at": moment, "count": number, "score": number / 7, "kind": kind}
            self.fs.online.put(group, row)
            if self.draw.random() < 0.2:
                self.fs.online.put(group, row)  # a retried write: the offline store has it twice
            self.rows[group].append(
                {"click": entity, "at": iso(moment), "count": number, "kind": kind, "is_deleted": False}
            )

    def expected(self, spine: pandas.DataFrame, groups: tuple[str, ...], key: str = "click") -> list[dict[str, Any]]:
        rows = [{**row, "at": iso(row["at"])} for row in spine.to_dict("records")]
        shared = [
            oracle.Shared(group, key, "click", "at", "String", ("count", "kind"), self.rows[group]) for group in groups
        ]
        return oracle.point_in_time(oracle.Spine("label", "at", "String", tuple(spine.columns), rows), shared)


@pytest.fixture(scope="module")
def written(world: ClientWorld) -> Written:
    found = Written(world.client(), 7)
    found.history("clicks", 12, 150)
    found.history("own", 12, 60)
    world.control.flush()
    return found


@pytest.fixture(scope="module")
def spine() -> pandas.DataFrame:
    draw = random.Random(3)
    rows = [
        {"label": number, "click": f"e-{draw.randrange(14)}", "at": START + timedelta(minutes=draw.randrange(-5, 420))}
        for number in range(80)
    ]
    return pandas.DataFrame(rows).drop_duplicates(["at"]).reset_index(drop=True)


def texts(rows: Any) -> list[dict[str, Any]]:
    """Rows of a data set as the oracle has them, in its order."""
    found = [
        {key: None if value is None or value is pandas.NA or value != value else value for key, value in row.items()}
        for row in rows
    ]
    return sorted(found, key=lambda row: (row["at"], row["label"]))


def made(dataset: Dataset) -> list[dict[str, Any]]:
    rows = [row for batch in dataset.batches() for row in batch.to_pylist()]
    return texts([{key: value for key, value in row.items() if key != "spine_row"} for row in rows])


FEATURES = {"clicks": ["clicks.count", "clicks.kind"], "own": ["own.count", "own.kind"]}


@pytest.mark.parametrize("inline", [150_000, 0], ids=["in the query", "as a table"])
@pytest.mark.parametrize("groups", [("clicks",), ("own",), ("clicks", "own")], ids="+".join)
def test_every_row_has_what_was_known_at_its_time(
    world: ClientWorld, written: Written, spine: pandas.DataFrame, groups: tuple[str, ...], inline: int
) -> None:
    features = [feature for group in groups for feature in FEATURES[group]]
    dataset = Dataset(world.client().connection, spine, features, event_time="at", inline=inline)
    assert oracle.differences(written.expected(spine, groups), made(dataset)) == []
    assert dataset.manifest.rows == len(spine)
    left = world.administrator("glue", TEAM).get_tables(DatabaseName="fs_search_shared")["TableList"]
    assert left == []  # what was registered for the moment is gone


def test_a_group_is_a_spine_without_its_deletions(world: ClientWorld, written: Written) -> None:
    dataset = world.client().dataset("own", ["clicks.count"])
    rows = [row for batch in dataset.batches() for row in batch.to_pylist()]
    alive = [row for row in written.rows["own"] if not row["is_deleted"]]
    assert sorted((row["click"], row["at"]) for row in rows) == sorted((row["click"], row["at"]) for row in alive)
    assert set(rows[0]) == {"click", "at", "count", "score", "kind", "clicks_count"}
    with pytest.raises(DatasetInput, match="columns would be there twice"):
        world.client().dataset(pandas.DataFrame({"click": ["a"], "clicks_count": [1]}), ["clicks.count"])


def test_a_frame_comes_back_in_its_order_and_without_a_time_all_is_as_of_now(
    world: ClientWorld, written: Written
) -> None:
    frame = pandas.DataFrame({"who": ["e-3", "nobody", "e-1", "e-3"]})
    got = world.client().dataset(frame, ["clicks.count"], on={"clicks": "who"}).to_pandas()
    newest = {row["click"]: row["count"] for row in sorted(written.rows["clicks"], key=lambda row: row["at"])}
    assert list(got.columns) == ["who", "clicks_count"]
    assert got["who"].tolist() == ["e-3", "nobody", "e-1", "e-3"]
    wanted = [newest.get(who) for who in got["who"]]
    assert [None if value != value else value for value in got["clicks_count"]] == wanted


def test_the_same_set_is_built_again_although_more_was_written(
    world: ClientWorld, written: Written, spine: pandas.DataFrame, tmp_path: Path
) -> None:
    fs = world.client()
    dataset = fs.dataset(spine, ["clicks.*"], event_time="at")
    assert dataset.to_parquet(tmp_path / "set.parquet").rows == pq.read_table(tmp_path / "set.parquet").num_rows
    dataset.manifest.save(tmp_path / "m.json")
    [group] = dataset.manifest.groups.values()
    assert group["objects"]
    assert all(one["version"] and one["key"].startswith("clicks/") for one in group["objects"])
    world.later(60)
    late = {"click": spine["click"][0], "at": spine["at"][0].to_pydatetime(), "count": 99_999, "kind": None}
    fs.online.put("clicks", late)
    written.rows["clicks"].append({**late, "at": iso(late["at"]), "is_deleted": False})
    world.control.flush()
    again = fs.rebuild(tmp_path / "m.json", spine=spine)
    assert (again.manifest.hash, again.manifest.rows) == (dataset.manifest.hash, dataset.manifest.rows)
    assert fs.dataset(spine, ["clicks.*"], event_time="at").manifest.hash != dataset.manifest.hash
    with pytest.raises(DatasetInput, match="give them again"):
        fs.rebuild(tmp_path / "m.json")
    with pytest.raises(NotTheSame, match="the spine is another"):
        fs.rebuild(tmp_path / "m.json", spine=spine.iloc[1:])


def test_what_has_changed_underneath_is_named(world: ClientWorld, written: Written, spine: pandas.DataFrame) -> None:
    fs = world.client()
    dataset = fs.dataset(spine, ["own.count"], event_time="at")
    objects = dataset.manifest.groups["own"]["objects"]
    s3 = world.administrator("s3", TEAM)
    body = s3.get_object(Bucket=f"{STORE}-own", Key=objects[0]["key"])["Body"].read()
    s3.put_object(Bucket=f"{STORE}-own", Key=objects[0]["key"], Body=body)
    with pytest.raises(NotTheSame, match=r"1 objects of own are gone or were written anew, such as own/"):
        fs.rebuild(dataset.manifest, spine=spine)


def test_another_copy_of_a_group_is_read_by_its_table(
    world: ClientWorld, written: Written, spine: pandas.DataFrame
) -> None:
    """The seam for replicas: the same rows under another name in the team's own account."""
    fs = world.client()
    dataset = fs.dataset(spine, ["clicks.count"], event_time="at")
    glue = world.administrator("glue")
    table = glue.get_table(DatabaseName="fs_features", Name="clicks")["Table"]
    kept = {
        key: table[key]
        for key in ("Name", "StorageDescriptor", "PartitionKeys", "Parameters", "TableType")
        if key in table
    }
    pages = world.administrator("s3").get_paginator("list_objects_v2").paginate(Bucket=STORE, Prefix="clicks/")
    for page in pages:
        for one in page["Contents"]:
            if one["Size"]:
                body = world.administrator("s3").get_object(Bucket=STORE, Key=one["Key"])["Body"].read()
                world.administrator("s3", TEAM).put_object(
                    Bucket=RESULTS, Key=f"copy/{one['Key'].rsplit('/', 1)[1]}", Body=body
                )
    kept["StorageDescriptor"] = {**kept["StorageDescriptor"], "Location": f"s3://{RESULTS}/copy/"}
    kept |= {"PartitionKeys": [], "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"}}
    world.administrator("glue", TEAM).create_table(DatabaseName="fs_search_shared", TableInput=kept)
    try:
        again = fs.rebuild(dataset.manifest, spine=spine, tables={"clicks": '"fs_search_shared"."clicks"'})
    finally:
        world.administrator("glue", TEAM).delete_table(DatabaseName="fs_search_shared", Name="clicks")
    assert again.manifest.hash == dataset.manifest.hash
    assert '"fs_search_shared"."clicks"' in again.sql


def test_the_sql_is_shown_without_a_call(world: ClientWorld, spine: pandas.DataFrame) -> None:
    fs = world.client()
    before = len(world.control.log())
    dataset = fs.dataset(spine, ["clicks.count", "own.kind"], event_time="at")
    assert dataset.sql.count("UNLOAD") == 2
    assert dataset.sql.count("write_time <= TIMESTAMP") == 2
    assert len(world.control.log()) == before


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ({"features": ["clicks"]}, "names no feature: write group.feature"),
        ({"features": ["clicks.cuont"]}, "clicks has no feature cuont; it has: click, at"),
        ({"features": []}, "name a feature"),
        ({"features": ["clicks.count"], "on": {"words": "click"}}, "on names groups without features: words"),
        ({"features": ["clicks.count"], "on": {"clicks": "who"}}, "the spine has no column who to look up clicks by"),
        (
            {"features": ["clicks.count"], "on": {"clicks": "label"}},
            "label is bigint in the spine, and clicks has varchar",
        ),
        ({"features": ["clicks.count"], "event_time": "when"}, "the spine has no column when"),
        ({"features": ["clicks.count"], "as_of": datetime(2026, 1, 1)}, "has no time zone"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_runs(
    world: ClientWorld, spine: pandas.DataFrame, ask: dict[str, Any], words: str
) -> None:
    with pytest.raises(DatasetInput, match=words):
        world.client().dataset(spine, **{"event_time": "at", **ask})


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"at": [datetime(2026, 1, 1)]}, "without a time zone"),
        ({"at": ["2026-01-01"]}, "at is '2026-01-01' in row 0, not a time such as"),
        ({"at": [START + timedelta(microseconds=7)]}, "finer than milliseconds"),
        ({"at": [iso(START)], "x": [b"bytes"]}, "x is of type binary"),
        ({"at": [iso(START)] * 2, "x": [1, "a"]}, "mixed or unknown types"),
        ({"at": [iso(START)], "x": [float("inf")]}, "x has infinite values"),
        ({"at": [iso(START)], "spine_row": [1]}, "rename that column"),
        ({"at": []}, "has no rows"),
    ],
)
def test_rows_that_no_query_can_hold_are_refused(columns: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetInput, match=words):
        given_rows(pandas.DataFrame(columns), "at", tmp_path)


def test_rows_are_the_same_whatever_holds_them(tmp_path: Path) -> None:
    frame = pandas.DataFrame({"at": [START, START + timedelta(milliseconds=7)], "n": [1, 2], "x": [0.5, None]})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, tmp_path / "rows.parquet")
    for data in (table, tmp_path / "rows.parquet", str(tmp_path / "rows.parquet"), table.to_pylist()):
        got = given_rows(data, "at", tmp_path)
        assert got.digest == given_rows(frame, "at", tmp_path).digest
        assert got.lines == (("0", "2026-01-01T00:00:00Z", "1", "0.5"), ("1", "2026-01-01T00:00:00.007Z", "2", None))
    many = given_rows(frame, "at", tmp_path, inline=0)
    assert (many.lines, many.rows, pq.read_table(many.file).num_rows) == (None, 2, 2)


def test_denials_and_failures_of_queries_are_told_apart(world: ClientWorld, spine: pandas.DataFrame) -> None:
    narrow = world.client(groups=["clicks"])
    with pytest.raises(NotShared, match="words is not among"):
        narrow.dataset(spine, ["words.count"], event_time="at")
    assert narrow.dataset(spine, ["clicks.count"], event_time="at").manifest.rows == len(spine)
    from featureshare.client.queries import run_query

    connection = narrow.connection
    workgroup = connection.sharing.workgroups["central"]
    with pytest.raises(Denied, match="glue:GetTable"):
        run_query(connection, "SELECT * FROM fs_features.words", workgroup, "fs_features", own=False)
    with pytest.raises(QueryFailed, match="failed: "):
        run_query(connection, "SELECT nothing FROM fs_features.clicks", workgroup, "fs_features", own=False)
