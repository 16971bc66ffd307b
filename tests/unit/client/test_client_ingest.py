"""Ingestion against a local AWS: order, refusals, expectations, and what comes between."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError
from client_world import JOB, ROLES, ClientWorld, allow, rows, trust

from featureshare.client import Denied, IngestStopped, Progress, QualityFailed, SchemaMismatch


@pytest.fixture
def frame(world: ClientWorld, request: pytest.FixtureRequest) -> pandas.DataFrame:
    return pandas.DataFrame(rows(world, 120, request.node.name[-20:]))


@pytest.fixture
def in_the_middle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """in_the_middle(what): `what` happens once, before the fortieth record of an ingestion is written."""
    module = sys.modules["featureshare.client.ingest"]  # the package has a function of that name
    real, lock, calls = module.put_record, threading.Lock(), iter(range(1, 10_000))

    def arrange(what: Callable[[], None]) -> None:
        def put(*arguments: Any) -> None:
            with lock:  # nobody writes while it happens
                if next(calls) == 40:
                    what()
            real(*arguments)

        monkeypatch.setattr(module, "put_record", put)

    return arrange


@pytest.mark.parametrize("here", [True, False], ids=["clock-tells", "service-tells"])
def test_an_ingestion_outlives_its_credentials(
    world: ClientWorld, frame: pandas.DataFrame, here: bool, in_the_middle: Callable[[Callable[[], None]], None]
) -> None:
    """Once with a clock that knows, once with one that stands still, so that only the service says it."""
    fs, before = world.client(), len(world.control.log())

    def pass_an_hour() -> None:
        world.later(3601, here=here)
        if not here:
            fs.connection.base.get_credentials()._frozen_credentials = None  # the service renews its own

    in_the_middle(pass_an_hour)
    report = fs.ingest("words", frame, threads=2)
    if not here:
        world.offset += timedelta(seconds=3601)
    assert (report.written, report.left, report.rejected) == (120, 0, [])
    entries = world.control.log()[before:]
    taken = [one for one in entries if one["call"] == "sts:AssumeRole" and "assumed-role/job" in one["principal"]]
    assert [one["result"] for one in taken] == ["Allowed", "Allowed"]
    puts = [one["result"] for one in entries if one["call"].endswith("PutRecord")]
    assert puts.count("Allowed") == 120


def test_a_request_under_way_as_the_session_renews_itself_brings_no_second_one(
    world: ClientWorld, frame: pandas.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was signed with the old keys, and the service says that those expired; the new ones are there already."""
    fs, before = world.client(), len(world.control.log())
    module = sys.modules["featureshare.client.ingest"]
    real, calls = module.put_record, iter(range(1, 10_000))

    def put(connection: Any, group: Any, *arguments: Any) -> None:
        if next(calls) == 40:
            world.later(3601)
            connection.session("write", group).get_credentials().get_frozen_credentials()
            raise ClientError({"Error": {"Code": "ExpiredTokenException", "Message": "expired"}}, "PutRecord")
        real(connection, group, *arguments)

    monkeypatch.setattr(module, "put_record", put)
    report = fs.ingest("words", frame, threads=1)
    assert (report.written, report.left) == (120, 0)
    entries = world.control.log()[before:]
    taken = [one for one in entries if one["call"] == "sts:AssumeRole" and "assumed-role/job" in one["principal"]]
    assert [one["result"] for one in taken] == ["Allowed", "Allowed"]


def test_progress_is_told_and_its_failure_ends_the_work(world: ClientWorld, frame: pandas.DataFrame) -> None:
    told: list[Progress] = []
    report = world.client().ingest("words", frame, progress=told.append)
    assert (told[-1].written, told[-1].rows) == (120, 120)
    assert told[-1].rate > 0
    assert report.written == 120

    def fail(_: Progress) -> None:
        raise ZeroDivisionError("of the caller")

    with pytest.raises(IngestStopped, match="of the caller") as caught:
        world.client().ingest("words", frame, progress=fail)
    assert caught.value.report.written + caught.value.report.left == 120


def test_an_interrupt_ends_the_work_with_its_account(world: ClientWorld, frame: pandas.DataFrame) -> None:
    def stop(done: Progress) -> None:
        raise KeyboardInterrupt("enough")

    with pytest.raises(IngestStopped, match="interrupted") as stopped:
        world.client().ingest("words", frame, progress=stop, threads=2)
    assert stopped.value.report.written < 120
    assert stopped.value.report.written + stopped.value.report.left == 120


def test_order_is_kept_for_each_identifier(world: ClientWorld, frame: pandas.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=3)
    before = len(world.control.log())
    assert world.client().ingest("words", shuffled, threads=8).written == 120
    newest = frame.sort_values("at").groupby("click").last()
    got = world.client().online.batch_get({"words": list(newest.index)}).of("words")
    assert {key: record["count"] for key, record in got.items()} == newest["count"].to_dict()
    assert len([one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]) == 120


