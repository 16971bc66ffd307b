"""The client's guide and the README's three lines run as they stand, as the principal that stands above each block."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from work_copy import ROOT

pytestmark = pytest.mark.timeout(600)

_BLOCK = re.compile(r"<!-- as: ([\w-]+)/([\w-]+) -->\n\n```(python|console)\n(.*?)```", re.S)
# What a process may know besides the role it runs as: nothing of the shell's that leads anywhere.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def executed(path: Path) -> list[tuple[str, str, str, str]]:
    """(team, principal, language, text) of each block that says as whom it runs."""
    return [(team, name, language, text) for team, name, language, text in _BLOCK.findall(path.read_text())]


def environment(applied: Any, team: str, principal: str) -> dict[str, str]:
    """What the shell of a team's execution role has, or of a replica's reader."""
    replica = applied.render["replicas"].get(team)
    role = (
        replica["readers"][principal] if replica else applied.render["teams"][team]["execution_roles"][principal]["arn"]
    )
    variables = applied.copy.json("localaws", "env", "local", "--role", role)
    found = {name: os.environ[name] for name in _KEPT if name in os.environ}
    found |= {name: value for name, value in variables.items() if name.startswith("AWS_")}
    return found | {"NO_PROXY": "127.0.0.1", "AWS_EC2_METADATA_DISABLED": "true"}


def python_in(program: str, text: str, folder: Path, variables: dict[str, str]) -> str:
    done = subprocess.run([program, "-c", text], cwd=folder, env=variables, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def base_package(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of a virtual environment that has the base package and what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("base")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    program = str(folder / "venv" / "bin" / "python")
    subprocess.run([program, "-m", "pip", "install", "--quiet", str(ROOT)], check=True, cwd=folder)
    return program


def test_three_lines_with_nothing_but_the_base_package(base_package: str, applied_local: Any, tmp_path: Path) -> None:
    [(team, principal, _, text)] = executed(ROOT / "README.md")
    assert sum(bool(line.strip()) for line in text.splitlines()) == 3
    assert python_in(base_package, text, tmp_path, environment(applied_local, team, principal)) == "None\n"
    listed = subprocess.run([base_package, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True)
    names = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert names.isdisjoint({"typer", "moto", "duckdb", "pandas", "pyarrow", "python-terraform", "pydantic"})


def test_the_base_package_has_its_commands_and_names_the_extra_for_others(
    base_package: str, applied_local: Any, tmp_path: Path
) -> None:
    variables = environment(applied_local, "core-search", "serving")
    program = str(Path(base_package).parent / "featureshare")
    command = [program, "credentials", "core-search", "--verb", "read-online"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Version"] == 1
    other = subprocess.run([program, "render", "local"], cwd=tmp_path, env=variables, text=True, capture_output=True)
    assert other.returncode == 1
    assert "pip install 'featureshare[local]'" in other.stderr
    assert "Traceback" not in other.stderr


_KERNEL = """
import contextlib, io, json, sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(json.loads(line), names)
    except BaseException:
        print(json.dumps({"ok": False, "out": out.getvalue() + traceback.format_exc()}), flush=True)
    else:
        print(json.dumps({"ok": True, "out": out.getvalue()}), flush=True)
"""


class Notebook:
    """A process that runs blocks one after the other, each with the names of those before."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _KERNEL],
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, text: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["ok"], f"{text}\n{answer['out']}"
        return str(answer["out"])

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def test_the_guide_runs_as_it_stands(applied_local: Any, tmp_path: Path) -> None:
    """Blocks of one principal share their names, as in a notebook."""
    guide = ROOT / "docs" / "client.md"
    blocks = executed(guide)
    fences = re.findall(r"^```(?:python|console)$", guide.read_text(), re.MULTILINE)
    assert len(blocks) == len(fences) >= 8
    notebooks: dict[tuple[str, str], Notebook] = {}
    try:
        for team, principal, language, text in blocks:
            variables = environment(applied_local, team, principal)
            if language == "console":
                variables["PATH"] = f"{Path(sys.executable).parent}:{variables['PATH']}"
                script = "\n".join(line.removeprefix("$ ") for line in text.splitlines())
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", script],
                    cwd=tmp_path,
                    env=variables,
                    text=True,
                    capture_output=True,
                )
                assert done.returncode == 0, done.stdout + done.stderr
                assert "assumed-role/fs-core-search-reader-online/" in done.stdout
                continue
            if (team, principal) not in notebooks:
                notebooks[team, principal] = Notebook(tmp_path, variables)
            notebooks[team, principal].run(text)
            applied_local.localaws.flush()
    finally:
        for notebook in notebooks.values():
            notebook.close()
