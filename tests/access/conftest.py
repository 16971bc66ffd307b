"""The environment `local`, rendered once, and copies of it to plant faults in."""

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from featureshare.access import Proof, prove
from featureshare.access.model import Model
from featureshare.access.mutants import places
from featureshare.access.settled import Settled
from featureshare.declaration import load
from featureshare.render import render

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shipped() -> dict[str, Any]:
    """The documents of `local` as they ship; not to be changed."""
    return render("local", ROOT)


@pytest.fixture(scope="session")
def normal() -> dict[str, Any]:
    """The declaration of `local`, as Python reads it."""
    return load(ROOT / "environments", "local").normal()


@pytest.fixture
def documents(shipped: dict[str, Any]) -> dict[str, Any]:
    """A copy of the documents, to plant a fault in."""
    return copy.deepcopy(shipped)


@pytest.fixture(scope="session")
def prove_planted(normal: dict[str, Any], shipped: dict[str, Any]) -> Callable[[dict[str, Any]], Proof]:
    """Proves documents with a fault in them; what the fault touches not is found out once for all of them."""
    paths = [place.path for place in places(Model(shipped))]
    frame, settled = _frame(shipped, paths), Settled()

    def proved(documents: dict[str, Any]) -> Proof:
        try:
            alike = _frame(documents, paths) == frame
        except KeyError:  # a document is missing
            alike = False
        return prove(normal, documents, settled=settled if alike else None)

    return proved


def _frame(render: dict[str, Any], paths: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """All of an environment but its documents."""
    frame = copy.deepcopy(render)
    for *way, name in paths:
        node = frame
        for key in way:
            node = node[key]
        del node[name]
    return frame
