"""Bad input against both readers: a small base that is sound, and one edit or a few a case (bad/*.yaml).

A case lists the problems that Python must report, all of them and no other. Terraform must refuse the same file and
key (`terraform` names another key where it is coarser); `terraform: null` says that it lets the problem pass, and the
case's `why` says why that is safe.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
from declaration_support import HERE, Terraform
from ruamel.yaml import YAML

from featureshare.declaration import load
from featureshare.errors import BadInput

CASES = sorted(path.stem for path in (HERE / "bad").glob("*.yaml"))


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    described: dict[str, Any] = YAML(typ="safe").load(HERE / "bad" / f"{request.param}.yaml")
    assert set(described) <= {"why", "edits", "write", "rename", "problems"}
    return described


@pytest.fixture
def root(case: dict[str, Any], tmp_path: Path) -> Path:
    folder = tmp_path / "environments" / "base"
    shutil.copytree(HERE / "good" / "base", folder)
    for old, new in case.get("rename", {}).items():
        (folder / new).parent.mkdir(exist_ok=True)
        (folder / old).rename(folder / new)
    for file, text in case.get("write", {}).items():
        (folder / file).write_text(text)
    for edit in case.get("edits", []):
        text = (folder / edit["file"]).read_text()
        assert text.count(edit["find"]) == 1, f"{edit['find']!r} is {text.count(edit['find'])} times in {edit['file']}"
        (folder / edit["file"]).write_text(text.replace(edit["find"], edit["replace"]))
    return folder.parent


def test_python_reports_every_problem_and_no_other(case: dict[str, Any], root: Path) -> None:
    with pytest.raises(BadInput) as refused:
        load(root, "base")
    reported = {(problem.file, problem.key): problem for problem in refused.value.problems}
    expected = {(f"environments/base/{problem['file']}", problem["key"]): problem for problem in case["problems"]}
    assert sorted(reported) == sorted(expected), str(refused.value)
    assert len(reported) == len(refused.value.problems)
    for at, problem in expected.items():
        assert problem["rule"] in reported[at].rule
        assert reported[at].fix


def test_terraform_refuses_what_is_unsafe(case: dict[str, Any], root: Path, terraform: Terraform) -> None:
    answer = terraform.read(root, "base")
    unsafe = [problem for problem in case["problems"] if problem.get("terraform", "") is not None]
    if not unsafe:
        assert answer.status == 0, answer.printed
        assert case["why"]
        return
    assert answer.status == 1
    for problem in unsafe:
        key = problem.get("terraform", problem["key"])
        where = f"  environments/base/{problem['file']}: " + (f"{key}: " if key else "")
        assert where in answer.printed, answer.printed
    assert "Fix: " in answer.printed
    # One message holds them all: what else is wrong in Terraform's eyes would be an accident of evaluation.
    assert answer.printed.count("Error: ") == 1, answer.printed


def test_the_base_of_the_cases_is_sound(terraform: Terraform) -> None:
    load(HERE / "good", "base")
    assert terraform.read(HERE / "good", "base").status == 0


def test_terraform_refuses_an_unknown_team(terraform: Terraform) -> None:
    answer = terraform.read(HERE / "good", "base", team="nobody")
    assert answer.status == 1
    assert "good/base/teams/nobody.yaml: var.team: there is no team nobody. Fix: name one of: search, shop" in (
        answer.printed
    )


def test_a_slice_does_not_lose_a_group_by_a_slip_of_the_pen(terraform: Terraform, tmp_path: Path) -> None:
    """A group taken for somebody else's would leave its owner's slice, and a plan made by hand would destroy it."""
    shutil.copytree(HERE / "good" / "base", tmp_path / "base")
    keywords = tmp_path / "base" / "feature-groups" / "keywords.yaml"
    sound = keywords.read_text()
    for slip, key in (
        (sound.replace("owner: search", "owner: sarch").replace("  search: [read-offline]", "  sarch: []"), "owner"),
        (sound.replace("owner: search", "onwer: shop").replace("  search: [", "  shop: ["), "onwer"),
        ("", ""),
    ):
        keywords.write_text(slip.replace("search@example.com", "me"))
        answer = terraform.read(tmp_path, "base", team="search")
        assert answer.status == 1
        assert f"/base/feature-groups/keywords.yaml: {key}" in answer.printed


def test_an_unknown_environment_is_refused_with_those_there_are(terraform: Terraform) -> None:
    with pytest.raises(BadInput, match=r"no environment nowhere\. Fix: name one of: base, compute, every, rich"):
        load(HERE / "good", "nowhere")
    answer = terraform.read(HERE / "good", "nowhere")
    assert answer.status == 1
    assert "good/nowhere/environment.yaml: " in answer.printed
