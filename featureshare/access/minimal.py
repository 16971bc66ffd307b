"""Minimality: every (statement, action, resource) of the shipped policies is required by some call.

A call that a journey made (the decision log of local AWS) exercises what its checks need; a call that a purpose makes
by `featureshare.iam.calls`, and no journey made, documents it. What neither asks for is listed with template and Sid.
Statements on resources and trusts are required when a step fails without them (`featureshare.access.required`). A
boundary grants nothing: an action in it is required when a role below such a boundary uses it, and one that no role of
this environment uses is listed apart, since a boundary is the same in every environment. What a Deny is worth is shown
by its mutants, which take it away.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from featureshare.access.atoms import is_glob, matches
from featureshare.access.calls import Calls, LoggedCall
from featureshare.access.contract import Contract
from featureshare.access.explore import Explorer
from featureshare.access.model import Model
from featureshare.access.required import DOCUMENTED, DOUBLED, EXERCISED, UNNEEDED, Guard, Requirements, guards
from featureshare.access.scope import Scope
from featureshare.iam import Policy
from featureshare.iam.document import Statement
from featureshare.statements import own_sid


@dataclass(frozen=True)
class Grant:
    """One action on one resource pattern, allowed by a statement: of the policies of a role or user (`holder`), or of
    the policy or trust that stands on `holder`."""

    holder: str
    document: str
    sid: str
    action: str
    resource: str
    template: str

    def as_dict(self) -> dict[str, str]:
        """As plain JSON values."""
        return dict(vars(self))


@dataclass
class Minimality:
    """Grants by what requires them, each in one list.

    `doubled` are used, and something else grants the same; `unused_ceiling` are actions that boundaries admit and no
    role below one of their kind uses. `denies` counts the Deny statements that were passed over, `calls` the logged
    authorizations that the documents explain.
    """

    exercised: list[Grant] = field(default_factory=list)
    documented: list[Grant] = field(default_factory=list)
    unneeded: list[Grant] = field(default_factory=list)
    doubled: list[Grant] = field(default_factory=list)
    unused_ceiling: list[Grant] = field(default_factory=list)
    denies: int = 0
    calls: int = 0

    def add(self, fate: str, grant: Grant) -> None:
        """Put a grant where its fate says."""
        {
            EXERCISED: self.exercised,
            DOCUMENTED: self.documented,
            DOUBLED: self.doubled,
            UNNEEDED: self.unneeded,
        }[fate].append(grant)

    def unexercised(self) -> list[tuple[str, str, str]]:
        """Template, Sid and action of what is documented and what no holder of the statement was seen to do."""
        seen = {(one.template, one.sid, one.action) for one in self.exercised}
        return sorted({(one.template, one.sid, one.action) for one in self.documented} - seen)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "calls": self.calls,
            "exercised": len(self.exercised),
            "documented": [one.as_dict() for one in self.documented],
            "unneeded": [one.as_dict() for one in self.unneeded],
            "doubled": [one.as_dict() for one in self.doubled],
            "unused_ceiling": [one.as_dict() for one in self.unused_ceiling],
            "deny_statements": self.denies,
        }


def minimal(
    normal: Mapping[str, Any], render: Mapping[str, Any], policies: Path, logged: Iterable[LoggedCall] = ()
) -> Minimality:
    """Judge every grant. `policies` is the folder of templates, to name files; `logged` what journeys did."""
    model = Model(render)
    judge = Judge(Contract(normal, model), model, Calls.of(model, logged))
    templates = Templates(policies)
    out = Minimality(calls=len(judge.calls.made))

    def grant(holder: str, policy: Policy, statement: Statement, action: str, pattern: str) -> Grant:
        shown = judge.explorer.shown(action)
        return Grant(holder, policy.name, statement.label, shown, pattern, templates.of(policy, statement))

    for holder, documents in _holders(model):
        for policy, statement, action, pattern, fate in judge.identity(holder, documents):
            out.add(fate, grant(holder, policy, statement, action, pattern))
        out.denies += _denies(documents)
    for guard in guards(model):
        for statement, action, pattern, fate in judge.guard(guard):
            out.add(fate, grant(guard.arn, guard.policy, statement, action, pattern))
        out.denies += _denies([guard.policy])
    out.denies += sum(_denies(level.policies) for level in model.scps)
    _ceilings(model, judge, out, grant)
    return out


class Judge:
    """Says of grants what requires them, in one model and by one contract."""

    def __init__(self, contract: Contract, model: Model, calls: Calls) -> None:
        self.contract, self.model, self.calls = contract, model, calls
        self.explorer = Explorer(model, contract)
        self._requirements = Requirements(contract, model, self.explorer, calls)

    def identity(self, holder: str, documents: Iterable[Policy]) -> Iterator[tuple[Policy, Statement, str, str, str]]:
        """Policy, statement, action (lower case), resource pattern and fate of every grant of a principal."""
        grants = [
            (policy, statement, action, pattern)
            for policy in documents
            for statement in policy.statements
            if not statement.deny
            for action, pattern in self.pairs(statement)
        ]
        patterns: dict[str, list[tuple[Policy, Statement, str]]] = {}
        for policy, statement, action, pattern in grants:
            patterns.setdefault(action, []).append((policy, statement, pattern))
        for policy, statement, action, pattern in grants:
            fate = self.need(holder, action, pattern)
            if fate != UNNEEDED and not is_glob(pattern):
                others = [p for q, s, p in patterns[action] if (q, s, p) != (policy, statement, pattern)]
                fate = DOUBLED if any(matches(other, pattern) for other in others) else fate
            yield policy, statement, action, pattern, fate

    def need(self, holder: str, action: str, pattern: str) -> str:
        """What requires that a principal may do an action (lower case) on what a pattern covers."""
        if any(matches(pattern, resource) for resource in self.calls.used(holder, action)):
            return EXERCISED
        rules = (rule for rule in self.contract.rules.get(holder, ()) if action in rule.actions)
        covered = pattern.replace("*", "x")
        if any(matches(pattern, rule.resource) or matches(rule.resource, covered) for rule in rules):
            return DOCUMENTED
        return UNNEEDED

    def guard(self, guard: Guard) -> Iterator[tuple[Statement, str, str, str]]:
        """Statement, action, resource pattern and fate of every Allow entry of a policy on a resource."""
        return self._requirements.entries(guard)

    def unneeded(self, scope: Scope, name: str = "") -> Iterator[str]:
        """What one document grants and nothing requires, in words; `name` is the policy's among those of a role."""
        if scope.kind in ("role", "platform", "brought"):
            for holder, documents in _holders(self.model):
                if holder == (scope.key or self.model.platform):
                    wanted = [one for one in documents if scope.kind == "platform" or one.name.endswith(f" {name}")]
                    for policy in wanted:
                        for statement in policy.statements:
                            for action, pattern in () if statement.deny else self.pairs(statement):
                                if self.need(holder, action, pattern) == UNNEEDED:
                                    yield f"nothing requires {self.explorer.shown(action)} on {pattern}"
        for guard in guards(self.model):
            if guard.scope == scope:
                for _, action, pattern, fate in self.guard(guard):
                    if fate == UNNEEDED:
                        yield f"nothing requires {self.explorer.shown(action)} on {pattern}"

    def pairs(self, statement: Statement) -> Iterator[tuple[str, str]]:
        """Action and resource pattern, where the action knows such a resource; other combinations grant nothing."""
        actions = ("*",) if statement.actions.negated else statement.actions.patterns
        patterns = ["*"] if statement.not_resource else [pattern.text for pattern in statement.resources]
        for action in self.explorer.names(actions):
            info = self.explorer.info(action)
            for pattern in patterns:
                sample = pattern.replace("*", "x")
                if info is None or pattern == "*" or any(kind.matches(sample) for kind in info.resources):
                    yield action, pattern


