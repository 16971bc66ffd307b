"""The decision log: what is decided after a request was answered is written down too."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from featureshare.localaws.gateway.log import DecisionLog
from featureshare.localaws.invocation import ServiceError


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
