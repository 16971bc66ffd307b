"""Mutants: is every systematic change of every shipped document noticed?

Three judges look at each mutant. The proof: too much or too little is allowed. Minimality: it grants what nothing
requires. The calls that journeys made: one that was allowed is denied, or one that was denied is allowed. What none of
them notices is compared with the original request by request by the engine; where nothing differs the mutant is
equivalent, and only what is left survives.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from featureshare.access.atoms import Undecidable
from featureshare.access.calls import Calls, LoggedCall
from featureshare.access.compare import Comparison
from featureshare.access.contract import Contract
from featureshare.access.minimal import Judge
from featureshare.access.model import BadDocument, Model
from featureshare.access.mutations import Document, mutations
from featureshare.access.processes import cores, shared_out
from featureshare.access.proof import PROVED
from featureshare.access.prove import prove_document
from featureshare.access.scope import Scope
from featureshare.access.settled import Settled

FATES = KILLED, EQUIVALENT, SURVIVED = "killed", "equivalent", "survived"
JUDGES = PROVE, MINIMAL, CALLS = "prove", "minimal", "calls"
_FEW = 200
"""Mutants below which a process more costs what it saves."""
_HANDS = 32


@dataclass(frozen=True)
class Mutant:
    """One change of one document and what became of it. `by` are the judges that noticed it, `why` what they saw, or
    what is to say of a mutant that none noticed."""

    operator: str
    document: str
    what: str
    fate: str
    by: tuple[str, ...] = ()
    why: str = ""


@dataclass
class Score:
    """All mutants of an environment: counts by operator, of fates and of who noticed, and the survivors by name.

    `calls` says how many logged calls there were to judge by.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    calls: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, mutant: Mutant) -> None:
        """Count one."""
        counts = self.counts.setdefault(mutant.operator, Counter())
        counts[mutant.fate] += 1
        for judge in mutant.by:
            counts[judge] += 1
        if mutant.fate == SURVIVED:
            self.survivors.append(mutant)

    @property
    def total(self) -> int:
        """How many mutants there were."""
        return sum(self.of(operator) for operator in self.counts)

    def of(self, operator: str) -> int:
        """How many mutants an operator made."""
        return sum(self.counts[operator][fate] for fate in FATES)

    def noticed(self, judge: str) -> int:
        """How many mutants a judge noticed."""
        return sum(counts[judge] for counts in self.counts.values())

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "mutants": self.total,
            "logged_calls": self.calls,
            "noticed": {judge: self.noticed(judge) for judge in JUDGES},
            "seconds": round(self.seconds, 1),
            "operators": {name: dict(counts) for name, counts in sorted(self.counts.items())},
            "survivors": [vars(one) for one in self.survivors],
        }


@dataclass(frozen=True)
class Place:
    """Where a document stands in a render: the scope it has, the keys that lead to it, and whether it names
    principals."""

    scope: Scope
    path: tuple[str, ...]
    on_resource: bool
    name: str


def places(model: Model) -> Iterator[Place]:
    """Every document of a model."""
    render = model.render
    for role in model.roles.values():
        yield Place(Scope("trust", role.arn), ("roles", role.key, "trust"), True, f"trust of {role.key}")
        for name in render["roles"][role.key]["policies"]:
            yield Place(Scope("role", role.arn), ("roles", role.key, "policies", name), False, f"{role.key} {name}")
    for arn in render["managed_policies"]:
        yield Place(Scope("boundary", arn), ("managed_policies", arn, "document"), False, arn)
    for name in render["buckets"]:
        yield Place(Scope("bucket", name), ("buckets", name, "policy"), True, f"bucket {name}")
    for key in model.keys.values():
        where = f"{key.account}/{key.name}"
        yield Place(Scope("key", key.arn), ("keys", where, "policy"), True, f"key {where}")
    for account, policy in model.catalogs.items():
        if policy is not None:
            yield Place(Scope("catalog", account), ("catalogs", account, "policy"), True, f"catalog {account}")
    for name in (render.get("organization") or {}).get("scps") or {}:
        yield Place(Scope("guard"), ("organization", "scps", name), False, f"guard {name}")
    yield Place(Scope("platform"), ("landing_zone", "platform", "policy"), False, "platform")


