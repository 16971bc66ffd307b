"""The proof: what the documents allow is what the declaration says, in both directions.

Everything declared is put to the engine along its path and must be allowed. Then everything the documents could let
through is: for each role of ours, the requests that its own documents speak of; for each document of ours on a role,
bucket, key or catalog, everybody it could mean; for the organization's guard, administrators; for each boundary, a role
that would hold everything under it. What is allowed and stands on no rule of the contract is a counterexample.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from featureshare.access.atoms import Undecidable
from featureshare.access.contract import Contract
from featureshare.access.model import BadDocument, Model
from featureshare.access.processes import Lost, cores, shared_out
from featureshare.access.proof import Enough, Proof, Step
from featureshare.access.prove_declared import DeclaredPart
from featureshare.access.prove_guard import GuardPart
from featureshare.access.prove_resources import ResourcesPart
from featureshare.access.prove_roles import RolesPart
from featureshare.access.residual import residual_of
from featureshare.access.scope import Scope
from featureshare.access.settled import Settled

_MANY = 1000
"""Steps below which a process more costs what it saves."""


def prove(
    normal: Mapping[str, Any],
    render: Mapping[str, Any],
    *,
    residual: Iterable[str] | None = None,
    first: bool = False,
    processes: int | None = None,
    settled: Settled | None = None,
) -> Proof:
    """Prove that the documents of `render` allow what the declaration `normal` says and nothing else.

    `residual` are the ids that the threat model lists; what is found beyond them is a failure. `first` stops at the
    first counterexample. A large environment is proved by as many `processes` as there are cores; what they find, and
    the order of it, do not depend on their number. `settled` is what earlier proofs found out of environments that
    differ from this one in documents alone, and this one adds to.
    """
    proof = Proof(normal["environment"]["name"])
    started = time.monotonic()
    try:
        model = Model(render)
        contract = Contract(normal, model)
        Prover(model, contract, proof, first=first, settled=settled).run(processes)
        _check_residual(proof, None if residual is None else set(residual))
    except (BadDocument, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"the documents cannot be read: {error!r}" if not isinstance(error, BadDocument) else str(error)
        proof.faults.append(text)
    except Lost as error:
        proof.faults.append(str(error))
    except Undecidable as error:
        proof.undecided.append(str(error))
    except Enough:
        pass
    proof.seconds = time.monotonic() - started
    return proof.conclude()


def prove_document(contract: Contract, model: Model, scope: Scope, settled: Settled) -> Proof:
    """The part of the proof that hangs on one document, up to the first counterexample; for changes of that alone.

    `settled` is what earlier proofs of the kind found out, and this one adds to.
    """
    proof = Proof(contract.model.name)
    try:
        Prover(model, contract, proof, first=True, scope=scope, settled=settled).run()
    except Undecidable as error:
        proof.faults.append(str(error))
    except Enough:
        pass
    return proof.conclude()


def _check_residual(proof: Proof, listed: set[str] | None) -> None:
    if listed is None:
        return
    for key in sorted(set(proof.residual) - listed):
        proof.faults.append(f"what remains reachable ({key}) is not in the residual list of the threat model")


class Prover(DeclaredPart, RolesPart, ResourcesPart, GuardPart):
    """Runs the parts of a proof."""

    def run(self, processes: int | None = 1) -> None:
        """All parts, in one process or in several (None: by size and cores)."""
        try:
            self.proof.faults += [*self.model.faults, *self.contract.missing]
            if self._first and self.proof.faults:
                raise Enough
            parts = (self.declared(), self.roles(), self.guarded(), self.organization(), self.boundaries())
            steps = list(chain.from_iterable(parts))
            if processes is None:
                processes = cores() if len(steps) >= _MANY else 1
            if processes > 1 and not self._first:
                for found in shared_out(lambda chunk: self._part_of(steps[chunk]), len(steps), processes):
                    self._take(found)
            else:
                for step in steps:
                    step()
            if self._scope is None:
                self.proof.residual = residual_of(self.model, self.contract, self.explorer)
        finally:
            self.proof.requests += self.explorer.asked

    def _part_of(self, steps: Sequence[Step]) -> Proof:
        """What some steps find, as a proof of its own."""
        whole, asked = self.proof, self.explorer.asked
        self.proof = Proof(whole.environment)
        try:
            for step in steps:
                step()
            self.proof.requests = self.explorer.asked - asked
            return self.proof
        finally:
            self.proof = whole

    def _take(self, found: Proof) -> None:
        self.proof.counterexamples += found.counterexamples
        self.proof.undecided += [one for one in found.undecided if one not in self.proof.undecided]
        self.proof.declared += found.declared
        self.proof.requests += found.requests
