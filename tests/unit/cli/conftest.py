"""A clone to call commands in: the repository's own data and code, without its state."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from featureshare.cli import main

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Called:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "a clone"
    for folder in ("environments", "modules", "policies"):
        ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: str) -> Called:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        code = ended.value.code
        return Called(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    return run
