"""Feature values as the online store takes them: types, event times, sizes. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from featureshare.localaws.services.state import Feature

# Quotas: aws-facts.md 5.1 (Developer Guide, feature-store-quotas).
MAX_RECORD_BYTES = 350 * 1024
MAX_IDENTIFIER_BYTES = 2 * 1024
MAX_UPDATED_FEATURES = 100

Value = str | list[str]

_INTEGRAL = re.compile(r"[+-]?\d{1,19}")
_FRACTIONAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


class InvalidValueError(Exception):
    """A record that the store refuses; the message is the one for the client."""


def event_seconds(value: str, feature: Feature) -> float:
    """An event time in Unix seconds, UTC.

    String features take `yyyy-MM-dd'T'HH:mm:ssZ` or with milliseconds, Fractional (and Integral) ones Unix seconds
    (CreateFeatureGroup, EventTimeFeatureName). Raises InvalidValueError.
    """
    if feature.type != "String":
        seconds = float(_scalar(value, feature))
        if not 0 <= seconds < 253_402_300_800:  # the year 10000, beyond which no partition exists
            raise InvalidValueError(
                f"Validation Error: EventTime [{value}] of feature [{feature.name}] is out of range"
            )
        return seconds
    if _ISO.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC).timestamp()
        except ValueError:
            pass
    raise InvalidValueError(
        f"Validation Error: EventTime [{value}] of feature [{feature.name}] must be an ISO-8601 string in the format "
        "yyyy-MM-dd'T'HH:mm:ssZ or yyyy-MM-dd'T'HH:mm:ss.SSSZ"
    )


def iso(seconds: float) -> str:
    """Unix seconds as `yyyy-MM-ddTHH:mm:ssZ`, with milliseconds when there are any."""
    moment = datetime.fromtimestamp(seconds, UTC)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    millis = moment.microsecond // 1000
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"


def parse_record(
    record: Sequence[Mapping[str, Any]], features: Mapping[str, Feature], required: Sequence[str]
) -> dict[str, Value]:
    """A record as {feature name: value}, checked against the definitions; `required` names must be there.

    Features without a value are left out. Raises InvalidValueError.
    """
    values: dict[str, Value] = {}
    seen: set[str] = set()
    size = 0
    for entry in record:
        name = entry["FeatureName"]
        feature = features.get(name)
        if feature is None:
            raise InvalidValueError(
                f"Validation Error: Feature [{name}] does not exist in the feature group's definitions"
            )
        if name in seen:
            raise InvalidValueError(f"Validation Error: Feature [{name}] appears more than once in the record")
        seen.add(name)
        value = _value(entry, feature)
        if value is None:
            continue
        values[name] = value
        size += len(name) + (len(value) if isinstance(value, str) else sum(map(len, value)))
    for name in required:
        if not values.get(name):
            raise InvalidValueError(f"Validation Error: Missing value for the required feature [{name}]")
    if size > MAX_RECORD_BYTES:
        raise InvalidValueError(f"Validation Error: Record size exceeds the maximum of {MAX_RECORD_BYTES} bytes")
    return values


def identifier(value: Value) -> str:
    """The record identifier. Raises InvalidValueError when it is too long or a collection."""
    if not isinstance(value, str):
        raise InvalidValueError("Validation Error: The record identifier must not be a collection")
    if len(value.encode()) > MAX_IDENTIFIER_BYTES:
        raise InvalidValueError(
            f"Validation Error: Record identifier exceeds the maximum of {MAX_IDENTIFIER_BYTES} bytes"
        )
    return value


def _value(entry: Mapping[str, Any], feature: Feature) -> Value | None:
    single, several = entry.get("ValueAsString"), entry.get("ValueAsStringList")
    if single is not None and several is not None:
        raise InvalidValueError(
            f"Validation Error: Only one of ValueAsString and ValueAsStringList may be given for feature "
            f"[{feature.name}]"
        )
    if feature.collection is None:
        if several is not None:
            raise InvalidValueError(
                f"Validation Error: ValueAsStringList was given for feature [{feature.name}], which has no collection "
                "type; use ValueAsString"
            )
        return None if single is None else _scalar(single, feature)
    if single is not None:
        raise InvalidValueError(
            f"Validation Error: ValueAsString was given for feature [{feature.name}] of collection type "
            f"{feature.collection}; use ValueAsStringList"
        )
    if several is None:
        return None
    items = [_scalar(item, feature) for item in several]
    if feature.collection == "Set":
        items = list(dict.fromkeys(items))
    if feature.collection == "Vector" and len(items) != feature.dimension:
        raise InvalidValueError(
            f"Validation Error: Feature [{feature.name}] is a Vector of dimension {feature.dimension}, "
            f"got {len(items)} elements"
        )
    return items


def _scalar(value: str, feature: Feature) -> str:
    if len(value) > MAX_RECORD_BYTES:
        raise InvalidValueError(f"Validation Error: Value of feature [{feature.name}] exceeds {MAX_RECORD_BYTES} bytes")
    if feature.type == "Integral":
        if _INTEGRAL.fullmatch(value) and -(2**63) <= int(value) < 2**63:
            return value
    elif feature.type == "Fractional":
        if _FRACTIONAL.fullmatch(value) and math.isfinite(float(value)):
            return value
    else:
        return value
    raise InvalidValueError(
        f"Validation Error: The value [{value}] of feature [{feature.name}] cannot be converted to the feature type "
        f"{feature.type}"
    )
