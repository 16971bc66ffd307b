"""Point-in-time correctness, on rows small enough to check by eye, and the SQL against the oracle on DuckDB."""

from datetime import UTC, datetime

import duckdb
import pytest
import sqlglot
from journeys_render import CENTRAL, render

from featureshare.journeys.cast import Cast
from featureshare.journeys.combine import combinations, join_sql, joining_feature, table_input, unload
from featureshare.journeys.data import Row, rows_for
from featureshare.journeys.oracle import Shared, Spine, differences, point_in_time
from featureshare.journeys.sessions import LocalSessions
from featureshare.journeys.stage import Options, Stage

DAY = "2026-11-{:02}T00:00:00Z"


def at(day: int, **values: object) -> Row:
    return {"user_id": "u", "event_time": DAY.format(day), **values}  # type: ignore[dict-item]


def joined(history: list[Row], day: int) -> object:
    """What a search on `day` sees of `tier`."""
    spine = Spine("query_id", "event_time", "String", ("query_id",), [at(day, query_id="q")])
    shared = Shared("users", "user_id", "user_id", "event_time", "String", ("tier",), history)
    (row,) = point_in_time(spine, [shared])
    return row["users_tier"]


@pytest.mark.parametrize(
    ("day", "seen"),
    [(1, None), (2, "old"), (3, "old"), (4, "new"), (9, "new")],
    ids=["before any", "at its time", "between", "at the next", "after"],
)
def test_a_search_sees_the_newest_value_not_after_it(day: int, seen: str | None) -> None:
    assert joined([at(4, tier="new"), at(2, tier="old")], day) == seen


def test_a_deletion_hides_what_was_before_it_and_not_what_comes_after() -> None:
    history = [at(2, tier="old"), at(4, tier=None, is_deleted="true"), at(6, tier="new", is_deleted="false")]
    assert [joined(history, day) for day in (3, 5, 7)] == ["old", None, "new"]


def test_of_one_event_time_the_last_invocation_counts_then_the_last_write() -> None:
    first = at(2, tier="first", api_invocation_time="2026-11-02 00:00:01", write_time="2026-11-02 00:00:09")
    second = at(2, tier="second", api_invocation_time="2026-11-02 00:00:02", write_time="2026-11-02 00:00:08")
    third = at(2, tier="third", api_invocation_time="2026-11-02 00:00:02", write_time="2026-11-02 00:00:09")
    assert joined([second, first], 3) == "second"
    assert joined([third, second, first], 3) == "third"


def test_other_records_are_not_seen() -> None:
    assert joined([{**at(2, tier="theirs"), "user_id": "somebody else"}], 3) is None


def test_a_row_written_twice_is_one_row_of_training() -> None:
    spine = Spine("query_id", "event_time", "String", ("query_id",), [at(2, query_id="q"), at(2, query_id="q")])
    assert len(point_in_time(spine, [])) == 1


def test_differences_say_where() -> None:
    assert differences([{"a": 1}], [{"a": 1}]) == []
    assert differences([{"a": 1}], [{"a": 2}]) == ["row 0: a is 2, expected 1"]
    assert differences([{"a": 1}], []) == ["0 rows, expected 1"]


def written(**changes: object) -> Stage:
    rendered = render()
    del rendered["feature_groups"][f"{CENTRAL}/ratings"]
    for facts in rendered["feature_groups"].values():
        facts.update(changes.get(facts["name"], {}))  # type: ignore[call-overload]
    sessions = LocalSessions(None, "eu-west-1")  # type: ignore[arg-type]  # nothing here asks for a session
    stage = Stage(Cast(rendered), sessions, Options(events=600), datetime(2026, 11, 23, tzinfo=UTC))
    for group in stage.cast.groups:
        stage.written[group.arn] = rows_for(group, stage.shop)
    return stage


def test_a_local_group_joins_what_it_has_a_key_of() -> None:
    groups = {group.name: group for group in written().cast.groups}
    searches, users = groups["searches"], groups["users"]
    assert joining_feature(searches, users) == "user_id"
    assert joining_feature(users, searches) is None


@pytest.mark.parametrize("kind", ["String", "Fractional"], ids=["same event time type", "other event time type"])
def test_the_sql_gives_what_the_oracle_gives(kind: str) -> None:
    features = [
        {"name": "user_id", "type": "String"},
        {"name": "event_time", "type": kind},
        {"name": "lifetime_value", "type": "Fractional"},
    ]
    stage = written(users={"features": features})
    (found,) = combinations(stage)
    (join,) = found.joins
    local, shared = stage.written[found.local.arn], list(stage.written[join.group.arn])
    late = {**shared[-1], "lifetime_value": None, "is_deleted": True}
    late["event_time"] = (
        "2026-11-22T23:30:00Z" if kind == "String" else datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp()
    )
    shared.append(late)

    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA db_555555555555; CREATE SCHEMA db_shared")
    _load(connection, "db_555555555555.searches", found.local.features, local)
    _load(connection, "db_shared.users", join.group.features, shared)
    sql = join_sql(found, {join.group.arn: "db_shared.users"}, "TRUE")
    (translated,) = sqlglot.transpile(sql, read="athena", write="duckdb")
    cursor = connection.execute(translated)
    names = [column[0] for column in cursor.description]
    got = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    expected = point_in_time(
        Spine("query_id", "event_time", "String", tuple(name for name, _ in found.local.features), local),
        [Shared("users", "user_id", "user_id", "event_time", kind, join.values, shared)],
    )
    assert sorted(got, key=str) == sorted(expected, key=str)
    values = [row["users_lifetime_value"] for row in expected]
    assert None in values
    assert any(value is not None for value in values)


def _load(connection: duckdb.DuckDBPyConnection, table: str, features: object, rows: object) -> None:
    types = {"String": "VARCHAR", "Integral": "BIGINT", "Fractional": "DOUBLE"}
    columns = [f'"{name}" {types[kind]}' for name, kind in features]  # type: ignore[attr-defined]
    columns += ["api_invocation_time VARCHAR", "write_time VARCHAR", "is_deleted BOOLEAN"]
    connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    stamp = "2026-11-23 00:00:00"
    for row in rows:  # type: ignore[attr-defined]
        values = [row[name] for name, _ in features]  # type: ignore[attr-defined]
        marks = ", ".join("?" * (len(values) + 3))
        connection.execute(
            f"INSERT INTO {table} VALUES ({marks})", [*values, stamp, stamp, bool(row.get("is_deleted"))]
        )


def test_what_is_materialised_is_what_is_registered() -> None:
    stage = written()
    users = next(group for group in stage.cast.groups if group.name == "users")
    select = sqlglot.parse_one(
        unload(users, "TRUE", "s3://b/p/").split(" TO ")[0].removeprefix("UNLOAD "), read="athena"
    )
    registered = [column["Name"] for column in table_input(users, "users", "s3://b/p/")["StorageDescriptor"]["Columns"]]
    assert select.find(sqlglot.exp.Select).named_selects == registered
