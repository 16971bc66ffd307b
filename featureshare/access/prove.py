"""The proof: what the documents allow is what the declaration says, in both directions.

Everything declared is put to the engine along its path and must be allowed. Then everything the documents could let
through is: for each role of ours, the requests that its own documents speak of; for each document of ours on a role,
bucket, key or catalog, everybody it could mean; for the organization's guard, administrators; for each boundary, a role
that would hold everything under it. What is allowed and stands on no rule of the contract is a counterexample.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from featureshare.access.atoms import Undecidable
from featureshare.access.contract import Contract
from featureshare.access.model import BadDocument, Model
from featureshare.access.proof import Enough, Proof
from featureshare.access.prove_declared import DeclaredPart
from featureshare.access.prove_guard import GuardPart
from featureshare.access.prove_resources import ResourcesPart
from featureshare.access.prove_roles import RolesPart
from featureshare.access.residual import residual_of
from featureshare.access.scope import Scope


def prove(
    normal: Mapping[str, Any], render: Mapping[str, Any], *, residual: Iterable[str] | None = None, first: bool = False
) -> Proof:
    """Prove that the documents of `render` allow what the declaration `normal` says and nothing else.

    `residual` are the ids that the threat model lists; what is found beyond them is a failure. `first` stops at the
    first counterexample.
    """
    proof = Proof(normal["environment"]["name"])
    started = time.monotonic()
    try:
        model = Model(render)
        contract = Contract(normal, model)
        Prover(model, contract, proof, first=first).run()
        _check_residual(proof, None if residual is None else set(residual))
    except (BadDocument, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"the documents cannot be read: {error!r}" if not isinstance(error, BadDocument) else str(error)
        proof.faults.append(text)
    except Undecidable as error:
        proof.undecided.append(str(error))
    except Enough:
        pass
    proof.seconds = time.monotonic() - started
    return proof.conclude()


def prove_document(contract: Contract, render: Mapping[str, Any], scope: Scope) -> Proof:
    """The part of the proof that hangs on one document, up to the first counterexample; for changes of that alone."""
    proof = Proof(contract.model.name)
    try:
        Prover(Model(render), contract, proof, first=True, scope=scope).run()
    except (BadDocument, Undecidable) as error:
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

    def run(self) -> None:
        """All parts."""
        try:
            self.proof.faults += [*self.model.faults, *self.contract.missing]
            if self._first and self.proof.faults:
                raise Enough
            for part in (self.declared, self.roles, self.guarded, self.organization, self.boundaries):
                part()
            if self._scope is None:
                self.proof.residual = residual_of(self.model, self.contract, self.explorer)
        finally:
            self.proof.requests = self.explorer.asked
