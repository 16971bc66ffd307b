"""A copy of the work tree with a git history of its own, and the command line in it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from featureshare.workspace import Workspace

ROOT = Path(__file__).parents[1]


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
