"""Mutants: is every systematic change of every shipped document noticed?

A mutant is killed by the proof (too much or too little is allowed). What the proof does not notice is compared with
the original request by request; where nothing differs the mutant is equivalent, and only what is left survives.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from featureshare.access.atoms import Undecidable
from featureshare.access.compare import Comparison
from featureshare.access.contract import Contract
from featureshare.access.model import BadDocument, Model
from featureshare.access.mutations import Document, mutations
from featureshare.access.proof import PROVED
from featureshare.access.prove import prove_document
from featureshare.access.scope import Scope

FATES = KILLED, EQUIVALENT, SURVIVED = "killed", "equivalent", "survived"


@dataclass(frozen=True)
class Mutant:
    """One change of one document and what became of it. `by` says what noticed it."""

    operator: str
    document: str
    what: str
    fate: str
    by: str = ""


@dataclass
class Score:
    """All mutants of an environment: counts by operator, and the survivors by name."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    survivors: list[Mutant] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, mutant: Mutant) -> None:
        """Count one."""
        self.counts.setdefault(mutant.operator, Counter())[mutant.fate] += 1
        if mutant.fate == SURVIVED:
            self.survivors.append(mutant)

    @property
    def total(self) -> int:
        """How many mutants there were."""
        return sum(sum(counts.values()) for counts in self.counts.values())

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "mutants": self.total,
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
    for name in (render.get("organization") or {}).get("scps") or {}:
        yield Place(Scope("guard"), ("organization", "scps", name), False, f"guard {name}")
    yield Place(Scope("platform"), ("landing_zone", "platform", "policy"), False, "platform")


def run(normal: Mapping[str, Any], render: Mapping[str, Any], *, only: str = "", workers: int = 2) -> Score:
    """Make and judge every mutant of the documents of `render`; `only` keeps those whose name holds that text."""
    score, started = Score(), time.monotonic()
    chosen = [place.name for place in places(Model(render)) if only in place.name]
    if workers <= 1 or len(chosen) < 4:
        for mutant in _some(normal, render, chosen):
            score.add(mutant)
    else:
        # The documents that cost most come first and are dealt out evenly.
        hands = [chosen[start :: workers * 4] for start in range(workers * 4)]
        with ProcessPoolExecutor(workers) as pool:
            for mutants in pool.map(_hand, [(normal, render, hand) for hand in hands]):
                for mutant in mutants:
                    score.add(mutant)
    score.seconds = time.monotonic() - started
    return score


def _hand(work: tuple[Mapping[str, Any], Mapping[str, Any], list[str]]) -> list[Mutant]:
    return list(_some(*work))


def _some(normal: Mapping[str, Any], render: Mapping[str, Any], names: list[str]) -> Iterator[Mutant]:
    model = Model(render)
    contract = Contract(normal, model)
    accounts = tuple(sorted({role.account for role in model.roles.values()}))
    wanted = set(names)
    for place in places(model):
        if place.name not in wanted:
            continue
        original: Document = json.loads(_text(render, place.path))
        for operator, what, changed in mutations(original, accounts, on_resource=place.on_resource):
            fate, by = judge(contract, render, place, changed)
            yield Mutant(operator, place.name, what, fate, by)


def judge(contract: Contract, render: Mapping[str, Any], place: Place, changed: Document) -> tuple[str, str]:
    """What becomes of one mutant, and what noticed it."""
    other = _replaced(render, place.path, json.dumps(changed))
    proof = prove_document(contract, other, place.scope)
    if proof.result != PROVED:
        found = proof.counterexamples[0].kind if proof.counterexamples else "fault"
        return KILLED, f"prove: {found}"
    try:
        comparison = Comparison(contract.model, Model(other), contract, alone=True)
        if next(comparison.of(place.scope), None) is not None:
            return SURVIVED, ""
    except (BadDocument, Undecidable) as error:
        return SURVIVED, str(error)
    return EQUIVALENT, "no request is decided otherwise"


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
