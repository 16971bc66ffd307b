"""Proofs of environments that do not ship: every compute, applications in the central account, no organization."""

from pathlib import Path
from typing import Any

import pytest
from scratch_clone import scratch_clone

from featureshare.access import PROVED, Matrix, Model, prove
from featureshare.access.residual import listed_residual
from featureshare.declaration import load
from featureshare.render import render

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "declaration" / "good"


@pytest.fixture(scope="module", params=["base", "compute", "rich"])
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    root = scratch_clone(tmp_path_factory.mktemp(request.param), GOOD / request.param)
    return load(GOOD, request.param).normal(), render(request.param, root)


def test_it_is_proved(environment: tuple[dict[str, Any], dict[str, Any]]) -> None:
    normal, documents = environment
    residual = listed_residual(ROOT / "docs" / "threat-model.md")
    proof = prove(normal, documents, residual=residual)
    assert (proof.result, [str(one) for one in proof.counterexamples], proof.faults, proof.undecided) == (
        PROVED,
        [],
        [],
        [],
    )
    assert proof.declared > 50


def declared_cells(normal: dict[str, Any]) -> set[tuple[str, str, str]]:
    """What is declared, cell by cell. Name spaces go by one pattern: their tests are elsewhere."""
    groups = {name: group for name, group in normal["feature_groups"].items() if "--" not in name}
    cells = {(group["owner"], name, "write") for name, group in groups.items()}
    for name, group in groups.items():
        for team, verbs in group["shared_with"].items():
            # A manager is a role of the central account: nobody manages a team's own store through the API.
            cells |= {(team, name, verb) for verb in verbs if (verb, group["store"]) != ("manage", "team")}
    return cells


def test_the_matrix_is_the_declaration(environment: tuple[dict[str, Any], dict[str, Any]]) -> None:
    normal, documents = environment
    granted = {key for key in Matrix(Model(documents)).granted() if "--" not in key[1]}
    if normal["environment"]["name"] == "rich":
        # Roles that a team of the central account brings count as its administrators, who reach more.
        assert granted >= declared_cells(normal)
    else:
        assert granted == declared_cells(normal)