def test_rejected_rows_are_named_and_the_rest_is_written(world: ClientWorld, frame: pandas.DataFrame) -> None:
    data = frame.astype({"count": object})
    data.loc[3, "count"] = "many"
    data.loc[5, "click"] = None
    report = world.client().ingest("words", data)
    assert [(one.row, one.reason) for one in report.rejected] == [
        (3, "count is Integral, and 'many' is no whole number"),
        (5, "click has no value"),
    ]
    assert (report.rows, report.written, report.left) == (120, 118, 0)
    assert "118 of 120 rows written, 2 rejected" in str(report)
    with pytest.raises(SchemaMismatch, match="no features of it: cuont"):
        world.client().ingest("words", frame.rename(columns={"count": "cuont"}))


def test_expectations_warn_or_fail(world: ClientWorld, frame: pandas.DataFrame) -> None:
    frame.loc[7, "kind"] = "steal"
    before = len(world.control.log())
    with pytest.raises(QualityFailed, match="so nothing was written") as caught:
        world.client().ingest("clicks", frame, quality="fail")
    assert caught.value.report.left == 120
    assert not [one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]
    report = world.client().ingest("clicks", frame)
    assert report.written == 120
    assert {one.feature for one in report.violations} >= {"kind"}


def test_a_revoked_grant_stops_with_an_exact_account_and_the_journal_resumes(
    world: ClientWorld,
    frame: pandas.DataFrame,
    tmp_path: Path,
    in_the_middle: Callable[[Callable[[], None]], None],
) -> None:
    role, journal = ROLES["write"], tmp_path / "journal"

    def revoke() -> None:
        world.land_role(role, {"verb": allow("sagemaker:DescribeFeatureGroup")}, trust({"AWS": JOB}))

    in_the_middle(revoke)
    before = len(world.control.log())
    with pytest.raises(IngestStopped, match=r"sagemaker:PutRecord on .*words was denied to .*write") as caught:
        world.client().ingest("words", frame, journal=journal, threads=2)
    report = caught.value.report
    puts = [one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]
    assert report.written == sum(one["result"] == "Allowed" for one in puts)
    assert 0 < report.written < 120
    assert report.left == 120 - report.written
    assert isinstance(caught.value.__cause__, Denied)
    world.land_role(role, {"verb": allow("sagemaker:PutRecord")}, trust({"AWS": JOB}))
    rest = world.client().ingest("words", frame.sample(frac=1, random_state=1), journal=journal)
    assert (rest.resumed, rest.written, rest.left) == (report.written, report.left, 0)


def test_a_killed_process_is_resumed(world: ClientWorld, tmp_path: Path) -> None:
    """Killed outright in the middle: the journal knows all that was confirmed, and the next run does the rest."""
    journal, data = tmp_path / "journal", rows(world, 400, "killed", 40)
    for row in data:
        row["at"] = row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    (tmp_path / "rows.json").write_text(json.dumps(data))
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from client_world import ClientWorld\n"
        "from featureshare.localaws.control import LocalAWS\n"
        "fs = ClientWorld(LocalAWS(sys.argv[2], sys.argv[3])).client()\n"
        "fs.ingest('words', json.load(open(sys.argv[4])), journal=sys.argv[5], threads=2)\n"
    )
    arguments = [str(Path(__file__).parent), world.control.endpoint, world.control.token]
    arguments += [str(tmp_path / "rows.json"), str(journal)]
    before = len(world.control.log())
    with subprocess.Popen([sys.executable, "-c", program, *arguments]) as process:
        while not journal.exists() or journal.read_bytes().count(b"\n") < 51:  # the first line names the group
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.01)
        process.kill()
    written = [one for one in world.control.log()[before:] if one["call"].endswith("PutRecord")]
    report = world.client().ingest("words", data, journal=journal)
    assert 50 <= report.resumed < 400
    assert report.resumed <= len(written) <= report.resumed + 2  # at most one on its way for each thread
    assert (report.resumed + report.written, report.left) == (400, 0)
    newest = {row["click"]: row["count"] for row in data}
    got = world.client().online.batch_get({"words": list(newest)}).of("words")
    assert {key: record["count"] for key, record in got.items()} == newest


def test_parquet_is_read_in_pieces(world: ClientWorld, frame: pandas.DataFrame, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "rows.parquet", row_group_size=50)
    assert world.client().ingest("words", tmp_path / "rows.parquet").written == 120
    with pytest.raises(SchemaMismatch, match="there is no file or folder"):
        world.client().ingest("words", tmp_path / "nowhere.parquet")


def test_throttling_is_waited_out(world: ClientWorld, frame: pandas.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["featureshare.client.ingest"]  # the package has a function of that name
    fs, real, pauses, refusals = world.client(), module.put_record, [], iter(["ThrottlingException"] * 5)

    def sometimes(*arguments: Any) -> None:
        code = next(refusals, None)
        if code:
            raise ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, "PutRecord")
        real(*arguments)

    monkeypatch.setattr(module, "put_record", sometimes)
    report = module.ingest(fs.connection, "words", frame, sleep=pauses.append)
    assert (report.written, len(pauses)) == (120, 5)
