"""The environment `local`, rendered once, and copies of it to plant faults in."""

import copy
from pathlib import Path
from typing import Any

import pytest

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
