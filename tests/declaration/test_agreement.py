"""Both readers get the same out of the same files, byte for byte, as a whole and for every team."""

import json
from pathlib import Path

import pytest
from declaration_support import HERE, REPOSITORY, Terraform
from generate import generate

from featureshare.declaration import Declaration, encode, load


def assert_same(declaration: Declaration, terraform: Terraform, root: Path, environment: str, team: str | None) -> None:
    answer = terraform.read(root, environment, team)
    assert answer.status == 0, answer.printed
    assert answer.outputs["json"] == declaration.json()
    assert answer.outputs["digest"] == declaration.digest()


@pytest.mark.parametrize("environment", ["local", "dev", "staging", "prod"])
def test_shipped_environments(environment: str, terraform: Terraform) -> None:
    root = REPOSITORY / "environments"
    declaration = load(root, environment)
    assert_same(declaration, terraform, root, environment, None)
    for team in declaration.teams:
        assert_same(declaration.slice(team), terraform, root, environment, team)


@pytest.mark.parametrize("environment", ["base", "compute", "rich"])
def test_every_option(environment: str, terraform: Terraform) -> None:
    declaration = load(HERE / "good", environment)
    assert_same(declaration, terraform, HERE / "good", environment, None)
    for team in declaration.teams:
        assert_same(declaration.slice(team), terraform, HERE / "good", environment, team)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_generated(seed: int, terraform: Terraform, tmp_path: Path) -> None:
    root = tmp_path / "environments"
    generate(root / "random", seed, teams=12, groups=20)
    declaration = load(root, "random")
    assert_same(declaration, terraform, root, "random", None)
    team = max(declaration.teams, key=lambda name: sum(grant.team == name for grant in declaration.grants()))
    assert_same(declaration.slice(team), terraform, root, "random", team)


@pytest.mark.parametrize("seed", range(5))
def test_a_slice_is_the_whole_restricted_to_the_team(seed: int, tmp_path: Path) -> None:
    generate(tmp_path / "random", seed, teams=10, groups=15)
    declaration = load(tmp_path, "random")
    whole = declaration.normal()
    for team in declaration.teams:
        groups = {grant.feature_group for grant in declaration.grants() if grant.team == team}
        assert declaration.slice(team).normal() == {
            "environment": whole["environment"],
            "teams": {team: whole["teams"][team]},
            "feature_groups": {name: group for name, group in whole["feature_groups"].items() if name in groups},
        }


def test_json_is_written_as_terraform_writes_it() -> None:
    # https://developer.hashicorp.com/terraform/language/functions/jsonencode: <, >, &, U+2028 and U+2029 are escaped.
    assert encode({"b": "<&>", "a": ["\u2028é", 1, None, True]}) == (
        '{"a":["\\u2028é",1,null,true],"b":"\\u003c\\u0026\\u003e"}'
    )
    assert json.loads(encode({"b": "<&>"})) == {"b": "<&>"}
