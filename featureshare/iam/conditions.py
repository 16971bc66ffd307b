"""Condition operators, compiled once.

Sources: IAM User Guide, "Condition" (reference_policies_elements_condition), "Condition operators"
(reference_policies_elements_condition_operators), "Single-valued vs. multivalued context keys"
(reference_policies_condition-single-vs-multi-valued-context-keys).
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from featureshare.iam import values as read
from featureshare.iam.model import ContextValue
from featureshare.iam.patterns import Context, Match, compile_arn, compile_glob, odd_values
from featureshare.iam.variables import Token, substitute, tokens, variables_of

Compare = Callable[[str, Context], bool]
"""Whether a request value matches one of the policy's values (before negation)."""

_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


class UnknownOperatorError(ValueError):
    """An operator that is none of AWS's."""


class BadValueError(ValueError):
    """A value that its operator cannot take."""


@dataclass(frozen=True)
class Kind:
    """What an operator compares and whether it is the negation of another."""

    family: str
    negated: bool = False
    test: Callable[[Decimal, Decimal], bool] = operator.eq


KINDS: Mapping[str, Kind] = {
    "StringEquals": Kind("string"),
    "StringNotEquals": Kind("string", negated=True),
    "StringEqualsIgnoreCase": Kind("string-ignore-case"),
    "StringNotEqualsIgnoreCase": Kind("string-ignore-case", negated=True),
    "StringLike": Kind("string-like"),
    "StringNotLike": Kind("string-like", negated=True),
    "ArnEquals": Kind("arn"),
    "ArnLike": Kind("arn"),
    "ArnNotEquals": Kind("arn", negated=True),
    "ArnNotLike": Kind("arn", negated=True),
    "NumericEquals": Kind("numeric"),
    "NumericNotEquals": Kind("numeric", negated=True),
    "NumericLessThan": Kind("numeric", test=operator.lt),
    "NumericLessThanEquals": Kind("numeric", test=operator.le),
    "NumericGreaterThan": Kind("numeric", test=operator.gt),
    "NumericGreaterThanEquals": Kind("numeric", test=operator.ge),
    "DateEquals": Kind("date"),
    "DateNotEquals": Kind("date", negated=True),
    "DateLessThan": Kind("date", test=operator.lt),
    "DateLessThanEquals": Kind("date", test=operator.le),
    "DateGreaterThan": Kind("date", test=operator.gt),
    "DateGreaterThanEquals": Kind("date", test=operator.ge),
    "Bool": Kind("bool"),
    "BinaryEquals": Kind("binary"),
    "IpAddress": Kind("ip"),
    "NotIpAddress": Kind("ip", negated=True),
    "Null": Kind("null"),
}


