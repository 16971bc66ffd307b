"""A policy document as rules read it: statements in one form, and what is not IAM's grammar listed, never dropped.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from featureshare.scan import conditions, principals
from featureshare.scan.conditions import Guard, strings
from featureshare.scan.principals import Principal

_TOP = frozenset({"Version", "Id", "Statement"})
_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    }
)


class NotJson(ValueError):
    """The text is no JSON; the message says where it breaks."""


@dataclass(frozen=True)
class Defect:
    """Something that AWS would refuse or read in another way than it looks; `statement` as in Finding."""

    statement: str
    message: str


@dataclass(frozen=True)
class Statement:
    """One statement. Actions are in lower case, as IAM compares them; everything else is as written."""

    index: int
    sid: str
    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[Principal, ...]
    not_principals: tuple[Principal, ...]
    guards: tuple[Guard, ...]
    raw: Mapping[str, Any]

    @property
    def label(self) -> str:
        return self.sid or f"Statement[{self.index}]"

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"

    def grants(self, *actions: str) -> tuple[str, ...]:
        """Those of the named actions (lower case) that the statement's Action covers, wildcards included."""
        return tuple(action for action in actions if any(matches(pattern, action) for pattern in self.actions))

    def binding(self, *keys: str) -> Iterator[Guard]:
        """Guards on these keys (lower case; a trailing `/` means any key below) that a request must pass."""
        for guard in self.guards:
            named = any(guard.key.startswith(key) if key.endswith("/") else guard.key == key for key in keys)
            if named and conditions.binds(guard, self.guards):
                yield guard

    def pins(self, *keys: str) -> bool:
        """Whether one of the keys must have exactly one of a list of values."""
        return any(guard.exact for guard in self.binding(*keys))


@dataclass(frozen=True)
class Document:
    """A parsed document; `defects` are what no rule can judge."""

    version: str
    statements: tuple[Statement, ...]
    defects: tuple[Defect, ...]
    raw: Mapping[str, Any]

    @property
    def allows(self) -> tuple[Statement, ...]:
        return tuple(statement for statement in self.statements if statement.allows)

    @cached_property
    def text(self) -> str:
        return json.dumps(self.raw, sort_keys=True)

    @classmethod
    def parse(cls, source: str | Mapping[str, Any], *, with_principals: bool) -> "Document":
        """A document from JSON text or from what JSON text holds; raises NotJson for text that is none.

        `with_principals` tells whether its kind has a Principal element (resource and trust policies).
        """
        defects: list[Defect] = []
        raw = _load(source, defects) if isinstance(source, str) else source
        if not isinstance(raw, Mapping):
            return cls("", (), (*defects, Defect("", "is no JSON object, so no policy.")), {})
        for name in raw.keys() - _TOP:
            defects.append(Defect("", f"has an element {name!r}, which IAM does not know."))
        listed = raw.get("Statement")
        items = listed if isinstance(listed, list) else [] if listed is None else [listed]
        if not items:
            defects.append(Defect("", "holds no statement, so nothing was judged."))
        statements = tuple(_statement(index, item, with_principals, defects) for index, item in enumerate(items))
        return cls(str(raw.get("Version", "")), statements, tuple(defects), raw)


def matches(pattern: str, text: str) -> bool:
    """Whether an IAM glob covers the whole text."""
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _load(text: str, defects: list[Defect]) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in items]
        for name in sorted({name for name in names if names.count(name) > 1}):
            defects.append(Defect("", f"has the key {name!r} twice in one object: readers keep different ones."))
        return dict(items)

    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=pairs)
    except ValueError as error:
        raise NotJson(str(error)) from None


def _statement(index: int, item: Any, with_principals: bool, defects: list[Defect]) -> Statement:
    raw: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    sid = str(raw.get("Sid") or "")
    label = sid or f"Statement[{index}]"

    def defect(message: str) -> None:
        defects.append(Defect(label, message))

    if not isinstance(item, Mapping):
        defect("is no JSON object.")
    for name in raw.keys() - _ELEMENTS:
        defect(f"has an element {name!r}, which IAM does not know.")
    if raw.get("Effect") not in ("Allow", "Deny"):
        defect('has an Effect that is neither "Allow" nor "Deny".')
    if ("Action" in raw) == ("NotAction" in raw):
        defect("must have exactly one of Action and NotAction.")
    has_principal = ("Principal" in raw) + ("NotPrincipal" in raw)
    if with_principals and has_principal != 1:
        defect("must have exactly one of Principal and NotPrincipal.")
    if not with_principals and has_principal:
        defect("has a Principal, which a policy attached to an identity cannot have.")
    condition = raw.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        defect("has a Condition that is no map of operators.")
    guards = tuple(conditions.parse(condition))
    for guard in guards:
        if not guard.known or guard.quantifier not in ("", "forallvalues", "foranyvalue"):
            defect(f"uses {guard.written!r}, which is no condition operator.")
    actions = strings(raw.get("Action", []))
    for action in actions:
        if action != "*" and not re.fullmatch(r"[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+", action):
            defect(f"has the action {action!r}, which is not of the form service:Action.")
    return Statement(
        index=index,
        sid=sid,
        effect=str(raw.get("Effect", "")),
        actions=tuple(action.lower() for action in actions),
        not_actions=tuple(action.lower() for action in strings(raw.get("NotAction", []))),
        resources=strings(raw.get("Resource", [])),
        not_resources=strings(raw.get("NotResource", [])),
        principals=principals.parse(raw["Principal"]) if "Principal" in raw else (),
        not_principals=principals.parse(raw["NotPrincipal"]) if "NotPrincipal" in raw else (),
        guards=guards,
        raw=raw,
    )
