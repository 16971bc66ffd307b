"""Measuring stored values: the SQL run for real in DuckDB (as local AWS runs it), against rows judged by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import duckdb
import pytest

from featureshare.journeys.cast import Group
from featureshare.localaws.services import athena_sql
from featureshare.quality import judge, measure, rules, statement
from featureshare.quality.measure import period

_NOW = datetime(2026, 5, 2, 12, tzinfo=UTC).timestamp()
_FEATURES = (("id", "String"), ("at", "String"), ("device", "String"), ("value", "Fractional"), ("email", "String"))


def _group(**changes: Any) -> Group:
    facts: dict[str, Any] = {
        "name": "carts", "account": "222222222222", "arn": "", "owner": "producer", "store": "central",
        "description": "", "record_identifier": "id", "event_time": "at", "features": _FEATURES, "online": True,
        "in_memory": False, "ttl": None, "offline": True, "offline_format": "glue", "canary": False,
        "created_by": "terraform", "shared_with": {}, "classification": "internal", "s3_uri": None,
        "database": "features", "table": "carts", "offline_role_arn": None, "online_key_alias": None,
        "offline_key_alias": None, "contact": "",
    }  # fmt: skip
    return Group(**(facts | changes))


_EXPECTATIONS = {
    "device": {"required": True, "allowed": ["desktop", "it's"], "unique": False, "min": None, "max": None},
    "email": {"required": False, "allowed": [], "unique": True, "min": None, "max": None},
    "value": {"required": False, "allowed": [], "unique": False, "min": "0", "max": "99.5"},
}


def _in_duckdb(sql: str) -> str:
    query = athena_sql.parse(sql, "features").query
    assert query is not None
    return athena_sql.to_duckdb(query)


def _measured(
    rows: Sequence[tuple[Any, ...]], freshness: str | None = "1d", **changes: Any
) -> dict[tuple[str, str], Any]:
    group, wanted = _group(**changes), rules(_EXPECTATIONS)
    kind = "VARCHAR" if group.type_of("at") == "String" else "DOUBLE"
    with duckdb.connect() as database:
        database.execute("CREATE SCHEMA features")
        database.execute(
            f'CREATE TABLE features.carts (id VARCHAR, "at" {kind}, device VARCHAR, value DOUBLE, email VARCHAR,'
            " write_time TIMESTAMP, api_invocation_time TIMESTAMP, is_deleted BOOLEAN)"
        )
        for row in rows:
            values = (*row[:5], "2026-05-02 00:00:00", "2026-05-02 00:00:00", row[5])
            database.execute("INSERT INTO features.carts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        found = database.execute(_in_duckdb(statement(group, wanted)))
        names = [column[0] for column in found.description]
        (answer,) = found.fetchall()
    row = {name: None if value is None else str(value) for name, value in zip(names, answer, strict=True)}
    return {(measure.feature, measure.rule.split()[0]): measure for measure in judge(row, wanted, freshness, _NOW)}


_GOOD = ("a", "2026-05-02T11:00:00Z", "desktop", 1.5, "a@example.com", False)


def test_good_values_are_as_declared() -> None:
    measured = _measured([_GOOD, ("b", "2026-05-02T10:00:00Z", "it's", 99.5, "b@example.com", False)])
    assert all(measure.ok for measure in measured.values())
    assert {measure.of for measure in measured.values()} == {2}


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        (("b", "2026-05-02T11:00:00Z", None, 1.0, "b@example.com", False), ("device", "required")),
        (("b", "2026-05-02T11:00:00Z", "Desktop", 1.0, "b@example.com", False), ("device", "allowed")),
        (("b", "2026-05-02T11:00:00Z", "desktop", -0.1, "b@example.com", False), ("value", "min")),
        (("b", "2026-05-02T11:00:00Z", "desktop", 99.6, "b@example.com", False), ("value", "max")),
        (("b", "2026-05-02T11:00:00Z", "desktop", 1.0, "a@example.com", False), ("email", "unique")),
    ],
)
def test_each_rule_finds_its_own_violation(row: tuple[Any, ...], broken: tuple[str, str]) -> None:
    measured = _measured([_GOOD, row])
    assert {key for key, measure in measured.items() if not measure.ok} == {broken}
    assert measured[broken].violations == 1


def test_missing_values_break_only_required() -> None:
    measured = _measured([_GOOD, ("b", "2026-05-02T11:00:00Z", "desktop", None, None, False)])
    assert all(measure.ok for measure in measured.values())


def test_values_that_were_replaced_or_deleted_do_not_count() -> None:
    bad_then_good = [("a", "2026-05-02T09:00:00Z", "toaster", -5.0, "x", False), _GOOD]
    deleted = [
        ("b", "2026-05-02T09:00:00Z", "toaster", -5.0, "a@example.com", False),
        ("b", "2026-05-02T10:00:00Z", None, None, None, True),
    ]
    measured = _measured([*bad_then_good, *deleted])
    assert all(measure.ok for measure in measured.values())
    assert {measure.of for measure in measured.values()} == {1}


@pytest.mark.parametrize(("newest", "fresh"), [("2026-05-01T12:00:00Z", True), ("2026-05-01T11:59:59Z", False)])
def test_freshness_is_the_age_of_the_newest_event(newest: str, fresh: bool) -> None:
    assert _measured([("a", newest, "desktop", 1.0, "x", False)])["", "freshness"].ok is fresh


def test_a_deletion_is_news_too() -> None:
    rows = [("a", "2026-04-01T00:00:00Z", "desktop", 1.0, "x", False), ("a", "2026-05-02T11:00:00Z", *[None] * 3, True)]
    assert _measured(rows)["", "freshness"].ok


def test_an_empty_group_is_not_fresh() -> None:
    assert not _measured([])["", "freshness"].ok
    assert not [measure for key, measure in _measured([], freshness=None).items() if not measure.ok]


def test_an_event_time_in_unix_seconds() -> None:
    features = tuple((name, "Fractional" if name == "at" else kind) for name, kind in _FEATURES)
    row = ("a", _NOW - 60.5, "desktop", 1.0, "x", False)
    assert _measured([row], freshness="1m", features=features)["", "freshness"].ok
    assert not _measured([row], freshness="59s", features=features)["", "freshness"].ok


def test_a_period_that_is_none() -> None:
    with pytest.raises(ValueError, match="no freshness"):
        period("fortnight")


def test_what_nobody_may_read_is_not_measured_with_another_right() -> None:
    role = {"arn": "arn:aws:iam::111111111111:role/writer", "compute": "lambda", "verbs": ["write"], "assumes": ["w"]}
    team = {"execution_roles": {"pipeline": role}, "access_roles": {"write": "w"}, "account": "111111111111"}
    group = {
        "name": "carts", "account": "222222222222", "arn": "", "owner": "producer", "store": "central",
        "record_identifier": "id", "event_time": "at", "features": [{"name": "id", "type": "String"}],
        "online_store": {"enabled": True}, "offline_store": {"enabled": True}, "offline_alias": "alias/offline",
        "freshness": "1d",
    }  # fmt: skip
    render = {"environment": {}, "teams": {"producer": team}, "feature_groups": {"carts": group}}
    (found,) = measure(render, cast(Any, NoSessions()), wait=1.0)
    assert (found.measured_by, found.why_not) == ("", "no principal is granted read-offline")


class NoSessions:
    """Whoever is asked for here would be used to read."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a session is asked for: {name}")
