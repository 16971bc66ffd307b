"""Both readers get the same out of the same files, byte for byte, as a whole and for every team."""

import json
import shutil
from pathlib import Path

import pytest
from declaration_support import HERE, REPOSITORY, Terraform
from generate import generate

from featureshare.declaration import Declaration, encode, load


def assert_same(
    declaration: Declaration,
    terraform: Terraform,
    root: Path,
    environment: str,
    team: str | None = None,
    replica: str | None = None,
) -> None:
    answer = terraform.read(root, environment, team, replica)
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
    for replica in declaration.replicas:
        assert_same(declaration.replica_slice(replica), terraform, root, environment, replica=replica)


@pytest.mark.parametrize("environment", ["base", "compute", "rich"])
def test_every_option(environment: str, terraform: Terraform) -> None:
    declaration = load(HERE / "good", environment)
    assert_same(declaration, terraform, HERE / "good", environment, None)
    for team in declaration.teams:
        assert_same(declaration.slice(team), terraform, HERE / "good", environment, team)
    for replica in declaration.replicas:
        assert_same(declaration.replica_slice(replica), terraform, HERE / "good", environment, replica=replica)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_generated(seed: int, terraform: Terraform, tmp_path: Path) -> None:
    root = tmp_path / "environments"
    generate(root / "random", seed, teams=12, groups=20)
    declaration = load(root, "random")
    assert_same(declaration, terraform, root, "random", None)
    team = max(declaration.teams, key=lambda name: sum(grant.team == name for grant in declaration.grants()))
    assert_same(declaration.slice(team), terraform, root, "random", team)
    for replica in declaration.replicas:
        assert_same(declaration.replica_slice(replica), terraform, root, "random", replica=replica)


@pytest.mark.parametrize("seed", range(5))
def test_a_slice_is_the_whole_restricted_to_the_team(seed: int, tmp_path: Path) -> None:
    generate(tmp_path / "random", seed, teams=10, groups=15)
    declaration = load(tmp_path, "random")
    whole = declaration.normal()
    for team in declaration.teams:
        groups = {}
        for name in {grant.feature_group for grant in declaration.grants() if grant.team == team}:
            groups[name] = dict(whole["feature_groups"][name])
            if groups[name]["owner"] != team:
                groups[name]["shared_with"] = {
                    other: verbs for other, verbs in groups[name]["shared_with"].items() if other == team
                }
        assert declaration.slice(team).normal() == {
            "environment": whole["environment"],
            "teams": {team: whole["teams"][team]},
            "feature_groups": groups,
            "replicas": {},
        }
    for name, replica in whole["replicas"].items():
        assert declaration.replica_slice(name).normal() == {
            "environment": whole["environment"],
            "teams": {},
            "feature_groups": {
                group: whole["feature_groups"][group] | {"shared_with": {}} for group in replica["feature_groups"]
            },
            "replicas": {name: replica},
        }


def test_what_others_are_granted_is_the_business_of_the_owner(terraform: Terraform, tmp_path: Path) -> None:
    """One more reader of a group changes the slices of its owner and of that reader, in both readers alike."""
    shutil.copytree(REPOSITORY / "environments" / "local", tmp_path / "local")
    before = load(tmp_path, "local")
    file = tmp_path / "local" / "feature-groups" / "sessions.yaml"
    text = file.read_text(encoding="utf-8")
    assert "product-success" not in text
    file.write_text(text.replace("shared_with:\n", "shared_with:\n  product-success: [write]\n"), encoding="utf-8")
    after = load(tmp_path, "local")
    changed = {team for team in after.teams if before.slice(team).digest() != after.slice(team).digest()}
    assert changed == {after.feature_groups["sessions"].owner, "product-success"}
    assert "core-search" in after.feature_groups["sessions"].shared_with
    assert_same(after.slice("core-search"), terraform, tmp_path, "local", "core-search")


def test_json_is_written_as_terraform_writes_it() -> None:
    # https://developer.hashicorp.com/terraform/language/functions/jsonencode: <, >, &, U+2028 and U+2029 are escaped.
    assert encode({"b": "<&>", "a": ["\u2028é", 1, None, True]}) == (
        '{"a":["\\u2028é",1,null,true],"b":"\\u003c\\u0026\\u003e"}'
    )
    assert json.loads(encode({"b": "<&>"})) == {"b": "<&>"}
