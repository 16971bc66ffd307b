"""Cases in JSON lines, the exchange format of evaluators (section 9 of our reference on IAM semantics).

A line holds `id`, `request` and the documents in force. What a line must have to be read at all is checked here and
raises CaseError; a policy document that is ill-formed is not a malformed line: the case is decided, and denied.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.errors import FeatureShareError
from featureshare.iam.document import Policy, RepeatedKeys, unique_pairs
from featureshare.iam.errors import DocumentError, Unsupported
from featureshare.iam.model import ContextValue, Finding, Level, Request, World
from featureshare.iam.principals import UnknownPrincipalError, parse_principal

_KNOWN = frozenset(
    {
        "boundary",
        "expected",
        "id",
        "identity_policies",
        "name",
        "rcps",
        "request",
        "resource_policy",
        "scps",
        "session_policy",
        "topic",
    }
)


class CaseError(FeatureShareError):
    """A line is no case; the message says what it lacks."""


@dataclass(frozen=True)
class Case:
    """One case. `expected` is (decision, result) or None; `notes` say what of the line was not understood."""

    id: str | int
    topic: str
    name: str
    request: Request
    world: World
    expected: tuple[str, str] | None
    notes: tuple[str, ...]


def parse_case(line: str | bytes) -> Case:
    """Read one line. Raises CaseError."""
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
        raw = json.loads(text, object_pairs_hook=unique_pairs, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise CaseError("a case is a JSON object")
    _no_repeats(raw, "the case")
    identifier = raw.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int) or identifier == "":
        raise CaseError("id is a string")
    faults: list[Finding] = []
    expected = raw.get("expected")
    return Case(
        id=identifier,
        topic=str(raw.get("topic") or ""),
        name=str(raw.get("name") or ""),
        request=_request(raw.get("request")),
        world=_world(raw, faults),
        expected=_expected(expected),
        notes=tuple(f"field {key!r} is not known and was ignored" for key in sorted(set(raw) - _KNOWN)),
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_repeats(value: Any, what: str) -> None:
    if isinstance(value, RepeatedKeys):
        raise CaseError(f"{value.repeated!r} stands twice in {what}")


def _expected(raw: Any) -> tuple[str, str] | None:
    if not isinstance(raw, dict):
        return None
    return str(raw.get("decision", "")), str(raw.get("result", ""))


def _string(raw: Mapping[str, Any], key: str, where: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value:
        raise CaseError(f"{where}.{key} is a non-empty string")
    return value


def _request(raw: Any) -> Request:
    if not isinstance(raw, dict):
        raise CaseError("request is an object")
    _no_repeats(raw, "request")
    resource = raw.get("resource")
    if not isinstance(resource, dict):
        raise CaseError("request.resource is an object with arn and account")
    _no_repeats(resource, "request.resource")
    principal = _string(raw, "principal", "request")
    arn = _string(resource, "arn", "request.resource")
    if arn == "*" and not resource.get("account"):
        account = _account(principal)  # without a resource there is no owner: the call lands in the caller's account
    else:
        account = _string(resource, "account", "request.resource")
    wildcard_only = raw.get("wildcard_only_action")
    if wildcard_only is not None and not isinstance(wildcard_only, bool):
        raise CaseError("request.wildcard_only_action is true or false")
    return Request(
        principal=principal,
        action=_string(raw, "action", "request"),
        resource=arn,
        account=account,
        context=_context(raw.get("context")),
        wildcard_only=bool(wildcard_only),
    )


def _account(principal: str) -> str:
    try:
        return parse_principal(principal).account
    except UnknownPrincipalError:
        return ""


def _context(raw: Any) -> dict[str, ContextValue]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise CaseError("request.context is an object")
    _no_repeats(raw, "request.context")
    out: dict[str, ContextValue] = {}
    for key, value in raw.items():
        if value is None:
            continue  # no value is absence
        where = f"request.context[{key!r}]"
        out[key] = tuple(_scalar(item, where) for item in value) if isinstance(value, list) else _scalar(value, where)
    return out


def _scalar(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise CaseError(f"{where} is a string or a list of strings")


def _world(raw: Mapping[str, Any], faults: list[Finding]) -> World:
    def document(value: Any, layer: str, name: str) -> tuple[Policy, ...]:
        try:
            return (Policy.parse(value, name=name),)
        except DocumentError as error:
            kind = "unsupported" if isinstance(error, Unsupported) else "ill-formed"
            faults.append(Finding(kind, "1", f"{error.where}: {error.rule}".removeprefix(": "), layer, name))
            return ()

    def documents(value: Any, layer: str, name: str) -> tuple[Policy, ...]:
        if isinstance(value, dict):
            return document(value, layer, name)
        if not isinstance(value, list):
            raise CaseError(f"{name} is a list of policy documents")
        return tuple(policy for index, item in enumerate(value) for policy in document(item, layer, f"{name}[{index}]"))

    def levels(key: str, layer: str) -> tuple[Level, ...]:
        value = raw.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise CaseError(f"{key} is a list of levels")
        out = []
        for index, item in enumerate(value):
            if not isinstance(item, dict) or not isinstance(item.get("policies"), list):
                raise CaseError(f"{key}[{index}] is an object with level and policies")
            _no_repeats(item, f"{key}[{index}]")
            name = str(item.get("level") or index)
            out.append(Level(name, documents(item["policies"], layer, f"{key}[{index}].policies")))
        return tuple(out)

    attached, on_resource = raw.get("identity_policies"), raw.get("resource_policy")
    identity = () if attached is None else documents(attached, "identity", "identity_policies")
    resource = () if on_resource is None else document(on_resource, "resource", "resource_policy")
    boundary, session = raw.get("boundary"), raw.get("session_policy")
    if session is not None:
        read = documents if isinstance(session, list) else document
        session = read(session, "session", "session_policy")
    return World(
        identity=identity,
        resource=resource[0] if resource else None,
        scps=levels("scps", "scp"),
        rcps=levels("rcps", "rcp"),
        boundary=None if boundary is None else documents(boundary, "boundary", "boundary"),
        session=session,
        faults=tuple(faults),
    )
