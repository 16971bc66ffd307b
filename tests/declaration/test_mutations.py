"""One value of a sound declaration replaced by something odd: both readers refuse, or both read the same.

Terraform must then complain in one message of ours, never fall over in the middle of an expression. The few rules that
Python alone judges (what is unused) are the only difference allowed.
"""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from declaration_support import HERE, Terraform
from ruamel.yaml import YAML

from featureshare.declaration import load
from featureshare.errors import BadInput, Problem

ODD: tuple[Any, ...] = (None, True, 12, -1, 1.5, "", "x y", "UP", "*", [], {}, ["a"], [None], {"a": "b"}, {"a": None})
UNUSED = ("no feature group grants", "no principal of")
GOOD = {
    name: {
        str(file.relative_to(HERE / "good" / name)): YAML(typ="safe").load(file)
        for file in sorted((HERE / "good" / name).rglob("*.yaml"))
    }
    for name in ("base", "rich")
}


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*path, index))


MUTATIONS = random.Random(7).sample(
    [
        (name, file, path, odd)
        for name, files in GOOD.items()
        for file, document in files.items()
        for path in _places(document)
        for odd in (*ODD, "(removed)")
    ],
    24,
)


@pytest.mark.parametrize(("name", "file", "path", "odd"), MUTATIONS)
def test_readers_agree_on_what_is_odd(
    name: str, file: str, path: tuple[str | int, ...], odd: Any, terraform: Terraform, tmp_path: Path
) -> None:
    files = copy.deepcopy(GOOD[name])
    holder: Any = files[file]
    for part in path[:-1]:
        holder = holder[part]
    if odd == "(removed)":
        del holder[path[-1]]
    else:
        holder[path[-1]] = odd
    for changed, document in files.items():
        target = tmp_path / name / changed
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    answer = terraform.read(tmp_path, name)
    if answer.status:
        assert answer.printed.count("Error: ") == 1, answer.printed
        assert f"The declaration of {name} is refused:" in answer.printed
    read, problems = _python(tmp_path, name)
    if read is not None:
        assert answer.outputs.get("json") == read, answer.printed
    elif not all(any(text in problem.rule for text in UNUSED) for problem in problems):
        assert answer.status == 1, problems


def _python(root: Path, name: str) -> tuple[str | None, tuple[Problem, ...]]:
    try:
        return load(root, name).json(), ()
    except BadInput as refused:
        return None, refused.problems