def _holders(model: Model) -> Iterator[tuple[str, tuple[Policy, ...]]]:
    for role in model.roles.values():
        yield role.arn, role.policies
    yield from model.brought.items()
    yield model.platform, model.platform_policies


def _denies(policies: Iterable[Policy]) -> int:
    return sum(statement.deny for policy in policies for statement in policy.statements)


def _ceilings(model: Model, judge: Judge, out: Minimality, grant: Any) -> None:
    """What boundaries admit, by kind of boundary: all of a kind are one document but for names and accounts."""
    fates: dict[tuple[str, str, str], str] = {}
    first: dict[tuple[str, str, str], Grant] = {}
    for arn, policy in model.managed.items():
        below = [role for role in model.roles.values() if role.boundary == arn]
        for statement in policy.statements:
            for action, pattern in judge.pairs(statement):
                found = grant(arn, policy, statement, action, pattern)
                key = (found.template, found.sid, found.action)
                first.setdefault(key, found)
                for role in below:
                    if fates.get(key) == EXERCISED:
                        break
                    fate = _under(judge, role.arn, action, pattern)
                    fates[key] = fate if fate != UNNEEDED else fates.get(key, UNNEEDED)
    for key, found in first.items():
        if fates.get(key, UNNEEDED) == UNNEEDED:
            out.unused_ceiling.append(found)
        else:
            out.add(fates[key], found)


def _under(judge: Judge, holder: str, action: str, pattern: str) -> str:
    """Whether a role uses something of what its boundary admits."""
    if any(matches(pattern, resource) for resource in judge.calls.used(holder, action)):
        return EXERCISED
    rules = (rule for rule in judge.contract.rules.get(holder, ()) if action in rule.actions)
    return DOCUMENTED if any(matches(pattern, rule.resource) for rule in rules) else UNNEEDED


class Templates:
    """Which template a statement comes from, by the Sids in it and, where two have the same, by condition keys."""

    def __init__(self, folder: Path) -> None:
        self._texts = {
            str(file.relative_to(folder)): file.read_text(encoding="utf-8")
            for file in sorted(folder.glob("*/*.json.tftpl"))
        }
        self._sids = {name: frozenset(re.findall(r'"Sid":\s*"(\w+)"', text)) for name, text in self._texts.items()}

    def of(self, policy: Policy, statement: Statement) -> str:
        """The template that a statement came from; empty if none has it. A document is made of one or more, whole."""
        sids = frozenset(own_sid(one.sid) for one in policy.statements)
        some = [name for name, found in self._sids.items() if own_sid(statement.sid) in found]
        whole = [name for name in some if self._sids[name] <= sids]
        keys = {clause.shown_key for one in policy.statements for clause in one.clauses}

        def strange(name: str) -> tuple[int, int]:
            spoken = set(re.findall(r'"((?:aws|iam|kms|s3|sagemaker|sts):[\w/-]+)":', self._texts[name]))
            return -len(self._sids[name]), len(spoken ^ keys)

        return min(whole or some, key=strange, default="")
