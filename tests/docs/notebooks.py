"""Notebooks run as they stand, each as the principal that its metadata names.

As a script (`make notebooks`) it runs them on the local AWS that is up and keeps their outputs.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "docs" / "notebooks"
_CELL_SECONDS = 180


def role_of(notebook: Any, documents: Mapping[str, Any]) -> str:
    """The ARN of the execution role that a notebook runs as."""
    wanted = notebook.metadata["featureshare"]
    return str(documents["teams"][wanted["team"]]["execution_roles"][wanted["principal"]]["arn"])


def execute(notebook: Any, variables: Mapping[str, str]) -> Any:
    """Run every cell, in order, with the AWS_* of `variables`. Raises nbclient's CellExecutionError."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= variables | {"IPYTHONDIR": folder, "JUPYTER_PREFER_ENV_PATH": "1"}
        client = NotebookClient(
            notebook, timeout=_CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        client.execute(env=environment)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran, which changes with every run
    return notebook


def acting_as(role_arn: str, ask: Callable[..., Any]) -> dict[str, str]:
    """The AWS_* of a role on local AWS; `ask` runs a command of ours and reads its JSON."""
    answer = ask("localaws", "env", "local", "--role", role_arn)
    return {name: value for name, value in answer.items() if name.startswith("AWS_")}


def _ask(*arguments: str) -> Any:
    command = [sys.executable, "-m", "featureshare", *arguments, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _keep() -> None:
    documents = _ask("render", "local")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name)
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(execute(notebook, acting_as(role_of(notebook, documents), _ask)), path)


if __name__ == "__main__":
    _keep()
