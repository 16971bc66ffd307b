"""One SQL statement that measures a group, and the judgement of its one row. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from featureshare.journeys.athena import newest_rows, quoted, table
from featureshare.journeys.cast import Group

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Rule:
    """What is expected of one feature; `broken` is SQL that is true of a value that breaks it (None for `unique`)."""

    feature: str
    name: str
    broken: str | None


@dataclass(frozen=True)
class Measured:
    """How a rule fared: `violations` of `of` values that count now. For `freshness` the age in whole seconds."""

    rule: str
    feature: str
    ok: bool
    violations: int
    of: int
    told: str


def rules(expectations: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a group's `expectations` in the declaration's normal form, by feature in order of name."""
    found: list[Rule] = []
    for feature, expected in sorted(expectations.items()):
        column = quoted(feature)
        if expected.get("required"):
            found.append(Rule(feature, "required", f"{column} IS NULL"))
        if expected.get("min") is not None:
            found.append(Rule(feature, f"min {expected['min']}", f"{column} < {_number(expected['min'])}"))
        if expected.get("max") is not None:
            found.append(Rule(feature, f"max {expected['max']}", f"{column} > {_number(expected['max'])}"))
        if expected.get("allowed"):
            values = ", ".join(_text(value) for value in expected["allowed"])
            found.append(Rule(feature, f"allowed {', '.join(expected['allowed'])}", f"{column} NOT IN ({values})"))
        if expected.get("unique"):
            found.append(Rule(feature, "unique", None))
    return tuple(found)


def statement(group: Group, wanted: Sequence[Rule]) -> str:
    """SQL for Athena whose one row holds all measures of the group.

    Rules are measured on the values that count now: the newest row of each record, deletions dropped. The newest event
    time is that of all rows, since a deletion is news too.
    """
    measures = ["count(*) AS records"]
    for number, rule in enumerate(wanted):
        column = quoted(rule.feature)
        counted = f"count({column}) - count(DISTINCT {column})" if rule.broken is None else f"count_if({rule.broken})"
        measures.append(f"{counted} AS broken_{number}")
    newest = f"(SELECT max({_moment(group)}) FROM {table(group)}) AS newest"
    return f"SELECT {', '.join(measures)}, {newest} FROM ({newest_rows(group, 'TRUE')})"


def judge(row: Mapping[str, str | None], wanted: Sequence[Rule], freshness: str | None, now: float) -> list[Measured]:
    """What the statement's row says of each rule; `now` and event times are Unix seconds.

    A group that holds no record has no newest event time, and so is not fresh where freshness is declared.
    """
    records = int(row["records"] or 0)
    found = []
    if freshness is not None:
        found.append(_fresh(row["newest"], freshness, now, records))
    for number, rule in enumerate(wanted):
        broken = int(row[f"broken_{number}"] or 0)
        told = f"{broken:,} of {records:,} records" if broken else f"{records:,} records"
        found.append(Measured(rule.name, rule.feature, broken == 0, broken, records, told))
    return found


def _fresh(newest: str | None, freshness: str, now: float, records: int) -> Measured:
    limit = period(freshness)
    if newest is None:
        return Measured(f"freshness {freshness}", "", False, 1, records, "no record was ever written")
    age = max(timedelta(0), timedelta(seconds=int(now - float(newest))))
    ok = age <= limit
    return Measured(f"freshness {freshness}", "", ok, 0 if ok else 1, records, f"newest event {age} ago")


def period(freshness: str) -> timedelta:
    """A declared freshness, such as 15m. Raises ValueError for anything else."""
    found = re.fullmatch(r"([1-9][0-9]*)([smhd])", freshness)
    if found is None:
        raise ValueError(f"{freshness!r} is no freshness: a number with s, m, h or d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _moment(group: Group) -> str:
    column = quoted(group.event_time)
    if group.type_of(group.event_time) == "String":
        return f"to_unixtime(from_iso8601_timestamp({column}))"
    return column


def _number(value: str) -> str:
    """A bound as SQL writes it; the declaration admits decimal digits only, and so does this."""
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is None:
        raise ValueError(f"{value!r} is no decimal number")
    return value


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
