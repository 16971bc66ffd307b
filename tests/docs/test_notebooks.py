"""Every notebook runs as it stands on the applied environment, as its own principal, and keeps what it showed."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import NOTEBOOKS, acting_as, execute, role_of

_ALL = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(scope="module")
def seeded(applied_local: Any) -> Any:
    """The environment with records in it, as after `featureshare verify local`."""
    applied_local.copy.run("verify", "local", "--step", "4")
    return applied_local


@pytest.mark.parametrize("path", _ALL, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, seeded: Any) -> None:
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, acting_as(role_of(notebook, seeded.render), seeded.copy.json))


@pytest.mark.parametrize("path", _ALL, ids=lambda path: path.stem)
def test_outputs_are_kept(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    silent = [cell["source"] for cell in notebook.cells if cell.cell_type == "code" and not cell.execution_count]
    assert not silent, "`make notebooks` runs them and keeps their outputs"
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert shown
    assert not [output for output in shown if output.output_type == "error" or output.get("name") == "stderr"]


def test_there_is_one_for_each_part_of_the_story() -> None:
    assert [path.stem[2:] for path in _ALL] == [
        "producer",
        "consumer",
        "combined-store",
        "long-running-job",
        "reproducible-training-set",
    ]
