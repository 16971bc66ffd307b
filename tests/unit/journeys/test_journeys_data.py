"""The data set: the same for the same seed, shaped by the declaration, and such that it tells mistakes apart."""

from datetime import UTC, datetime, timedelta

import pytest
from journeys_render import features, group, render

from featureshare.journeys.cast import Cast, Group
from featureshare.journeys.data import as_record, as_text, from_text, instant, newest, record_texts, rows_for, typed
from featureshare.journeys.shop import open_shop

END = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def declared(**changes: object) -> Group:
    rendered = render()
    rendered["feature_groups"] = {"one": group("one", "curation", **changes)}
    return Cast(rendered).groups[0]


def test_the_same_seed_and_end_give_the_same_shop() -> None:
    assert open_shop(7, END, 500) == open_shop(7, END, 500)


@pytest.mark.parametrize(("seed", "end"), [(8, END), (7, END + timedelta(seconds=1))])
def test_another_run_shares_no_record(seed: int, end: datetime) -> None:
    users = declared()
    here = {row["user_id"] for row in rows_for(users, open_shop(7, END, 500))}
    there = {row["user_id"] for row in rows_for(users, open_shop(seed, end, 500))}
    assert here
    assert not here & there


def test_a_week_before_the_end_and_nothing_after_it() -> None:
    moments = [event.at for event in open_shop(1, END).events]
    assert len(moments) > 2000
    assert moments == sorted(moments)
    assert END - timedelta(days=7, hours=1) < moments[0]
    assert moments[-1] < END


def test_no_two_events_of_a_kind_share_a_second() -> None:
    shop = open_shop(1, END)
    for kind in ("profile", "session", "review", "search"):
        moments = [event.at for event in shop.of_kind(kind)]
        assert len(set(moments)) == len(moments)


def test_identifiers_join_and_some_searches_come_before_what_they_would_join() -> None:
    shop = open_shop(1, END)
    sessions = {event.facts["session_id"]: event.at for event in shop.of_kind("session")}
    searches = [(event.at, sessions[event.facts["session_id"]]) for event in shop.of_kind("search")]
    assert any(at < known for at, known in searches)
    assert any(at >= known for at, known in searches)


def test_users_change_more_than_once() -> None:
    rows = rows_for(declared(), open_shop(1, END))
    assert len({row["user_id"] for row in rows}) < len(rows)


def test_rows_have_the_declared_features_in_the_declared_types() -> None:
    one = declared(
        features=features(user_id="String", event_time="Fractional", age="Integral", lifetime_value="String")
    )
    row = rows_for(one, open_shop(1, END))[0]
    assert list(row) == ["user_id", "event_time", "age", "lifetime_value"]
    assert [type(value) for value in row.values()] == [str, float, int, str]


def test_a_group_of_unknown_features_gets_data_too() -> None:
    strange = declared(
        record_identifier="thing",
        features=features(thing="Integral", event_time="String", colour="String", weight="Fractional"),
    )
    rows = rows_for(strange, open_shop(1, END))
    assert len({row["thing"] for row in rows}) == len(rows)
    assert all(isinstance(row["thing"], int) and isinstance(row["weight"], float) for row in rows)


def test_values_survive_the_way_there_and_back() -> None:
    one = declared()
    for row in rows_for(one, open_shop(3, END, 200)):
        assert from_text(record_texts(as_record(row)), one.features) == row


def test_absent_and_empty_values() -> None:
    assert typed(None, "String") is None
    assert typed("", "Integral") is None
    assert typed("", "String") == ""
    assert typed("3.0", "Integral") == 3
    assert as_record({"a": None, "b": 1}) == [{"FeatureName": "b", "ValueAsString": "1"}]


def test_the_newest_row_of_a_record_counts_and_a_deletion_ends_it() -> None:
    one = declared()
    blank = {name: None for name, _ in one.features}
    early = blank | {"user_id": "u", "event_time": "2026-11-01T00:00:00Z", "orders_last_year": 1}
    late = early | {"event_time": "2026-11-02T00:00:00Z", "orders_last_year": 2}
    gone = blank | {"user_id": "u", "event_time": "2026-11-03T00:00:00Z", "is_deleted": True}
    assert newest(one, [late, early]) == {"u": late}
    assert newest(one, [early, gone, late]) == {}


def test_records_past_their_time_to_live_are_not_expected() -> None:
    short = declared(online_store={"enabled": True, "storage": "standard", "ttl": {"value": 1, "unit": "Days"}})
    rows = rows_for(short, open_shop(1, END))
    held = newest(short, rows, END)
    limit = (END - timedelta(days=1)).timestamp()
    assert held
    assert all(instant(row["event_time"], "String") > limit for row in held.values())
    assert len(held) < len(newest(short, rows))


def test_event_times_are_as_the_api_wants_them() -> None:
    row = rows_for(declared(), open_shop(1, END))[0]
    assert datetime.strptime(as_text(row["event_time"]), "%Y-%m-%dT%H:%M:%SZ")