class Clause:
    """One key under one operator. `holds(context)` is its answer; the rest tells a person how it came about.

    `deny` is the statement's effect: where AWS documents nothing, an Allow takes the reading that fails and a Deny the
    one that fires.
    """

    def __init__(self, name: str, key: str, raw: Any, *, variables: bool, deny: bool) -> None:
        found = _NAME.fullmatch(name)
        kind = KINDS.get(found[2]) if found else None
        if found is None or kind is None:
            raise UnknownOperatorError(f"condition operator {name!r} is not known")
        self.quantifier: str | None = found[1]
        self.if_exists = found[3] is not None
        if kind.family == "null" and (self.if_exists or self.quantifier):
            raise UnknownOperatorError("Null takes neither IfExists nor a set operator")
        self.name = name
        self.shown_key = key
        self.key = key.lower()
        self.kind = kind
        self.values = condition_values(raw)
        self.deny = deny
        self.variables = tuple(
            variable for value in self.values for variable in variables_of(_tokens(kind, value, variables))
        )
        self.lints = tuple(_lints(kind, self.values, variables))
        if kind.family == "null":
            self.holds: Callable[[Context], bool] = self._null()
        else:
            compare = _compare(kind, self.values, variables)
            self.holds = self._set(compare) if self.quantifier else self._plain(compare)

    def _null(self) -> Callable[[Context], bool]:
        wanted = {read.boolean(value) for value in self.values}
        if None in wanted:
            raise BadValueError(f"Null takes true or false, not {', '.join(map(repr, self.values))}")
        key = self.key
        return lambda context: (not any_value(context.get(key))) in wanted

    def _plain(self, compare: Compare) -> Callable[[Context], bool]:
        key, negated = self.key, self.kind.negated
        missing = self.if_exists or negated
        # No policy value at all: nothing matches, and what a negated operator makes of that is not documented.
        nothing = (self.deny if negated else False) if not self.values else None
        deny, if_exists = self.deny, self.if_exists

        def holds(context: Context) -> bool:
            value = context.get(key)
            if value is None:
                return missing
            if nothing is not None:
                return nothing
            if type(value) is str:
                return compare(value, context) != negated
            if not value and if_exists and not negated:
                return deny  # present but without a value: whether IfExists takes it for absent is not documented
            return any(compare(each, context) for each in value) != negated

        return holds

    def _set(self, compare: Compare) -> Callable[[Context], bool]:
        key, negated, if_exists, deny = self.key, self.kind.negated, self.if_exists, self.deny
        every = self.quantifier == "ForAllValues"
        nothing = self.deny if negated and not self.values else None

        def holds(context: Context) -> bool:
            value = context.get(key)
            # ForAnyValue is documented as false without a value and IfExists as true: an Allow gets the one, a Deny
            # the other. (Seen on AWS for an Allow: false. https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w)
            if value is None or not any_value(value):
                return every or (if_exists and deny)
            items = (value,) if type(value) is str else value
            if nothing is not None:
                return nothing
            if every:
                return all(compare(item, context) != negated for item in items)
            return any(compare(item, context) != negated for item in items)

        return holds

    def inferred(self, context: Context) -> list[tuple[str, str]]:
        """The undocumented corners that this context reaches: (rule, text)."""
        out: list[tuple[str, str]] = []
        value = context.get(self.key)
        if self.kind.family != "null" and value is not None:
            if not self.quantifier and type(value) is not str and len(value) > 1:
                out.append(("5.5", f"multivalued {self.shown_key} under {self.name}, which takes one value"))
            if not self.quantifier and not any_value(value):
                out.append(("5.3", f"{self.shown_key} is empty; {self.name} compares it as such"))
        out += [
            ("6.2", f"the value of a variable in {self.shown_key} {odd}") for odd in odd_values(self.variables, context)
        ]
        if self.quantifier == "ForAnyValue" and self.if_exists and not any_value(value):
            text = f"{self.name} on {self.shown_key} without a value: false by one rule of AWS, true by another"
            out.append(("5.3", text))
        for variable in self.variables:
            if variable.key in context and variable.value(context) is None:
                out.append(("6.1", f"multivalued {variable.key} cannot be used as a variable"))
        return out

    def describe(self, context: Context) -> str:
        """The condition and the value it saw."""
        value = context.get(self.key)
        if value is None:
            saw = f"{self.shown_key} is absent"
        else:
            saw = f"{self.shown_key} is {value!r}" if type(value) is str else f"{self.shown_key} is {list(value)!r}"
        wanted = self.values[0] if len(self.values) == 1 else list(self.values)
        unset = [variable.key for variable in self.variables if variable.value(context) is None]
        note = f", ${{{unset[0]}}} has no value" if unset else ""
        return f"{self.name} {self.shown_key} {wanted!r}: {saw}{note}"


def any_value(value: ContextValue | None) -> bool:
    """Whether a context key has a value in the eyes of Null and the set operators."""
    if value is None or type(value) is str:
        return bool(value)
    return any(item != "" for item in value)


def condition_values(raw: Any) -> tuple[str, ...]:
    """The values of a condition as text. Raises BadValueError for what JSON allows and IAM does not."""
    items = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(_text(item) for item in items)


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int):
        return str(item)
    if isinstance(item, float):
        return format(Decimal(repr(item)), "f")
    raise BadValueError(f"a condition value is a string, number or boolean, not {item!r}")


def _tokens(kind: Kind, value: str, variables: bool) -> tuple[Token, ...]:
    if kind.family in ("string", "string-ignore-case"):
        return tokens(value, variables=variables, wildcards=False)
    if kind.family in ("string-like", "arn"):
        return tokens(value, variables=variables)
    return (value,)


