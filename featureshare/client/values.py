"""Feature values between Python and the text of the Feature Store API. Pure.

Integral is int, Fractional is float, String is str; an event time is an aware datetime, or what its feature's type
takes: ISO 8601 text in UTC, or Unix seconds (CreateFeatureGroup, EventTimeFeatureName). A list, set or vector of an
in-memory group is any list, tuple, set or one-dimensional array of such values (Developer Guide, "Collection types"),
and nothing else is; a vector has as many as its dimension. A missing value (None, NaN, pandas'
NA and NaT), or a collection without elements, is a feature without a value.
"""

import math
import numbers
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from featureshare.client.sharing import Group

Scalar = str | int | float | None
Value = Scalar | list[Scalar]
Row = Mapping[str, Any]
Text = str | tuple[str, ...]
"""A value as the API takes it: ValueAsString, or for a collection ValueAsStringList."""
Texts = Mapping[str, Text]

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
_LIMIT = 350 * 1024  # bytes of a record; aws-facts: Developer Guide, feature-store-quotas
_IDENTIFIER_LIMIT = 2 * 1024


class BadValue(ValueError):
    """A value that the feature's type does not take; the message says which and why."""


def is_missing(value: Any) -> bool:
    """Whether a value stands for nothing: None, NaN, pandas' NA and NaT."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


def as_text(name: str, kind: str, value: Any) -> str:
    """A value of a feature of type `kind` as the API takes it. Raises BadValue."""
    if kind == "Integral":
        return str(_integral(name, value))
    if kind == "Fractional":
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise BadValue(f"{name} is Fractional, and {value!r} is no number")
        number = float(value)
        if not math.isfinite(number):
            raise BadValue(f"{name} is {number}, which no store takes")
        return repr(number)
    if not isinstance(value, str):
        raise BadValue(f"{name} is String, and {value!r} is {type(value).__name__}")
    return value


def elements_of(value: Any) -> list[Any] | None:
    """The elements of a collection, a set's in an order of their own; None for what is no collection."""
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, (list, tuple)):
        return list(value)
    # numpy's arrays, and those of Arrow that pandas shows.
    if type(value).__name__ == "ndarray" and getattr(value, "ndim", 0) == 1:
        found: list[Any] = value.tolist()
        return found
    return None


def _integral(name: str, value: Any) -> int:
    if not isinstance(value, bool):
        if isinstance(value, numbers.Integral):
            number = int(value)
            if -(2**63) <= number < 2**63:
                return number
            raise BadValue(f"{name} is {number}, which has more than 64 bits")
        # A column of whole numbers with gaps is one of floats in pandas.
        if isinstance(value, numbers.Real) and float(value).is_integer() and abs(float(value)) <= 2**53:
            return int(float(value))
    raise BadValue(f"{name} is Integral, and {value!r} is no whole number")


def event_time_text(name: str, kind: str, value: Any) -> str:
    """An event time as the API takes it. Raises BadValue."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadValue(f"{name} is {value}, which has no time zone; say which, or make it UTC")
        moment = value.astimezone(UTC)
        if getattr(value, "nanosecond", 0) or moment.microsecond % 1000:
            raise BadValue(f"{name} is {value}, finer than the milliseconds that are kept; round it")
        if kind != "String":
            return repr(moment.timestamp())
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{text}.{moment.microsecond // 1000:03d}Z" if moment.microsecond else f"{text}Z"
    if kind != "String":
        return as_text(name, kind, value)
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise BadValue(
            f"{name} is {value!r}, not a time such as 2026-01-31T12:00:00Z, with .123 before the Z or without"
        )
    return value


def seconds_of(text: str, kind: str) -> float:
    """An event time of the API in Unix seconds. Raises BadValue for a day that is none."""
    if kind != "String":
        return float(text)
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise BadValue(f"{text} is no time: {error}") from None


def encode(group: Group, row: Row) -> dict[str, Text]:
    """A row as texts by feature, those without a value left out. Raises BadValue with the first thing wrong."""
    found: dict[str, Text] = {}
    size = 0
    for name, value in row.items():
        kind = group.features.get(name)
        if kind is None:
            raise BadValue(f"{group.name} has no feature {name}")
        elements = elements_of(value)
        if elements is not None and name not in (group.record_identifier, group.event_time):
            if elements:
                found[name] = texts = _elements(group, name, elements)
                size += len(name) + sum(len(text.encode()) for text in texts)
            continue
        if is_missing(value):
            continue
        if group.collections and name in group.collections:
            raise BadValue(
                f"{name} is a {group.collections[name].kind} of {kind}, and {value!r} is no list, set or array of one "
                "dimension"
            )
        text = event_time_text(name, kind, value) if name == group.event_time else as_text(name, kind, value)
        found[name] = text
        size += len(name) + len(text.encode())
    for name in (group.record_identifier, group.event_time):
        if not found.get(name):
            raise BadValue(f"{name} has no value")
    seconds_of(scalar(found, group.event_time), group.features[group.event_time])
    if len(scalar(found, group.record_identifier).encode()) > _IDENTIFIER_LIMIT:
        raise BadValue(f"{group.record_identifier} has more than {_IDENTIFIER_LIMIT} bytes")
    if size > _LIMIT:
        raise BadValue(f"the record has {size} bytes, more than the {_LIMIT} that are allowed")
    return found


def _elements(group: Group, name: str, elements: Sequence[Any]) -> tuple[str, ...]:
    """The texts of a collection's elements. Raises BadValue, also for a feature that holds one value."""
    kind = group.features[name]
    if group.collections is not None:
        declared = group.collections.get(name)
        if declared is None:
            raise BadValue(f"{name} is {kind}, one value, and a collection of {len(elements)} was given")
        if declared.dimension is not None and len(elements) != declared.dimension:
            raise BadValue(f"{name} is a vector of {declared.dimension}, and {len(elements)} elements were given")
    if any(is_missing(one) for one in elements):
        raise BadValue(f"{name} has an element without a value")
    return tuple(as_text(f"an element of {name}", kind, one) for one in elements)


def scalar(texts: Texts, name: str) -> str:
    """The text of a feature that is no collection: the identifier, the event time."""
    text = texts[name]
    if not isinstance(text, str):
        raise BadValue(f"{name} is a collection")
    return text


def record_of(texts: Texts) -> list[dict[str, Any]]:
    """Texts by feature as the Record of the API."""
    return [
        {"FeatureName": name, "ValueAsString": text}
        if isinstance(text, str)
        else {"FeatureName": name, "ValueAsStringList": list(text)}
        for name, text in texts.items()
    ]


def decode(group: Group, record: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A Record of the API as typed values by feature; a collection is a list."""
    return {
        (name := entry["FeatureName"]): [typed(group, name, text) for text in entry["ValueAsStringList"]]
        if entry.get("ValueAsStringList") is not None
        else typed(group, name, entry.get("ValueAsString"))
        for entry in record
    }


def typed(group: Group, name: str, text: str | None) -> Scalar:
    """The text of one feature as its type."""
    if text is None:
        return None
    kind = group.features.get(name, "String")
    return int(text) if kind == "Integral" else float(text) if kind == "Fractional" else text
