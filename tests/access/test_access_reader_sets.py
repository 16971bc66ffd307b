"""Beyond the size of a policy, online grants go by reader set: the same access, and nobody may say who reads."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from scratch_clone import scratch_clone

from featureshare.access import FAILED, PROVED, Matrix, Model, prove
from featureshare.declaration import load
from featureshare.render import render

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "declaration"))
from generate import generate  # noqa: E402

LIMIT = "default     = 9000"
TAG, DIGIT = "feature-share-readers-", hashlib.sha256(b"core-search").hexdigest()[0]
SET, NAMED = "read-online-of-sets", "read-online"

Rendered = tuple[dict[str, Any], dict[str, Any]]


def rendered(target: Path, environment: Path, longest: int) -> Rendered:
    root = scratch_clone(target, environment)
    variables = root / "modules" / "access-policies" / "variables.tf"
    text = variables.read_text()
    assert text.count(LIMIT) == 1
    variables.write_text(text.replace(LIMIT, f"default     = {longest}"))
    return load(environment.parent, environment.name).normal(), render(environment.name, root)


@pytest.fixture(scope="module")
def by_name(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return rendered(tmp_path_factory.mktemp("names"), ROOT / "environments" / "local", 9000)


@pytest.fixture(scope="module")
def by_set(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return rendered(tmp_path_factory.mktemp("sets"), ROOT / "environments" / "local", 100)


def reading(documents: dict[str, Any]) -> dict[str, set[str]]:
    return {key: set(role["policies"]) for key, role in documents["roles"].items() if role["kind"] == "reader-online"}


def test_the_form_follows_the_size(by_name: Rendered, by_set: Rendered) -> None:
    assert all(NAMED in names and SET not in names for names in reading(by_name[1]).values())
    assert reading(by_set[1])
    assert all(SET in names for names in reading(by_set[1]).values())


def test_both_forms_give_the_same_access(by_name: Rendered, by_set: Rendered) -> None:
    cells = Matrix(Model(by_set[1])).cells
    assert cells == Matrix(Model(by_name[1])).cells
    assert any(verb == "read-online" for _, _, verb in cells)


def test_the_groups_bear_the_same_tags_in_both(by_name: Rendered, by_set: Rendered) -> None:
    """So the switch changes the reading role alone, and nothing has to be applied in step."""
    tags = {key: group["tags"] for key, group in by_name[1]["feature_groups"].items()}
    assert tags == {key: group["tags"] for key, group in by_set[1]["feature_groups"].items()}
    tagged = {name for name, found in tags.items() if any(key.startswith("feature-share-readers-") for key in found)}
    assert {name.split("/")[1] for name in tagged} == {
        name
        for name, group in by_name[0]["feature_groups"].items()
        if group["store"] == "central"
        and group["created_by"] == "terraform"
        and any("read-online" in verbs for verbs in group["shared_with"].values())
    }


def test_by_set_is_proved(by_set: Rendered) -> None:
    proof = prove(*by_set)
    assert (proof.result, [one.words for one in proof.counterexamples], proof.faults) == (PROVED, [], [])


def test_a_group_that_bears_a_set_it_is_not_declared_with_is_found(by_set: Rendered) -> None:
    normal, documents = json.loads(json.dumps(by_set))
    groups = {group["name"]: group for group in documents["feature_groups"].values()}
    groups["reviews"]["tags"] |= groups["sessions"]["tags"] | {"owner": "product-success"}
    proof = prove(normal, documents)
    assert proof.result == FAILED
    assert any("feature-group/reviews" in one.words and "GetRecord" in one.words for one in proof.counterexamples)


@pytest.mark.parametrize(
    ("kind", "document", "old", "new"),
    [
        (
            "manager",
            "manage-user-segments",
            '"ForAllValues:StringEquals":{"aws:TagKeys"',
            '"ForAllValues:StringLike":{"aws:TagKeys":"*","sagemaker:Unused"',
        ),
        ("reader-online", SET, f'{TAG}{DIGIT}":"*:core-search:*', 'owner":"*'),
    ],
)
def test_a_guard_that_is_gone_is_found(by_set: Rendered, kind: str, document: str, old: str, new: str) -> None:
    normal, documents = json.loads(json.dumps(by_set))
    role = next(one for one in documents["roles"].values() if one["kind"] == kind)
    assert old in role["policies"][document]
    role["policies"][document] = role["policies"][document].replace(old, new)
    assert prove(normal, documents).result == FAILED


def test_an_administrator_may_not_say_who_reads(by_set: Rendered) -> None:
    normal, documents = json.loads(json.dumps(by_set))
    scps = documents["organization"]["scps"]
    for name, text in scps.items():
        policy = json.loads(text)
        policy["Statement"] = [one for one in policy["Statement"] if one["Sid"] != "DenyReaderTagToOthers"]
        scps[name] = json.dumps(policy)
    proof = prove(normal, documents)
    assert proof.result == FAILED
    assert any("sagemaker:AddTags" in one.words for one in proof.counterexamples)


def test_a_generated_environment_gives_the_same_access_in_both_forms(tmp_path: Path) -> None:
    environment = tmp_path / "environments" / "random"
    generate(environment, 4, teams=16, groups=60)
    _, named = rendered(tmp_path / "names", environment, 9000)
    _, sets = rendered(tmp_path / "sets", environment, 300)
    assert sum(SET in names for names in reading(sets).values()) > 5
    assert Matrix(Model(sets)).cells == Matrix(Model(named)).cells