def run(
    normal: Mapping[str, Any],
    render: Mapping[str, Any],
    *,
    only: str = "",
    workers: int = 2,
    logged: Iterable[LoggedCall] = (),
) -> Score:
    """Make and judge every mutant of the documents of `render`.

    `only` keeps the documents whose name holds that text; `logged` are the calls that journeys made, without which
    two judges are left.
    """
    score, started = Score(), time.monotonic()
    model = Model(render)
    calls = Calls.of(model, logged)
    score.calls = len(calls.made)
    bench = Bench(Contract(normal, model), render, calls)
    changes = list(_changes(model, only))
    processes = min(workers, cores())
    if processes <= 1 or len(changes) < _FEW:
        for change in changes:
            score.add(bench.mutant(change))
    else:
        # Dealt out like cards, since mutants of one document may cost a hundred times what those of another do.
        order = [number for start in range(_HANDS) for number in range(start, len(changes), _HANDS)]
        found: dict[int, Mutant] = {}
        for hand in shared_out(
            lambda chunk: [(number, bench.mutant(changes[number])) for number in order[chunk]], len(order), processes
        ):
            found.update(hand)
        for number in sorted(found):
            score.add(found[number])
    score.seconds = time.monotonic() - started
    return score


@dataclass(frozen=True)
class Change:
    """One change of one document, and the operator that makes it."""

    place: Place
    operator: str
    what: str
    changed: Document


def _changes(model: Model, only: str) -> Iterator[Change]:
    accounts = tuple(sorted({role.account for role in model.roles.values()}))
    for place in places(model):
        if only in place.name:
            original: Document = json.loads(_text(model.render, place.path))
            for operator, what, changed in mutations(original, accounts, on_resource=place.on_resource):
                yield Change(place, operator, what, changed)


class Bench:
    """The judges of one environment's mutants."""

    def __init__(self, contract: Contract, render: Mapping[str, Any], calls: Calls) -> None:
        self._contract, self._render, self._calls = contract, render, calls
        self._settled = Settled()

    def mutant(self, change: Change) -> Mutant:
        """Judge one change."""
        fate, by, why = self.judge(change.place, change.changed)
        return Mutant(change.operator, change.place.name, change.what, fate, by, why)

    def judge(self, place: Place, changed: Document) -> tuple[str, tuple[str, ...], str]:
        """What becomes of one mutant, which judges noticed it, and what they saw."""
        other = _replaced(self._render, place.path, json.dumps(changed))
        try:
            model = Model(other)
        except BadDocument as error:  # AWS would not store it: nothing can be proved of it
            return KILLED, (PROVE,), str(error)
        seen = {PROVE: self._by_proof(place, model)}
        # A boundary and a guard grant nothing that minimality could find superfluous.
        seen[MINIMAL] = next(Judge(self._contract, model, self._calls).unneeded(place.scope, place.path[-1]), "")
        seen[CALLS] = str(next(self._calls.otherwise(model, place.scope), ""))
        if by := tuple(judge for judge, why in seen.items() if why):
            return KILLED, by, "; ".join(seen[judge] for judge in by)
        return self._alike(place, model)

    def _by_proof(self, place: Place, model: Model) -> str:
        proof = prove_document(self._contract, model, place.scope, self._settled)
        if proof.result == PROVED:
            return ""
        return proof.counterexamples[0].words if proof.counterexamples else "; ".join((*proof.faults, *proof.undecided))

    def _alike(self, place: Place, model: Model) -> tuple[str, tuple[str, ...], str]:
        try:
            comparison = Comparison(self._contract.model, model, self._contract, alone=True)
            if next(comparison.of(place.scope), None) is not None:
                return SURVIVED, (), ""
        except Undecidable as error:
            return SURVIVED, (), str(error)
        return EQUIVALENT, (), "no request is decided otherwise"


def _text(render: Mapping[str, Any], path: tuple[str, ...]) -> str:
    node: Any = render
    for key in path:
        node = node[key]
    return str(node)


def _replaced(node: Any, path: tuple[str, ...], text: str) -> Any:
    """A copy of a render, shallow but for the way to one document."""
    if not path:
        return text
    return {**node, path[0]: _replaced(node[path[0]], path[1:], text)}