def _lints(kind: Kind, values: tuple[str, ...], variables: bool) -> list[str]:
    out: list[str] = []
    if not values:
        out.append("5.1 a condition without values")
    for value in values:
        if kind.family == "bool" and variables and "${" in value:
            out.append(f"6.1 Bool value {value!r}: AWS's pages disagree on variables here; literal text")
        elif kind.family == "arn" and "${" not in value and compile_arn(tokens(value, variables=False)) is None:
            out.append(f"5.A ARN pattern {value!r} has fewer than six parts and matches nothing")
        elif kind.family in _READERS and _READERS[kind.family](value) is None:
            out.append(f"5.V {value!r} cannot be read and matches nothing")
    return out


_READERS: Mapping[str, Callable[[str], Any]] = {
    "numeric": read.number,
    "date": read.instant,
    "ip": read.network,
    "binary": read.binary,
}


def _compare(kind: Kind, values: tuple[str, ...], variables: bool) -> Compare:
    if kind.family.startswith("string") or kind.family == "arn":
        return _text_compare(kind, tuple(_tokens(kind, value, variables) for value in values))
    if kind.family in ("numeric", "date"):
        reader = _READERS[kind.family]
        wanted = [limit for limit in (reader(value) for value in values) if limit is not None]
        return lambda value, _: _ordered(reader(value), wanted, kind.test)
    if kind.family == "bool":
        flags = {read.boolean(value) for value in values}
        if any(read.boolean(value) is None and "${" not in value for value in values):
            raise BadValueError(f"Bool takes true or false, not {', '.join(map(repr, values))}")
        flags.discard(None)
        return lambda value, _: read.boolean(value) in flags
    if kind.family == "ip":
        networks = [net for net in (read.network(value) for value in values) if net is not None]
        return lambda value, _: _inside(value, networks)
    blobs = {blob for blob in (read.binary(value) for value in values) if blob is not None}
    return lambda value, _: read.binary(value) in blobs


def _ordered(value: Decimal | None, limits: list[Decimal], test: Callable[[Decimal, Decimal], bool]) -> bool:
    return value is not None and any(test(value, limit) for limit in limits)


def _inside(value: str, networks: list[read.Network]) -> bool:
    address = read.address(value)
    return address is not None and any(address in net for net in networks)


def _text_compare(kind: Kind, patterns: tuple[tuple[Token, ...], ...]) -> Compare:
    """Static patterns are compiled now, those with variables when the context is known."""
    static = [items for items in patterns if not variables_of(items)]
    dynamic = [items for items in patterns if variables_of(items)]
    fixed = _static(kind, static)
    if not dynamic:
        return lambda value, _: fixed(value)
    matcher = _MATCHERS[kind.family]

    def compare(value: str, context: Context) -> bool:
        if fixed(value):
            return True
        for items in dynamic:
            filled = substitute(items, context)
            if filled is not None and matcher(filled)(value):
                return True
        return False

    return compare


def _static(kind: Kind, patterns: list[tuple[Token, ...]]) -> Match:
    if kind.family == "string":
        exact = frozenset(_joined(items) for items in patterns)
        return lambda value: value in exact
    if kind.family == "string-ignore-case":
        folded = frozenset(_joined(items).lower() for items in patterns)
        return lambda value: value.lower() in folded
    matchers = tuple(_MATCHERS[kind.family](items) for items in patterns)
    if len(matchers) == 1:
        return matchers[0]
    return lambda value: any(match(value) for match in matchers)


def _joined(items: tuple[Token, ...]) -> str:
    return "".join(str(item) for item in items)


def _equal(items: tuple[Token, ...]) -> Match:
    text = _joined(items)
    return lambda value: value == text


def _equal_ignoring_case(items: tuple[Token, ...]) -> Match:
    text = _joined(items).lower()
    return lambda value: value.lower() == text


def _arn(items: tuple[Token, ...]) -> Match:
    match = compile_arn(items)
    return match if match is not None else lambda value: False


_MATCHERS: Mapping[str, Callable[[tuple[Token, ...]], Match]] = {
    "string": _equal,
    "string-ignore-case": _equal_ignoring_case,
    "string-like": compile_glob,
    "arn": _arn,
}
