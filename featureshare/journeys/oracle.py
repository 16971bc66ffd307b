"""What a point-in-time correct training set must hold, computed from rows in plain Python.

The offline store appends: a record has a row for each write, a deletion is a row with `is_deleted`. The value at a
moment is the newest row that was true by then, newest by (event time, api_invocation_time, write_time); if that row is
a deletion there is no value (SageMaker Developer Guide, offline store; aws-facts.md section 8).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from featureshare.journeys.data import Row, Value, instant


@dataclass(frozen=True)
class Shared:
    """Rows of a shared group, and how they join: `key` is the spine's feature, `identifier` the group's, `values` the
    features taken over.

    `prefix` goes in front of a taken feature's name, so that two groups may both have a `country`.
    """

    prefix: str
    key: str
    identifier: str
    event_time: str
    event_time_type: str
    values: tuple[str, ...]
    rows: Sequence[Row]

    def columns(self) -> dict[str, str]:
        """Feature to column of the training set."""
        return {feature: f"{self.prefix}_{feature}" for feature in self.values}


@dataclass(frozen=True)
class Spine:
    """The local rows that a training set has one row for: each distinct (record, event time)."""

    identifier: str
    event_time: str
    event_time_type: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


def point_in_time(spine: Spine, shared: Iterable[Shared]) -> list[dict[str, Value]]:
    """The training set: every spine row with the shared values of its moment, ordered by (event time, identifier).

    A value whose record had not been written by then, or was deleted by then, is None.
    """
    histories = [(group, _histories(group)) for group in shared]
    training: dict[tuple[float, str], dict[str, Value]] = {}
    for row in spine.rows:
        moment = instant(row[spine.event_time], spine.event_time_type)
        joined = {column: row[column] for column in spine.columns}
        for group, history in histories:
            found = _as_of(history.get(str(row[group.key]), ([], [])), moment)
            for feature, column in group.columns().items():
                joined[column] = found[feature] if found else None
        training[moment, str(row[spine.identifier])] = joined
    return [training[key] for key in sorted(training)]


_History = tuple[list[float], list[Row]]


def _histories(group: Shared) -> dict[str, _History]:
    """For each key its moments and, beside each, the row that counts from then on."""

    def age(row: Row) -> tuple[float, str, str]:
        moment = instant(row[group.event_time], group.event_time_type)
        return moment, str(row.get("api_invocation_time") or ""), str(row.get("write_time") or "")

    histories: dict[str, _History] = {}
    for row in sorted(group.rows, key=age):
        moments, rows = histories.setdefault(str(row[group.identifier]), ([], []))
        moments.append(age(row)[0])
        rows.append(row)
    return histories


def _as_of(history: tuple[Sequence[float], Sequence[Row]], moment: float) -> Row | None:
    moments, rows = history
    position = bisect_right(moments, moment)
    if position == 0:
        return None
    row = rows[position - 1]
    return None if deleted(row) else row


def deleted(row: Row) -> bool:
    """Whether an offline row is a deletion; the flag comes as a boolean's text from Athena."""
    return str(row.get("is_deleted")).lower() == "true"


def differences(expected: Sequence[Mapping[str, Value]], got: Sequence[Mapping[str, Value]]) -> list[str]:
    """Where two training sets differ, in words, at most five; empty when they are equal row by row."""
    found = []
    if len(expected) != len(got):
        found.append(f"{len(got)} rows, expected {len(expected)}")
    for number, (wanted, have) in enumerate(zip(expected, got, strict=False)):
        for column in wanted:
            if have.get(column) != wanted[column]:
                found.append(f"row {number}: {column} is {have.get(column)!r}, expected {wanted[column]!r}")
        if len(found) >= 5:
            break
    return found[:5]
