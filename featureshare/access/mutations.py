"""Mutations: systematic small changes of one policy document, each of which should mean something else."""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from featureshare.access.elements import listed

Document = dict[str, Any]
Mutation = tuple[str, str, Document]
"""Operator, what it did (statement and value), and the changed document."""

_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
STRANGER = "999988887777"


def mutations(document: Document, accounts: tuple[str, ...], *, on_resource: bool) -> Iterator[Mutation]:
    """Every mutant of a document. `accounts` are those of the environment, to swap; `on_resource` documents name
    principals, others do not."""
    for index, statement in enumerate(document["Statement"]):
        label = statement.get("Sid") or f"Statement[{index}]"
        for operator, make in _OPERATORS.items():
            for what, changed in make(statement, accounts):
                yield operator, f"{label}: {what}", _with(document, index, changed)
        yield "drop a statement", label, _with(document, index, None)
        if statement["Effect"] == "Deny":
            yield "drop a Deny", label, _with(document, index, None)
    yield "add a foreign statement", "at the end", _added(document, on_resource)


def _with(document: Document, index: int, statement: Document | None) -> Document:
    statements = list(document["Statement"])
    statements[index : index + 1] = [] if statement is None else [statement]
    return {**document, "Statement": statements}


def _added(document: Document, on_resource: bool) -> Document:
    extra: Document = {"Sid": "Foreign", "Effect": "Allow", "Action": "*", "Resource": "*"}
    if on_resource:
        extra["Principal"] = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
        if "Resource" not in document["Statement"][0]:
            del extra["Resource"]
    return {**document, "Statement": [*document["Statement"], extra]}


Changes = Iterator[tuple[str, Document]]


def _put(statement: Document, path: tuple[str, ...], value: Any) -> Document:
    changed = copy.deepcopy(statement)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


def _conditions(statement: Document) -> Iterator[tuple[str, str, Any]]:
    for operator, block in (statement.get("Condition") or {}).items():
        for key, value in block.items():
            yield operator, key, value


def _without(statement: Document, operator: str, key: str) -> Document:
    changed = copy.deepcopy(statement)
    del changed["Condition"][operator][key]
    if not changed["Condition"][operator]:
        del changed["Condition"][operator]
    return changed


def _renamed(statement: Document, operator: str, key: str, other: str, value: Any) -> Document:
    changed = _without(statement, operator, key)
    changed["Condition"].setdefault(other, {})[key] = value
    return changed


def _drop_condition(statement: Document, _: Any) -> Changes:
    for operator, key, _value in _conditions(statement):
        yield f"{operator} {key}", _without(statement, operator, key)


def _drop_organization(statement: Document, _: Any) -> Changes:
    for operator, key, _value in _conditions(statement):
        if key.lower().endswith("orgid"):
            yield key, _without(statement, operator, key)


def _drop_value(statement: Document, _: Any) -> Changes:
    for element in ("Action", "Resource", "NotAction"):
        values = listed(statement.get(element, []))
        for value in values if len(values) > 1 else ():
            yield f"{element} {value}", _put(statement, (element,), [one for one in values if one != value])
    for operator, key, raw in _conditions(statement):
        values = listed(raw)
        for value in values if len(values) > 1 else ():
            left = [one for one in values if one != value]
            yield f"{key} {value}", _put(statement, ("Condition", operator, key), left)


