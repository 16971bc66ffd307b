"""The decision log: what is decided after a request was answered is written down too."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from featureshare.localaws.gateway.log import DecisionLog
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.logfile import lines, older


def test_checks_of_work_that_outlives_its_request() -> None:
    log = DecisionLog()
    entry = log.open("request-1")
    entry.service, entry.operation, entry.principal = "athena", "StartQueryExecution", "arn:aws:iam::1:role/reader"
    log.close(entry)
    assert [line["result"] for line in log.since(0)] == ["Allowed"]  # written down before the query runs

    def query() -> None:
        with log.following(entry) as later:
            assert later is not entry
            raise ServiceError("AccessDenied", "not authorized to perform: s3:GetObject")

    with ThreadPoolExecutor(1) as pool, pytest.raises(ServiceError):
        pool.submit(query).result()
    first, later = log.since(0)
    assert (later["request_id"], later["call"], later["principal"]) == (
        "request-1",
        "athena:StartQueryExecution",
        "arn:aws:iam::1:role/reader",
    )
    assert (first["result"], later["result"], later["error"]) == ("Allowed", "Denied", "AccessDenied")
    log.stop()


def test_checks_within_a_request_stay_in_its_entry() -> None:
    log = DecisionLog()
    entry = log.open("request-2")
    with log.following(entry) as its:
        assert its is entry
    log.close(entry)
    assert len(log.since(0)) == 1
    log.stop()


def entries(log: DecisionLog, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        log.close(log.open(f"request-{number}"))


def test_the_file_is_bounded_and_drops_the_oldest_alone(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    log = DecisionLog(path, most_bytes=20_000)
    for start in range(0, 200, 20):
        entries(log, 20, start)
        log.since(0)
    log.stop()
    kept = [json.loads(line)["sequence"] for line in lines(path)]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["decisions.1.jsonl", "decisions.jsonl"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 20_000
    assert kept == list(range(kept[0], 201))
    assert len(kept) > 20


def test_nothing_is_dropped_before_half_the_bound_is_full(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    log = DecisionLog(path)
    entries(log, 500)
    log.stop()
    assert len(list(lines(path))) == 500
    assert not older(path).exists()
    again = DecisionLog(path)  # a server that is started anew goes on in the file it finds
    entries(again, 1)
    again.stop()
    assert len(list(lines(path))) == 501
    assert list(lines(tmp_path / "none.jsonl")) == []


def test_who_follows_misses_nothing_when_the_file_turns(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "decisions.jsonl", most_bytes=2_000)
    seen: list[int] = []
    for start in range(0, 100, 10):
        entries(log, 10, start)
        seen += [entry["sequence"] for entry in log.since(seen[-1] if seen else 0)]
    log.stop()
    assert older(tmp_path / "decisions.jsonl").exists()
    assert seen == list(range(1, 101))


def test_an_entry_that_is_closed_late_comes_after_what_was_read_before() -> None:
    log = DecisionLog()
    slow = log.open("slow")
    entries(log, 1)
    (first,) = log.since(0)
    log.close(slow)
    assert [entry["request_id"] for entry in log.since(first["sequence"])] == ["slow"]
    assert [[entry["request_id"] for entry in log.since(newest)] for newest in (-1, -9)] == [
        ["slow"],
        [first["request_id"], "slow"],
    ]
    log.stop()
