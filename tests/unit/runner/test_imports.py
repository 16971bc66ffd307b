"""The file that orders imports: read or refused, never half written, and left alone where git knows it."""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from featureshare.errors import BadInput
from featureshare.runner import imports
from featureshare.runner.environment import AmbientAccess
from featureshare.runner.stacks import Stack, find, stacks_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "environments" / "test"
    folder.mkdir(parents=True)
    return folder


def _held(folder: Path) -> Any:
    return json.loads((folder / "imports.json").read_text())


def test_names_come_and_go_and_the_file_with_the_last(folder: Path) -> None:
    assert imports.add(folder, {"team/a": ["y", "x"], "team/b": ["z"]}) == {"team/a": ["x", "y"], "team/b": ["z"]}
    assert imports.add(folder, {"team/a": ["x", "w"]}) == {"team/a": ["w"]}
    assert _held(folder) == {"team/a": ["w", "x", "y"], "team/b": ["z"]}
    imports.drop(folder, "team/a", ["w", "x", "y", "never there"])
    assert _held(folder) == {"team/b": ["z"]}
    imports.drop(folder, "team/b", ["z"])
    imports.drop(folder, "team/b", ["z"])
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["[1]", "{", '{"team/a": 1}'])
def test_what_is_no_such_file_is_refused_and_kept(folder: Path, text: str) -> None:
    (folder / "imports.json").write_text(text)
    for what in (imports.read, lambda it: imports.add(it, {"team/a": ["x"]})):
        with pytest.raises(BadInput, match="names of groups by stack") as refused:
            what(folder)
        assert refused.value.problems[0].file == "environments/test/imports.json"
    assert (folder / "imports.json").read_text() == text


def test_a_write_that_fails_leaves_the_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imports.add(folder, {"team/a": ["x", "y"]})

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    line = imports.left(folder, "team/a", ["x"])
    expected = "environments/test/imports.json cannot be written (No space left on device); x of team/a may go"
    assert line == expected
    assert _held(folder) == {"team/a": ["x", "y"]}
    assert [path.name for path in folder.iterdir()] == ["imports.json"]


def test_what_is_carried_out_leaves_the_file_and_is_told(folder: Path) -> None:
    imports.add(folder, {"team/a": ["x"], "team/b": ["y", "z"]})
    assert imports.left(folder, "team/b", ["y", "z"]) == "y, z of team/b left environments/test/imports.json"
    assert imports.left(folder, "team/a", ["x"]) == (
        "x of team/a left environments/test/imports.json, and the file went with it"
    )


def test_a_file_that_git_knows_stays_as_it_is(folder: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet", "..")
    imports.add(folder, {"team/a": ["x"]})
    assert not imports.in_git(folder)
    git("add", "imports.json")
    assert imports.left(folder, "team/a", ["x"]) == (
        "environments/test/imports.json is in git and stays as it is; x of team/a may go with the next commit"
    )
    assert git("diff", "--name-only") == ""


def test_without_git_nothing_is_in_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert not imports.in_git(folder)


def test_only_what_a_stack_would_import_is_asked_for(normal: dict[str, Any]) -> None:
    normal["feature_groups"]["later"] = normal["feature_groups"]["clicks"] | {"created_by": "api"}
    asked = []

    def ask(_: Any, stack: Stack, __: Any, names: Iterable[str]) -> frozenset[str]:
        asked.append((stack.name, list(names)))
        return frozenset(names)

    names, stacks, access = ["clicks", "later", "notes", "undeclared"], stacks_of(normal), AmbientAccess({})
    owner, other = find(stacks, "central-team", "producer"), find(stacks, "team", "producer")
    assert imports.gone(names, normal, owner, access, ask) == {"clicks"}
    assert imports.gone(names, normal, other, access, ask) == frozenset()
    assert asked == [("central-team/producer", ["clicks"])]
    assert imports.variables(["b", "a"]) == {"TF_VAR_not_imported": '["a", "b"]'}
    assert imports.variables([]) == {}


def test_each_name_is_told_what_becomes_of_it(normal: dict[str, Any]) -> None:
    for name in ("new", "gone", "had"):
        normal["feature_groups"][name] = normal["feature_groups"]["clicks"]
    change = {"type": "aws_sagemaker_feature_group", "change": {"actions": ["no-op"], "importing": {"id": "new"}}}
    stack = find(stacks_of(normal), "central-team", "producer")
    plan = {"resource_changes": [change, {"type": "aws_iam_role", "change": {"actions": ["no-op"]}}]}
    assert imports.told(["new", "gone", "had", "other"], normal, stack, {"gone"}, plan) == (
        "new: imported",
        "gone: not imported: there is no such group any more, so it is made",
        "had: Terraform has it already",
        "other: not imported: it is not declared as a group that this stack makes",
    )