def _widened(arn: str) -> Iterator[str]:
    """An ARN with one part wider: Region, account, the last part's end, its last step."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return
    for at in (3, 4):
        if parts[at] and "*" not in parts[at]:
            yield ":".join([*parts[:at], "*", *parts[at + 1 :]])
    if not parts[5].endswith("*"):
        yield arn + "*"
        yield arn[:-1] + "?"
    head, slash, last = parts[5].rpartition("/")
    if slash and last != "*":
        yield ":".join([*parts[:5], f"{head}/*"])
    if slash and "/" in head:
        yield ":".join([*parts[:5], f"{head.rpartition('/')[0]}/*"])


def _widen_resource(statement: Document, _: Any) -> Changes:
    values = listed(statement.get("Resource", []))
    for at, value in enumerate(values):
        for wider in (*_widened(value), *(["*"] if value != "*" else [])):
            yield f"{value} to {wider}", _put(statement, ("Resource",), [*values[:at], wider, *values[at + 1 :]])


def _swap_account(statement: Document, accounts: tuple[str, ...]) -> Changes:
    def places() -> Iterator[tuple[tuple[str, ...], list[Any]]]:
        if "Resource" in statement:
            yield ("Resource",), listed(statement["Resource"])
        if isinstance(statement.get("Principal"), dict) and "AWS" in statement["Principal"]:
            yield ("Principal", "AWS"), listed(statement["Principal"]["AWS"])
        for operator, key, raw in _conditions(statement):
            yield ("Condition", operator, key), listed(raw)

    for path, values in places():
        for at, value in enumerate(values):
            for own in dict.fromkeys(_ACCOUNT.findall(str(value))):
                other = next((one for one in (*accounts, STRANGER) if one != own), STRANGER)
                swapped = str(value).replace(own, other)
                yield f"{value} to {other}", _put(statement, path, [*values[:at], swapped, *values[at + 1 :]])


def _widen_action(statement: Document, _: Any) -> Changes:
    values = listed(statement.get("Action", []))
    for at, value in enumerate(values):
        service, _colon, name = value.partition(":")
        stem = re.match(r"[A-Z][a-z]+", name)
        for wider in dict.fromkeys((f"{service}:{stem[0]}*" if stem else "", f"{service}:*" if service != "*" else "")):
            if wider and wider != value:
                yield f"{value} to {wider}", _put(statement, ("Action",), [*values[:at], wider, *values[at + 1 :]])


def _deny_to_allow(statement: Document, _: Any) -> Changes:
    other = "Allow" if statement["Effect"] == "Deny" else "Deny"
    yield f"{statement['Effect']} to {other}", _put(statement, ("Effect",), other)


def _principal(statement: Document, _: Any) -> Changes:
    principal = statement.get("Principal")
    if principal is None or statement["Effect"] == "Deny":
        return
    if isinstance(principal, dict) and "Service" in principal:
        yield "another service", _put(statement, ("Principal",), {"Service": "ec2.amazonaws.com"})
        yield "also a root", _put(statement, ("Principal",), {**principal, "AWS": f"arn:aws:iam::{STRANGER}:root"})
    elif principal != "*":
        yield "everybody", _put(statement, ("Principal",), {"AWS": "*"})
        known = listed(principal.get("AWS", []))
        yield "also a root", _put(statement, ("Principal",), {"AWS": [*known, f"arn:aws:iam::{STRANGER}:root"]})


def _if_exists(statement: Document, _: Any) -> Changes:
    for operator, key, value in _conditions(statement):
        if operator.endswith("IfExists"):
            other = operator.removesuffix("IfExists")
        elif operator == "Null":
            continue
        else:
            other = f"{operator}IfExists"
        yield f"{operator} {key} to {other}", _renamed(statement, operator, key, other, value)


def _to_prefix(statement: Document, _: Any) -> Changes:
    likes = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}
    for operator, key, raw in _conditions(statement):
        bare = operator.rpartition(":")[2].removesuffix("IfExists")
        if not bare.startswith(("String", "Arn")):
            continue
        other = operator.replace(bare, likes.get(bare, bare))
        values = listed(raw)
        for at, value in enumerate(values):
            if not str(value).endswith("*"):
                wider = [*values[:at], f"{value}*", *values[at + 1 :]]
                yield f"{key} {value}*", _renamed(statement, operator, key, other, wider)


def _negate(statement: Document, _: Any) -> Changes:
    for operator, key, value in _conditions(statement):
        if "Not" in operator:
            other = operator.replace("Not", "", 1)
        elif "Equals" in operator or "Like" in operator:
            other = operator.replace("Equals", "NotEquals").replace("Like", "NotLike")
        else:
            continue
        yield f"{operator} {key} to {other}", _renamed(statement, operator, key, other, value)
    for operator, key, value in _conditions(statement):
        if value in ("true", "false"):
            flipped = "false" if value == "true" else "true"
            yield f"{key} {value} to {flipped}", _put(statement, ("Condition", operator, key), flipped)


def _quantifier(statement: Document, _: Any) -> Changes:
    for operator, key, value in _conditions(statement):
        for one, other in (("ForAnyValue:", "ForAllValues:"), ("ForAllValues:", "ForAnyValue:")):
            if operator.startswith(one):
                changed = operator.replace(one, other)
                yield f"{operator} {key} to {changed}", _renamed(statement, operator, key, changed, value)


_OPERATORS: dict[str, Callable[[Document, tuple[str, ...]], Changes]] = {
    "drop a condition": _drop_condition,
    "remove the organization": _drop_organization,
    "drop a value": _drop_value,
    "widen an ARN": _widen_resource,
    "swap an account": _swap_account,
    "widen an action": _widen_action,
    "turn Deny and Allow": _deny_to_allow,
    "widen a principal": _principal,
    "add or remove IfExists": _if_exists,
    "exact name to prefix": _to_prefix,
    "negate a condition": _negate,
    "all values for any, or any for all": _quantifier,
}
