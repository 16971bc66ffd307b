"""The declaration's expectations, checked on rows on their way in. Pure.

`required`, `min`, `max` and `allowed` are asked of each row, `unique` and freshness of all rows of one ingestion.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from featureshare.client.sharing import Group
from featureshare.client.values import Text, Texts, scalar, seconds_of

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_EXAMPLES = 3


@dataclass(frozen=True)
class Violation:
    """An expectation that does not hold: of which feature, what, in how many rows, and identifiers of some."""

    feature: str
    expectation: str
    rows: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.feature}: {self.expectation} fails in {self.rows} rows, such as {', '.join(self.examples)}"


@dataclass
class Check:
    """Takes the rows of one ingestion one by one; `violations` then says what did not hold."""

    group: Group
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _seen: dict[str, dict[Text, str]] = field(default_factory=dict)
    _newest: float | None = None

    def row(self, texts: Texts) -> None:
        """Look at one row, as texts by feature."""
        identifier = scalar(texts, self.group.record_identifier)
        moment = seconds_of(scalar(texts, self.group.event_time), self.group.features[self.group.event_time])
        if self._newest is None or moment > self._newest:
            self._newest = moment
        for name, expected in self.group.expectations.items():
            text = texts.get(name)
            if text is None:
                if expected.required:
                    self._add(name, "required", identifier)
                continue
            # What is said of a collection's values is said of each element.
            elements = (text,) if isinstance(text, str) else text
            if expected.allowed and any(one not in expected.allowed for one in elements):
                self._add(name, f"allowed {', '.join(expected.allowed)}", identifier)
            if expected.min is not None and any(float(one) < expected.min for one in elements):
                self._add(name, f"min {expected.min:g}", identifier)
            if expected.max is not None and any(float(one) > expected.max for one in elements):
                self._add(name, f"max {expected.max:g}", identifier)
            if expected.unique and self._seen.setdefault(name, {}).setdefault(text, identifier) != identifier:
                self._add(name, "unique", identifier)

    def violations(self, now: datetime) -> tuple[Violation, ...]:
        """What does not hold, in the order of features; freshness by the newest event time as of `now`."""
        found = [
            Violation(name, what, rows, tuple(self._examples[name, what]))
            for (name, what), rows in sorted(self._counts.items())
        ]
        limit = seconds_in(self.group.freshness)
        if limit is not None and self._newest is not None and now.timestamp() - self._newest > limit:
            age = now.timestamp() - self._newest
            name = self.group.event_time
            found.append(
                Violation(name, f"freshness {self.group.freshness}", 1, (f"the newest row is {age:.0f} s old",))
            )
        return tuple(found)

    def _add(self, name: str, what: str, identifier: str) -> None:
        self._counts[name, what] += 1
        examples = self._examples.setdefault((name, what), [])
        if len(examples) < _EXAMPLES and identifier not in examples:
            examples.append(identifier)


def seconds_in(freshness: str | None) -> int | None:
    """A freshness such as 15m in seconds; None when none is declared. Raises ValueError."""
    if freshness is None:
        return None
    match = re.fullmatch(r"([1-9][0-9]*)([smhd])", freshness)
    if match is None:
        raise ValueError(f"{freshness} is no number with s, m, h or d")
    return int(match[1]) * _UNITS[match[2]]
