"""Minimality: every (statement, action, resource) of the shipped policies is required by some call.

A call that a journey made (the decision log of local AWS) requires what its checks need; a call that a purpose makes by
`featureshare.iam.calls`, and no journey made, documents it. What neither asks for is listed with its template and Sid.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from featureshare.access.atoms import is_glob, matches
from featureshare.access.contract import Contract
from featureshare.access.explore import Explorer
from featureshare.access.model import Model
from featureshare.iam import Policy
from featureshare.iam.document import Statement


@dataclass(frozen=True)
class Grant:
    """One action on one resource pattern, allowed by a statement of the policies of a role (or by its trust)."""

    holder: str
    document: str
    sid: str
    action: str
    resource: str
    template: str

    def as_dict(self) -> dict[str, str]:
        """As plain JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Used:
    """A check that was made and allowed: `source` is the role (or platform principal) it was made for."""

    source: str
    action: str
    resource: str


@dataclass
class Minimality:
    """Grants by what requires them. `doubled` are required, but another statement grants the same."""

    exercised: list[Grant] = field(default_factory=list)
    documented: list[Grant] = field(default_factory=list)
    unneeded: list[Grant] = field(default_factory=list)
    doubled: list[Grant] = field(default_factory=list)
    calls: int = 0

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
        }


def logged(lines: Iterable[str]) -> Iterator[Used]:
    """The checks of a decision log (JSON lines) that were allowed. Lines that cannot be read are passed over."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        for check in entry.get("checks", ()):
            source = check.get("as_role") or entry.get("role_arn") or entry.get("principal")
            if check.get("result") == "Allowed" and source:
                yield Used(source, check["action"].lower(), check["resource"])


def minimal(
    normal: Mapping[str, Any], render: Mapping[str, Any], policies: Path, used: Iterable[Used] = ()
) -> Minimality:
    """Judge every grant. `policies` is the folder of templates, to name files; `used` what journeys were seen to do."""
    model = Model(render)
    contract = Contract(normal, model)
    seen: dict[tuple[str, str], set[str]] = {}
    out = Minimality()
    for one in used:
        seen.setdefault((one.source, one.action), set()).add(one.resource)
        out.calls += 1
    templates = Templates(policies)
    explorer = Explorer(model, contract)
    for holder, documents in _holders(model):
        grants = [
            (policy, statement, action, pattern)
            for policy in documents
            for statement in policy.statements
            if not statement.deny
            for action, pattern in _pairs(explorer, statement)
        ]
        for policy, statement, action, pattern in grants:
            shown = explorer.shown(action)
            template = templates.of(policy, statement)
            grant = Grant(holder, policy.name, statement.label, shown, pattern, template)
            exercised = {r for r in seen.get((holder, action), ()) if matches(pattern, r)}
            if exercised:
                out.exercised.append(grant)
            elif _documented(contract, holder, action, pattern):
                out.documented.append(grant)
            else:
                out.unneeded.append(grant)
                continue
            others = [p for q, s, a, p in grants if a == action and (q, s, p) != (policy, statement, pattern)]
            if not is_glob(pattern) and any(matches(other, pattern) for other in others):
                out.doubled.append(grant)
    return out


def _holders(model: Model) -> Iterator[tuple[str, tuple[Policy, ...]]]:
    for role in model.roles.values():
        yield role.arn, role.policies
    yield from model.brought.items()
    yield model.platform, model.platform_policies


def _pairs(explorer: Explorer, statement: Statement) -> Iterator[tuple[str, str]]:
    """Action and resource pattern, where the action knows such a resource; other combinations grant nothing."""
    for action in explorer.names(statement.actions.patterns):
        info = explorer.info(action)
        for pattern in statement.resources:
            sample = pattern.text.replace("*", "x")
            if info is None or pattern.star or any(kind.matches(sample) for kind in info.resources):
                yield action, pattern.text


def _documented(contract: Contract, holder: str, action: str, pattern: str) -> bool:
    """Whether a purpose of the holder needs the action on what the pattern covers."""
    rules = (rule for rule in contract.rules.get(holder, ()) if action in rule.actions)
    return any(matches(pattern, rule.resource) or matches(rule.resource, pattern.replace("*", "x")) for rule in rules)


class Templates:
    """Which template a statement comes from, by the Sids in it."""

    def __init__(self, folder: Path) -> None:
        self._sids = {
            str(file.relative_to(folder)): frozenset(re.findall(r'"Sid":\s*"(\w+)"', file.read_text(encoding="utf-8")))
            for file in sorted(folder.glob("*/*.json.tftpl"))
        }

    def of(self, policy: Policy, statement: Statement) -> str:
        """The template whose statements are the policy's, else one that has the statement; empty if none has."""
        sids = frozenset(one.sid for one in policy.statements)
        whole = [name for name, found in self._sids.items() if found == sids]
        some = [name for name, found in self._sids.items() if statement.sid in found]
        return next(iter((*whole, *some)), "")
