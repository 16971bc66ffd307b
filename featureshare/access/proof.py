"""A proof and what it found, and what every part of proving shares."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from featureshare.access.atoms import Undecidable
from featureshare.access.contract import Contract
from featureshare.access.explore import Attempt, Explorer
from featureshare.access.model import Actor, Guarded, Model
from featureshare.access.rules import Rule
from featureshare.access.scope import Scope
from featureshare.access.settled import Settled, key_of
from featureshare.access.words import Counterexample, allowed_attempt
from featureshare.iam.patterns import ActionSet

Step = Callable[[], None]
"""A piece of a proof that needs no other piece: it adds to the proof what it finds."""

PROVED, FAILED, UNDECIDED = "proved", "failed", "undecided"


@dataclass
class Proof:
    """The outcome: `result` proved, failed or undecided; `requests` counts the decisions taken."""

    environment: str
    result: str = PROVED
    counterexamples: list[Counterexample] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    residual: dict[str, str] = field(default_factory=dict)
    declared: int = 0
    requests: int = 0
    seconds: float = 0.0

    def conclude(self) -> "Proof":
        """Set the result from what was found: a failure outweighs what is undecided."""
        if self.counterexamples or self.faults:
            self.result = FAILED
        elif self.undecided:
            self.result = UNDECIDED
        return self

    def as_dict(self) -> dict[str, Any]:
        """The proof as plain JSON values."""
        return {
            "environment": self.environment,
            "result": self.result,
            "declared": self.declared,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "counterexamples": [one.as_dict() for one in self.counterexamples],
            "faults": self.faults,
            "undecided": self.undecided,
            "residual": [{"id": key, "what": text} for key, text in self.residual.items()],
        }


class Enough(Exception):
    """One counterexample is all that was asked for."""


class Part:
    """One part of a proof, on a model that may differ from the contract's in its documents, not in its names."""

    def __init__(
        self,
        model: Model,
        contract: Contract,
        proof: Proof,
        *,
        first: bool = False,
        scope: Scope | None = None,
        settled: Settled | None = None,
    ) -> None:
        self._scope = scope
        self._settled = settled
        self.model = model
        self.contract = contract
        self.proof = proof
        self.explorer = Explorer(model, contract)
        self._first = first
        self._shapes: dict[str, list[ActionSet]] = {}
        self._stores: dict[str, list[Guarded]] = {}
        self._near: dict[str, dict[str, dict[str, list[Rule]]]] = {}

    def _within(self, kind: str, key: str = "") -> bool:
        """Whether a part of the proof is asked for."""
        return self._scope is None or self._scope == Scope(kind, key)

    def _try(
        self,
        actor: Actor,
        action: str,
        resource: str,
        owner: str,
        alike: tuple[str, ...],
        *,
        alone: bool = False,
        exactly: bool = False,
    ) -> int:
        known = None
        if self._settled is not None:
            world = self.model.world(actor, action, resource, owner)
            known = key_of(actor, action, resource, owner, world, alone, exactly)
            if known in self._settled:
                return 0
        try:
            found = self.explorer.attempt(actor, action, resource, owner, exactly=exactly)
            if found is None and alone:
                found = self.explorer.alone(actor, action, resource, owner)
        except Undecidable as error:
            if str(error) not in self.proof.undecided:
                self.proof.undecided.append(str(error))
            return 0
        if found is None:
            if self._settled is not None and known is not None:
                self._settled.add(known)
            return 0
        self._found(allowed_attempt(Attempt(**{**vars(found), "alike": alike}), self.model))
        return 1

    def _found(self, one: Counterexample) -> None:
        self.proof.counterexamples.append(one)
        if self._first:
            raise Enough
