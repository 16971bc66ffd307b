"""One applied environment a test run: apply tests, journeys, plans and docs share it.

Everything runs in a copy of the work tree, so a run beside a kept demo disturbs neither, and "leaves the work tree
clean" can be asked of the copy.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from featureshare.localaws.control import LocalAWS
from featureshare.workspace import Workspace

ROOT = Path(__file__).parents[1]

# Cheap first; what destroys the shared environment last.
ORDER = ("unit", "declaration", "scan", "access", "plan", "apply", "journeys", "docs")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "last: runs after everything else, since it destroys the shared environment")
    # A test can never reach a real account: whatever it does not set itself leads nowhere.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> tuple[bool, int]:
        parts = Path(item.path).relative_to(ROOT).parts
        folder = parts[1] if len(parts) > 2 else ""
        return item.get_closest_marker("last") is not None, ORDER.index(folder) if folder in ORDER else len(ORDER)

    items.sort(key=rank)


@dataclass(frozen=True)
class Copy:
    """A copy of the work tree with a git history of its own, and the command line in it."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.workspace.root

    def run(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """`featureshare ARGUMENTS` in the copy, as a person would type it; with `check`, its failure is the test's."""
        done = subprocess.run(
            [sys.executable, "-m", "featureshare", *arguments],
            cwd=self.root,
            env={**os.environ, **environment},
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=500,
        )
        if check and done.returncode != 0:
            pytest.fail(f"featureshare {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *arguments: str, **environment: str) -> Any:
        return json.loads(self.run(*arguments, "--json", **environment).stdout)

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
        return subprocess.run(command, cwd=self.root, check=True, text=True, capture_output=True).stdout


def copy_work_tree(target: Path) -> Copy:
    """What git knows or would add, as it stands in the work tree, in a fresh repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    copy = Copy(Workspace(target))
    copy.git("init", "--quiet")
    copy.git("add", "--all")
    copy.git("commit", "--quiet", "--message", "copy")
    return copy


@dataclass(frozen=True)
class Applied:
    """The environment `local`, applied to a local AWS of its own."""

    copy: Copy
    localaws: LocalAWS
    render: dict[str, Any]
    report: dict[str, Any]
    seconds: float


@pytest.fixture(scope="session")
def work_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copy_work_tree(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def applied_local(work_copy: Copy) -> Iterator[Applied]:
    """Local AWS with `local` applied once; it ends with the run, whatever failed."""
    work_copy.run("localaws", "up", "local")
    try:
        start = time.monotonic()
        report = work_copy.json("apply", "local")
        yield Applied(
            work_copy,
            LocalAWS.connect(work_copy.workspace.state("local")),
            work_copy.json("render", "local"),
            report,
            time.monotonic() - start,
        )
    finally:
        work_copy.run("localaws", "down", "local")
