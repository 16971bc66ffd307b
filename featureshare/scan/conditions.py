"""Conditions of a statement, as rules ask about them.

Operators and missing keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NEGATED = frozenset(
    {
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
        "arnnotequals",
        "arnnotlike",
        "notipaddress",
        "numericnotequals",
        "datenotequals",
    }
)
_PATTERN_OPERATORS = frozenset({"stringlike", "arnlike", "arnequals"})
_OPERATORS = (
    NEGATED
    | _PATTERN_OPERATORS
    | frozenset({"stringequals", "stringequalsignorecase", "bool", "null", "ipaddress", "binaryequals"})
    | frozenset(
        f"{family}{comparison}"
        for family in ("numeric", "date")
        for comparison in ("equals", "lessthan", "lessthanequals", "greaterthan", "greaterthanequals")
    )
)
_LITERAL = re.compile(r"\$\{[*?$]\}")  # ${*} and ${?} stand for the characters themselves


def has_wildcard(text: str) -> bool:
    """Whether `*` or `?` stands in the text as a wildcard, a default value of a variable included."""
    return any(character in _LITERAL.sub("", text) for character in "*?")


def strings(value: Any) -> tuple[str, ...]:
    """One value or a list of values as strings; JSON booleans as IAM compares them."""
    items = value if isinstance(value, list) else [value]
    return tuple(("true" if item else "false") if isinstance(item, bool) else str(item) for item in items)


@dataclass(frozen=True)
class Guard:
    """One operator with one key of a Condition block. `operator` and `key` are in lower case."""

    written: str
    operator: str
    quantifier: str
    if_exists: bool
    key: str
    values: tuple[str, ...]

    @property
    def known(self) -> bool:
        return self.operator in _OPERATORS

    @property
    def negated(self) -> bool:
        return self.operator in NEGATED

    @property
    def globs(self) -> bool:
        """Whether `*` and `?` in the values are wildcards."""
        return self.operator in _PATTERN_OPERATORS

    @property
    def exact(self) -> bool:
        """Whether the values name single things: there is one, none is empty and none has a wildcard."""
        return bool(self.values) and all(value.strip() and not has_wildcard(value) for value in self.values)

    @property
    def tautology(self) -> bool:
        """Whether a value is the key's own variable."""
        return any(value.lower() == f"${{{self.key}}}" for value in self.values)


def parse(block: Any) -> Iterator[Guard]:
    """The guards of a Condition block; what is not a block of operators gives none (the parser reports it)."""
    if not isinstance(block, dict):
        return
    for written, keys in block.items():
        if not isinstance(keys, dict):
            continue
        operator, quantifier = str(written).lower(), ""
        if ":" in operator:
            quantifier, operator = operator.split(":", 1)
        if_exists = operator.endswith("ifexists")
        operator = operator.removesuffix("ifexists")
        for key, values in keys.items():
            yield Guard(str(written), operator, quantifier, if_exists, str(key).lower(), strings(values))


def binds(guard: Guard, guards: tuple[Guard, ...]) -> bool:
    """Whether a request without the key fails the guard, so that the guard narrows an Allow at all."""
    if guard.negated or guard.if_exists or guard.operator == "null" or guard.tautology or not guard.values:
        return False
    if guard.quantifier == "forallvalues":
        return requires_presence(guard.key, guards)
    return True


def requires_presence(key: str, guards: tuple[Guard, ...]) -> bool:
    """Whether a `Null: false` demands the key."""
    return any(
        guard.operator == "null" and not guard.if_exists and guard.key == key and guard.values == ("false",)
        for guard in guards
    )
