"""Input constraints of the service model (required, enum, length, range, pattern), worded as AWS does."""

import functools
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session

from featureshare.localaws.invocation import Handler, Invocation, ServiceError

MAX_SHOWN = 200


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@cache
def _input_shape(service: str, operation: str) -> Any:
    return _model(service).operation_model(operation).input_shape


@cache
def output_members(service: str, operation: str) -> frozenset[str]:
    """The names of the members of an operation's output."""
    return frozenset(_model(service).operation_model(operation).output_shape.members)


@cache
def enumerated(service: str, shape: str) -> frozenset[str]:
    """The values of an enumeration of the service model."""
    return frozenset(_model(service).shape_for(shape).enum)


def check_input(service: str, operation: str, params: Mapping[str, Any], code: str = "ValidationException") -> None:
    """Checks `params` against the operation's input shape.

    Raises ServiceError `code` that lists every violation, as the services do.
    """
    problems: list[str] = []
    _structure(_input_shape(service, operation), params, "", problems)
    if problems:
        count = len(problems)
        noun = "validation error" if count == 1 else "validation errors"
        raise ServiceError(code, f"{count} {noun} detected: " + "; ".join(problems))


def checked(handlers: Mapping[tuple[str, str], Handler], code: str) -> dict[tuple[str, str], Handler]:
    """The handlers, each behind a check of its input that raises ServiceError `code`."""

    def wrap(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def answer(call: Invocation) -> Mapping[str, Any]:
            check_input(call.service, call.operation, call.params, code)
            return handler(call)

        return answer

    return {key: wrap(handler) for key, handler in handlers.items()}


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _structure(shape: Any, value: Mapping[str, Any], path: str, problems: list[str]) -> None:
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            problems.append(
                f"Value null at '{prefix}{_lower(name)}' failed to satisfy constraint: Member must not be null"
            )
    for name, item in value.items():
        member = shape.members.get(name)
        if member is not None and item is not None:
            _value(member, item, f"{prefix}{_lower(name)}", problems)


def _value(shape: Any, value: Any, path: str, problems: list[str]) -> None:
    kind = shape.type_name
    if kind == "structure":
        _structure(shape, value, path, problems)
    elif kind == "list":
        _bounds(shape, value, len(value), "length", path, problems)
        for index, item in enumerate(value, 1):
            _value(shape.member, item, f"{path}.{index}.member", problems)
    elif kind == "string":
        _string(shape, str(value), path, problems)
    elif kind in ("integer", "long", "float", "double"):
        _bounds(shape, value, value, "value", path, problems)


def _string(shape: Any, value: str, path: str, problems: list[str]) -> None:
    if shape.enum:
        if value not in shape.enum:
            allowed = ", ".join(shape.enum)
            problems.append(_failed(value, path, f"Member must satisfy enum value set: [{allowed}]"))
        return
    _bounds(shape, value, len(value), "length", path, problems)
    pattern = shape.metadata.get("pattern")
    if pattern and (compiled := _compiled(pattern)) is not None and not compiled.fullmatch(value):
        problems.append(_failed(value, path, f"Member must satisfy regular expression pattern: {pattern}"))


def _bounds(shape: Any, value: Any, measure: float, noun: str, path: str, problems: list[str]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and measure < low:
        problems.append(_failed(value, path, f"Member must have {noun} greater than or equal to {low}"))
    if high is not None and measure > high:
        problems.append(_failed(value, path, f"Member must have {noun} less than or equal to {high}"))


def _failed(value: Any, path: str, constraint: str) -> str:
    shown = str(value)
    shown = shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}..."
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: {constraint}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    # The models hold Java patterns: the Unicode classes of tag keys and surrogate ranges do not exist in Python's re.
    # Tags have their own check below; a pattern that cannot be read is no constraint that a client could test.
    if "\\p{" in pattern:
        pattern = pattern.replace("\\p{L}", "\\w").replace("\\p{N}", "").replace("\\p{Z}", "\\s")
    try:
        return re.compile(pattern.replace("\\uD800\\uDC00-\\uDBFF\\uDFFF", "\\U00010000-\\U0010FFFF"), re.DOTALL)
    except re.error:
        return None
