"""Policy documents: validated, compiled once, asked often.

Source: IAM User Guide, "IAM JSON policy element reference" (reference_policies_elements) and "Grammar of the IAM JSON
policy language" (reference_policies_grammar).
"""

import json
import sys
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from featureshare.iam.conditions import BadValueError, Clause, UnknownOperatorError
from featureshare.iam.errors import IllFormed, Unsupported
from featureshare.iam.model import ContextValue, Strength
from featureshare.iam.patterns import ActionSet, ResourcePattern
from featureshare.iam.principals import OF_ACCOUNT, Caller, Kind, PrincipalSet
from featureshare.iam.services import key_behind
from featureshare.iam.variables import BadVariableError

CURRENT = "2012-10-17"
_VERSIONS = (CURRENT, "2008-10-17")
_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_MEMO = 8192


class RepeatedKeys(dict[str, Any]):
    """A JSON object in which a key stands twice; `repeated` names it. AWS refuses such a document."""

    repeated: str = ""


def unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` for json.loads that does not lose a repeated key silently."""
    out: dict[str, Any] = dict(pairs)
    if len(out) != len(pairs):
        marked = RepeatedKeys(out)
        seen: set[str] = set()
        marked.repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return marked
    return out


class Question:
    """A request as statements see it: `action` and context keys in lower case, `resource` `*` where there is none.

    `alias` is the alias through which a KMS key was asked for, or "": `resource` then stands for some key unknown.
    """

    __slots__ = (
        "account",
        "action",
        "alias",
        "caller",
        "context",
        "has_boundary",
        "resource",
        "service",
        "shown_action",
    )

    def __init__(
        self,
        caller: Caller,
        action: str,
        resource: str,
        account: str,
        context: Mapping[str, ContextValue],
        has_boundary: bool,
    ) -> None:
        self.caller = caller
        self.shown_action = action
        self.action = action.lower()
        self.service = self.action.partition(":")[0]
        self.alias = ""
        if self.service == "kms" and (key := key_behind(self.action, resource)):
            self.alias, resource = resource, key
        self.resource = resource
        self.account = account
        self.context = context
        self.has_boundary = has_boundary


class Statement:
    """One compiled statement.

    `actions`, `strength`, `on_resource` and `clauses` are its four tests; `applies` is all of them at once.
    `without_principal` and `without_resource` tell which elements are absent; which layer may lack them is the
    layer's affair.
    """

    def __init__(self, raw: Any, *, document: str, index: int, variables: bool) -> None:
        self.where = f"Statement[{index}]"
        self._document = document
        if not isinstance(raw, Mapping):
            raise self._ill("a statement is an object")
        if isinstance(raw, RepeatedKeys):
            raise self._ill(f"{raw.repeated} stands twice")
        if unknown := sorted(set(raw) - _STATEMENT_KEYS):
            raise self._ill(f"{', '.join(unknown)} is no policy element")
        sid = raw.get("Sid", "")
        if not isinstance(sid, str):
            raise self._ill("Sid is a string")
        self.sid = sid
        self.index = index
        if raw.get("Effect") not in ("Allow", "Deny"):
            raise self._ill("Effect is Allow or Deny")
        self.deny = raw["Effect"] == "Deny"
        self._raw, self._variables = raw, variables
        self.lints: list[tuple[str, str]] = []
        self.actions = self._actions(raw)
        self._resources(raw, variables)
        self._principals(raw)
        self.clauses = self._conditions(raw.get("Condition", {}), variables)

    def _ill(self, rule: str, where: str = "") -> IllFormed:
        return IllFormed(self._document, f"{self.where}{where}", rule)

    def _one_of(self, raw: Mapping[str, Any], key: str) -> tuple[str, tuple[str, ...]] | None:
        """The element `key` or `Not<key>`, as a tuple of strings; None where neither stands."""
        present = [name for name in (key, f"Not{key}") if name in raw]
        if len(present) > 1:
            raise self._ill(f"{key} and Not{key} exclude each other")
        if not present:
            return None
        value = raw[present[0]]
        items = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else ()
        if not items or not all(isinstance(item, str) and item for item in items):
            raise self._ill(f"{present[0]} is a non-empty string or a list of them", f".{present[0]}")
        return present[0], items

    def _actions(self, raw: Mapping[str, Any]) -> ActionSet:
        found = self._one_of(raw, "Action")
        if found is None:
            raise self._ill("Action or NotAction is required")
        name, patterns = found
        for pattern in patterns:
            service, colon, rest = pattern.partition(":")
            if set(pattern) != {"*"} and not (service and colon and rest):
                raise self._ill(f"{pattern!r} is not `*` or `service:Name`", f".{name}")
        return ActionSet(patterns, negated=name == "NotAction")

    def _resources(self, raw: Mapping[str, Any], variables: bool) -> None:
        found = self._one_of(raw, "Resource")
        self.without_resource = found is None
        name, patterns = found or ("Resource", ("*",))
        try:
            self.resources = tuple(ResourcePattern(pattern, variables=variables) for pattern in patterns)
        except BadVariableError as error:
            raise self._ill(str(error), f".{name}") from error
        self.not_resource = name == "NotResource"
        self.lints += [("1.3", text) for pattern in self.resources for text in pattern.lints]
        self._all_resources = not self.not_resource and any(pattern.star for pattern in self.resources)

    def _principals(self, raw: Mapping[str, Any]) -> None:
        if "Principal" in raw and "NotPrincipal" in raw:
            raise self._ill("Principal and NotPrincipal exclude each other")
        self.not_principal = "NotPrincipal" in raw
        name = "NotPrincipal" if self.not_principal else "Principal"
        self.without_principal = name not in raw
        self.principals: PrincipalSet | None = None
        if self.without_principal:
            return
        if isinstance(raw[name], RepeatedKeys):
            raise self._ill(f"{raw[name].repeated} stands twice", f".{name}")
        try:
            self.principals = PrincipalSet(raw[name])
        except ValueError as error:
            raise self._ill(str(error), f".{name}") from error
        self.lints += [(text[:3], text[4:]) for text in self.principals.lints]
        if self.not_principal and not self.deny:
            self.lints.append(("2.5", "NotPrincipal with Allow grants to everybody else, anonymous included"))

    def _conditions(self, raw: Any, variables: bool) -> tuple[Clause, ...]:
        if not isinstance(raw, Mapping):
            raise self._ill("an object of operators is needed", ".Condition")
        out: list[Clause] = []
        for name, block in raw.items():
            if not isinstance(block, Mapping):
                raise self._ill("an object of condition keys is needed", f".Condition.{name}")
            for repeated in (raw, block):
                if isinstance(repeated, RepeatedKeys):
                    raise self._ill(f"{repeated.repeated} stands twice", ".Condition")
            if not block:
                self._check_operator(name, variables)
            for key, value in block.items():
                out.append(self._clause(name, key, value, variables))
        return tuple(out)

    def _check_operator(self, name: str, variables: bool) -> None:
        self._clause(name, "aws:none", "true", variables)

    def _clause(self, name: str, key: str, value: Any, variables: bool) -> Clause:
        place = f"{self.where}.Condition.{name}"
        if not key:
            raise self._ill("a condition key is not empty", f".Condition.{name}")
        try:
            clause = Clause(name, key, value, variables=variables, deny=self.deny)
        except UnknownOperatorError as error:
            raise Unsupported(self._document, place, str(error)) from error
        except (BadValueError, BadVariableError) as error:
            raise IllFormed(self._document, f"{place}.{key}", str(error)) from error
        self.lints += [(text[:3], text[4:]) for text in clause.lints]
        return clause

    def strength(self, question: Question) -> Strength:
        """How firmly the statement names the caller; without a principal element, everybody."""
        if self.principals is None:
            return Strength.DIRECT
        if not self.not_principal:
            return self.principals.strength(question.caller, deny=self.deny)
        kind = question.caller.principal.kind
        if self.deny and question.has_boundary and kind in OF_ACCOUNT and kind is not Kind.ROOT:
            return Strength.DIRECT  # hits whoever has a boundary, listed or not
        if self.deny:
            return Strength.NONE if self.principals.lists(question.caller) else Strength.DIRECT
        # Grants to everybody else. Who is named in whatever way, by role or account even, is nobody else.
        return Strength.NONE if self.principals.strength(question.caller, deny=True) else Strength.DIRECT

    def on_resource(self, question: Question) -> bool:
        """Whether the resource matches. Where the readings of a pattern differ, the one that gives more access."""
        if self._all_resources:
            return True
        resource, context = question.resource, question.context
        # An Allow takes the reading that matches more, a Deny the one that matches less; NotResource turns it around.
        if self.deny == self.not_resource:
            found = any(pattern.wide(resource, context) for pattern in self.resources)
        else:
            found = any(pattern.strict(resource, context) for pattern in self.resources)
        return found != self.not_resource

    def conditions_hold(self, context: Mapping[str, ContextValue]) -> bool:
        """Whether every condition holds."""
        return all(clause.holds(context) for clause in self.clauses)

    def applies(self, question: Question) -> Strength:
        """All tests but the action, which chose this statement; NONE where one fails."""
        strength = self.strength(question)
        if strength and self.on_resource(question) and self.conditions_hold(question.context):
            return strength
        return Strength.NONE

    @cached_property
    def text(self) -> str:
        """The statement and whether its document's Version knows variables, as JSON: equal ones decide alike."""
        return sys.intern(json.dumps([self._raw, self._variables], sort_keys=True))

    @property
    def label(self) -> str:
        """The Sid, or the place of a statement without one."""
        return self.sid or self.where


class Policy:
    """A compiled document. Use `Policy.parse`; instances are immutable and safe to share."""

    def __init__(self, statements: tuple[Statement, ...], name: str, version: str, lints: tuple[str, ...]) -> None:
        self.statements = statements
        self.name = name
        self.version = version
        self.lints = lints
        self._memo: dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]] = {}
        sids = [statement.sid for statement in statements if statement.sid]
        twice = sorted({sid for sid in sids if sids.count(sid) > 1})
        named = next((s.where for s in statements if not s.without_principal), None)
        unnamed = next((s.where for s in statements if s.without_principal), None)
        bare = next((s.where for s in statements if s.without_resource), None)
        excepted = next((s.where for s in statements if s.not_principal), None)
        placed = next((s.where for s in statements if not s.without_resource), None)
        # What makes the document ill-formed in one layer or another; worked out once, read in every decision.
        self.fault_as_identity = (
            f"Sid {twice[0]} stands twice"
            if twice
            else f"{named} has a principal, which belongs in resource policies"
            if named
            else f"{bare} has no Resource"
            if bare
            else None
        )
        self.fault_as_key = f"{unnamed} has no Principal" if unnamed else None
        self.fault_as_resource = self.fault_as_key or (f"{bare} has no Resource" if bare else None)
        self.fault_as_trust = self.fault_as_key or (
            f"{excepted} has NotPrincipal, which a trust policy cannot have"
            if excepted
            else f"{placed} has Resource, which a trust policy cannot have"
            if placed
            else None
        )
        self.fault_as_rcp = (
            f"{excepted} has NotPrincipal, which an RCP cannot have"
            if excepted
            else f"{bare} has no Resource"
            if bare
            else None
        )

    @staticmethod
    def parse(document: Mapping[str, Any] | str, *, name: str = "") -> "Policy":
        """Validate and compile a policy document, given as JSON text or as its parsed form.

        `name` is shown in reasons. Raises IllFormed for what AWS would refuse, Unsupported for a condition operator
        this engine does not know.
        """
        if isinstance(document, str):
            return _parse_text(document, name)
        return _compile(document, name)

    def about(self, action: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """The Deny and the Allow statements that are about `action` (lower case), in the document's order."""
        found = self._memo.get(action)
        if found is None:
            denies = tuple(s for s in self.statements if s.deny and s.actions.matches(action))
            allows = tuple(s for s in self.statements if not s.deny and s.actions.matches(action))
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            found = self._memo[action] = (denies, allows)
        return found

    def __repr__(self) -> str:
        return f"Policy({self.name or 'unnamed'}, {len(self.statements)} statements)"


@lru_cache(maxsize=4096)
def _parse_text(text: str, name: str) -> Policy:
    try:
        document = json.loads(text, object_pairs_hook=unique_pairs)
    except (ValueError, RecursionError) as error:
        raise IllFormed(name, "", f"not JSON: {error}") from error
    return _compile(document, name)


def _compile(document: Any, name: str) -> Policy:
    if not isinstance(document, Mapping):
        raise IllFormed(name, "", "a policy document is a JSON object")
    if isinstance(document, RepeatedKeys):
        raise IllFormed(name, "", f"{document.repeated} stands twice")
    if unknown := sorted(set(document) - _DOCUMENT_KEYS):
        raise IllFormed(name, "", f"{', '.join(unknown)} is no policy element")
    version = document.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise IllFormed(name, "Version", f"one of {', '.join(_VERSIONS)}")
    if not isinstance(document.get("Id", ""), str):
        raise IllFormed(name, "Id", "a string")
    if "Statement" not in document:
        raise IllFormed(name, "", "Statement is required")
    raw = document["Statement"]
    items = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(items, list | tuple):
        raise IllFormed(name, "Statement", "an object or a list of objects")
    statements = tuple(
        Statement(item, document=name, index=index, variables=version == CURRENT) for index, item in enumerate(items)
    )
    return Policy(statements, name, version, () if statements else ("no statement",))
