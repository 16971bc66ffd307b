"""Records for feature groups: the shop's events shaped by each group's declared features."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from featureshare.journeys.cast import Group
from featureshare.journeys.shop import Event, Shop

Value = str | int | float | tuple[str | int | float, ...] | None
Text = str | tuple[str, ...] | None
Row = Mapping[str, Value]

EVENT_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"  # String event times: yyyy-MM-dd'T'HH:mm:ssZ, botocore CreateFeatureGroup

# Which events a group is made of: by its name, else by what identifies a record.
_KIND_OF_GROUP = {"users": "profile", "sessions": "session", "reviews": "review", "keywords": "search"}
_KIND_OF_IDENTIFIER = {
    "user_id": "profile",
    "session_id": "session",
    "review_id": "review",
    "product_id": "review",
    "query_id": "search",
    "keyword": "search",
}


def rows_for(group: Group, shop: Shop) -> tuple[Row, ...]:
    """One row for each event the group sees, in order of time, every declared feature set.

    A feature known to the event has its value, in the declared type; any other a value drawn from the record and the
    feature's name, so that a group nobody has thought of yet gets data too. Values have the type that the feature
    declares: str for String, int for Integral, float for Fractional.
    """
    kind = _KIND_OF_GROUP.get(group.name) or _KIND_OF_IDENTIFIER.get(group.record_identifier) or "profile"
    return tuple(_row(group, shop, event, number) for number, event in enumerate(shop.of_kind(kind)))


def _row(group: Group, shop: Shop, event: Event, number: int) -> dict[str, Value]:
    row: dict[str, Value] = {}
    for name, kind in group.features:
        if name == group.event_time:
            row[name] = event_time(event.at, kind)
        elif name in group.collections:
            row[name] = several(f"{group.name}/{name}/{shop.run}/{number}", kind, *group.collections[name])
        elif name in event.facts:
            row[name] = as_type(event.facts[name], kind, name)
        elif name == group.record_identifier:
            row[name] = made_up_identifier(shop.run, kind, number)
        else:
            row[name] = _made_up(f"{group.name}/{name}/{shop.run}/{number}", kind)
    # A record's identifier tells runs apart, whatever the shop knows under that name.
    identifier = row[group.record_identifier]
    if isinstance(identifier, str) and shop.run not in identifier:
        row[group.record_identifier] = f"{identifier} {shop.run}"
    return row


def made_up_identifier(run: str, kind: str, number: int) -> Value:
    """An identifier that tells its run; `number`, of at most five digits, tells it from others of the run."""
    if kind == "String":
        return f"x-{run}-{number:05d}"
    return as_type(int(hashlib.sha256(run.encode()).hexdigest()[:8], 16) * 100_000 + number, kind, "")


def _made_up(key: str, kind: str) -> Value:
    return _scalar(key, kind)


def _scalar(key: str, kind: str) -> str | int | float:
    dice = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16)
    if kind == "String":
        return "abcdefgh"[dice % 8] * 3
    return dice % 1000 if kind == "Integral" else round(dice % 10_000 / 10_000, 4)


def several(key: str, kind: str, collection: str, length: int) -> Value:
    """Values of a collection; those of a set once each, in order, since a set has none of its own."""
    values = [_scalar(f"{key}/{place}", kind) for place in range(length)]
    return tuple(sorted(set(values))) if collection == "set" else tuple(values)


def as_type(value: object, kind: str, salt: str) -> Value:
    """`value` as the API type `kind` (String, Integral, Fractional); text wanted as a number becomes a stable one."""
    if kind == "String":
        return str(value)
    if isinstance(value, str):
        return _made_up(f"{salt}/{value}", kind)
    number = float(value)  # type: ignore[arg-type]  # facts are text or numbers
    return round(number) if kind == "Integral" else number


def event_time(at: datetime, kind: str) -> Value:
    """An event time as the feature's type wants it: ISO 8601 text in UTC, or Unix seconds."""
    return at.astimezone(UTC).strftime(EVENT_TIME_FORMAT) if kind == "String" else at.timestamp()


def instant(value: Value, kind: str) -> float:
    """Unix seconds of an event time as `event_time` writes it."""
    if kind == "String":
        return datetime.strptime(str(value), EVENT_TIME_FORMAT).replace(tzinfo=UTC).timestamp()
    return float(value)  # type: ignore[arg-type]  # an event time is never null


def as_record(row: Row) -> list[dict[str, Any]]:
    """A row as PutRecord takes it; a null feature is left out."""
    return [
        {"FeatureName": name, "ValueAsStringList": [as_text(one) for one in value]}
        if isinstance(value, tuple)
        else {"FeatureName": name, "ValueAsString": as_text(value)}
        for name, value in row.items()
        if value is not None
    ]


def as_text(value: Value) -> str:
    """A value as the API carries it: every value is text there."""
    return repr(value) if isinstance(value, float) else str(value)


def from_text(texts: Mapping[str, Text], features: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """The declared features out of texts (a record's, or a CSV row's), in their types; what is absent is None."""
    return {name: typed(texts.get(name), kind) for name, kind in features}


def typed(text: Text, kind: str) -> Value:
    """One value from text, in the type the feature declares. Athena writes integers of a null-able column plainly."""
    if isinstance(text, tuple):
        return tuple(typed(one, kind) for one in text)  # type: ignore[misc]  # no value of a collection is null
    if text is None or (text == "" and kind != "String"):
        return None
    if kind == "Integral":
        return int(float(text))
    return float(text) if kind == "Fractional" else text


def plain(row: Row) -> dict[str, Any]:
    """A row as the client gives it back: without what has no value, collections as lists."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items() if value is not None}


def record_texts(record: Iterable[Mapping[str, Any]]) -> dict[str, Text]:
    """A record as GetRecord answers it, by feature name; a collection is a tuple."""
    return {
        feature["FeatureName"]: tuple(feature["ValueAsStringList"])
        if feature.get("ValueAsStringList")
        else feature["ValueAsString"]
        for feature in record
    }


def deletion(group: Group, identifier: Value, moment: Value) -> Row:
    """What a deletion leaves of a record: no value but its identifier and its time."""
    blank: dict[str, Any] = {name: None for name, _ in group.features}
    return {**blank, group.record_identifier: identifier, group.event_time: moment, "is_deleted": True}


def newest(group: Group, rows: Iterable[Row], now: datetime | None = None) -> dict[str, Row]:
    """What the online store should hold: for each record identifier (as text) the row of the latest event time.

    A record whose newest row is a deletion has none. With `now`, records that the group's time to live has taken, or
    is about to take, are left out.
    """
    kind = group.type_of(group.event_time)
    held: dict[str, Row] = {}
    for row in rows:
        identifier = as_text(row[group.record_identifier])
        if identifier not in held or instant(row[group.event_time], kind) > instant(
            held[identifier][group.event_time], kind
        ):
            held[identifier] = row
    held = {key: row for key, row in held.items() if not row.get("is_deleted")}
    if group.ttl is None or now is None:
        return held
    oldest = (now + timedelta(minutes=15) - group.ttl).timestamp()
    return {key: row for key, row in held.items() if instant(row[group.event_time], kind) > oldest}
