"""Beyond the size of a role, a team's offline grants are spread over further roles: the same access, each by one."""

import json
import sys
from pathlib import Path
from typing import Any

import planned
import pytest
from scratch_clone import scratch_clone

from featureshare.access import FAILED, PROVED, Matrix, Model, mutants, prove
from featureshare.access.explain import Explainer
from featureshare.access.minimal import minimal
from featureshare.access.plans import differences, from_plans
from featureshare.declaration import load
from featureshare.errors import FeatureShareError
from featureshare.render import render
from featureshare.runner.fill import fill_notes

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "declaration"))
from generate import generate  # noqa: E402

LIMIT = "default     = 10240"
OWNERS = ("clicks", "orders", "visits")
FITS = 36
"""The most groups with such names that one role of 10,240 characters holds; one more and it is spread."""

Rendered = tuple[dict[str, Any], dict[str, Any]]


def rendered(target: Path, environment: Path, largest: int = 10240) -> Rendered:
    root = scratch_clone(target, environment)
    variables = root / "modules" / "access-policies" / "variables.tf"
    text = variables.read_text()
    assert text.count(LIMIT) == 1
    variables.write_text(text.replace(LIMIT, f"default     = {largest}"))
    return load(environment.parent, environment.name).normal(), render(environment.name, root)


def declare(folder: Path, groups: int, owners: tuple[str, ...] = OWNERS) -> Path:
    """An environment in which the team `ranking` reads that many groups offline, and some online."""
    settings = {
        **{"name": folder.name, "ephemeral": True, "region": "eu-west-1", "prefix": "fs"},
        **{"central_account": "222222222222", "platform": {"principal": "arn:aws:iam::666666666666:role/platform"}},
    }
    files: dict[str, dict[str, Any]] = {"environment": settings}
    for number, owner in enumerate(owners, 1):
        principals = {"pipeline": {"verbs": ["write"], "compute": "sagemaker"}}
        account = f"{number:012d}"
        files[f"teams/{owner}"] = {"team": owner, "account": account, "contact": "x@y.z", "principals": principals}
    principals = {
        "training": {"verbs": ["read-offline"], "compute": "sagemaker"},
        "reports": {"verbs": ["read-offline", "read-online"], "compute": "ecs"},
    }
    files["teams/ranking"] = {
        **{"team": "ranking", "account": "555555555555", "contact": "x@y.z", "principals": principals},
    }
    columns = [{"name": name, "type": "String", "description": "Text."} for name in ("id", "at")]
    for number in range(groups):
        owner = owners[number % len(owners)]
        name = f"{owner}-{number:03d}"
        files[f"feature-groups/{name}"] = {
            **{"feature_group": name, "store": "central", "owner": owner, "contact": "x@y.z", "description": "Text."},
            **{"record_identifier": "id", "event_time": "at", "features": columns},
            **{"online_store": {"enabled": True}, "offline_store": {"enabled": True}},
            "shared_with": {"ranking": ["read-offline", *(["read-online"] if number % 2 else [])]},
        }
    for name, value in files.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))
    return folder


def readers(documents: dict[str, Any], team: str = "ranking") -> dict[str, set[str]]:
    """The groups that each reader-offline role of a team names, read off its documents."""
    out = {}
    for role in documents["roles"].values():
        if (role["kind"], role["team"]) == ("reader-offline", team):
            statements = {one["Sid"]: one for one in json.loads(role["policies"]["read-offline"])["Statement"]}
            objects = statements["ReadOfflineObjects"]["Resource"]
            names = {one.split("/")[-2] for one in ([objects] if isinstance(objects, str) else objects)}
            assert names == {
                one.removesuffix("/*")
                for one in statements["ListOfflineObjects"]["Condition"]["StringLike"]["s3:prefix"]
            }
            tables = {one.split("/")[-1] for one in statements["ReadTables"]["Resource"] if ":table/" in one}
            assert tables == {name.replace("-", "_") for name in names}
            out[role["name"]] = names
    return out


def reached(documents: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Every (principal, group, verb) of the matrix."""
    cells = Matrix(Model(documents)).cells.values()
    return {(path[0], cell.group, cell.verb) for cell in cells for path in cell.paths if cell.access == "yes"}


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    folder = tmp_path_factory.mktemp("below")
    return rendered(folder / "clone", declare(folder / "environments" / "many", FITS))


@pytest.fixture(scope="module")
def above(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    folder = tmp_path_factory.mktemp("above")
    return rendered(folder / "clone", declare(folder / "environments" / "many", FITS + 1))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The environment that ships, with roles that hold less."""
    return rendered(tmp_path_factory.mktemp("local"), ROOT / "environments" / "local", 3400)


def test_the_form_follows_the_size(below: Rendered, above: Rendered) -> None:
    assert list(readers(below[1])) == ["fs-ranking-reader-offline"]
    assert below[1]["teams"]["ranking"]["spread_readers"] == {}
    spread = readers(above[1])
    assert len(spread) > 1
    assert sum(len(groups) for groups in spread.values()) == FITS + 1
    assert {group for groups in spread.values() for group in groups} == {
        name for name, group in above[0]["feature_groups"].items() if "read-offline" in group["shared_with"]["ranking"]
    }


def test_both_forms_give_the_same_access(below: Rendered, above: Rendered) -> None:
    before, after = reached(below[1]), reached(above[1])
    added = set(above[0]["feature_groups"]) - set(below[0]["feature_groups"])
    assert len(added) == 1
    assert {one for one in after if one[1] not in added} == before
    assert {(who, verb) for who, group, verb in after - before if group in added and verb == "read-offline"} == {
        ("ranking/training", "read-offline"),
        ("ranking/reports", "read-offline"),
    }


def test_each_group_is_read_by_its_own_role_and_by_no_other(above: Rendered) -> None:
    """Denial twins: the matrix tries every role on every group."""
    serving = {group: name for name, groups in readers(above[1]).items() for group in groups}
    told = above[1]["teams"]["ranking"]["spread_readers"]
    assert {group: arn.rpartition("/")[2] for group, arn in told.items()} == serving
    cells = [cell for cell in Matrix(Model(above[1])).rows() if cell.verb == "read-offline"]
    assert {cell.group: {path[1] for path in cell.paths} for cell in cells} == {
        group: {name} for group, name in serving.items()
    }
    explainer = Explainer(above[0], Model(above[1]))
    mine, *others = sorted(readers(above[1]))
    group = min(readers(above[1])[mine])
    arn = f"arn:aws:s3:::fs-offline-222222222222-eu-west-1/{group}/x.parquet"
    session = "arn:aws:sts::222222222222:assumed-role/{}/s"
    assert explainer.explain(session.format(mine), "s3:GetObject", arn).allowed
    refused = explainer.explain(session.format(others[0]), "s3:GetObject", arn)
    assert not refused.allowed
    assert mine in refused.advice


def test_roles_of_a_team_differ_in_their_groups_alone(above: Rendered) -> None:
    roles = [role for role in above[1]["roles"].values() if role["kind"] == "reader-offline"]
    assert len(roles) > 1
    for key in ("trust", "boundary", "path", "stack", "team", "account"):
        assert len({role[key] for role in roles}) == 1
    arns = {role["arn"] for role in roles}
    for principal in above[1]["teams"]["ranking"]["execution_roles"].values():
        assert arns <= set(principal["assumes"])
    results = json.loads(above[1]["buckets"]["fs-ranking-results-555555555555-eu-west-1"]["policy"])["Statement"]
    admitted = next(one for one in results if one["Sid"] == "WriteAndReadByReaderOffline")["Condition"]["ArnEquals"]
    assert set(admitted["aws:PrincipalArn"]) == arns


def test_groups_of_an_owner_stay_together_where_they_can(above: Rendered) -> None:
    owners = [{group.rpartition("-")[0] for group in groups} for groups in readers(above[1]).values()]
    assert sum(len(found) for found in owners) == len(OWNERS)


def test_one_more_grant_moves_no_group_but_those_of_the_role_that_is_cut(tmp_path: Path) -> None:
    before: dict[str, set[str]] = {}
    cuts = 0
    for groups in range(FITS, 110, 12):
        folder = tmp_path / str(groups)
        found = readers(rendered(folder / "clone", declare(folder / "environments" / "many", groups, ("clicks",)))[1])
        if before:
            moved = {
                g: n for n, gs in found.items() for g in gs if n != next((o for o, b in before.items() if g in b), n)
            }
            sources = {name for name, held in before.items() if held & set(moved)}
            assert set(moved.values()).isdisjoint(before), "moved to roles that are new"
            cuts += len(sources)
            for name in set(before) - sources:
                assert before[name] <= found[name]
        before = found
    assert cuts > 1


def test_a_slice_finds_the_roles_of_the_whole(tmp_path: Path) -> None:
    root = scratch_clone(tmp_path / "clone", declare(tmp_path / "environments" / "many", 70))
    whole = {key: role for key, role in render("many", root)["roles"].items() if role["team"] == "ranking"}
    sliced = render("many", root, team="ranking")["roles"]
    assert {key: sliced[key] for key in whole} == whole
    assert sum(role["kind"] == "reader-offline" for role in whole.values()) > 1


def test_what_does_not_fit_even_so_is_refused_by_name_and_size(tmp_path: Path) -> None:
    with pytest.raises(FeatureShareError) as refused:
        rendered(tmp_path / "clone", declare(tmp_path / "environments" / "many", 900, ("clicks",)))
    assert "fs-ranking-reader-offline" in str(refused.value)
    assert "of 10240 characters" in str(refused.value)


def test_a_principal_may_not_have_the_name_of_a_further_role(tmp_path: Path) -> None:
    """Only in the central account itself can a team's principal be called like another team's role."""
    folder = declare(tmp_path / "environments" / "many", 70, (*OWNERS, "ranking-reader"))
    principals = {f"offline-{number}": {"verbs": ["write"], "compute": "ecs"} for number in range(2, 17)}
    team = {"team": "ranking-reader", "account": "222222222222", "contact": "x@y.z", "principals": principals}
    (folder / "teams" / "ranking-reader.yaml").write_text(json.dumps(team))
    with pytest.raises(FeatureShareError, match="have the names of further reader roles"):
        rendered(tmp_path / "clone", folder)


def test_the_plan_says_so(below: Rendered, above: Rendered) -> None:
    said = fill_notes(above[1]["fill"])
    for name in readers(above[1]):
        assert any(name in note and "one of" in note for note in said)
    assert not any("one of" in note for note in fill_notes(below[1]["fill"]))


def test_spread_is_proved_and_needed_whole(local: Rendered) -> None:
    assert {name: len(groups) for name, groups in readers(local[1], "core-search").items()} != {}
    assert len(readers(local[1], "core-search")) > 1
    proof = prove(*local)
    assert (proof.result, [one.words for one in proof.counterexamples], proof.faults) == (PROVED, [], [])
    assert [one.as_dict() for one in minimal(*local, ROOT / "policies").unneeded] == []


def test_plans_tell_the_roles_although_the_central_stack_knows_no_grants(local: Rendered, tmp_path: Path) -> None:
    normal, documents = local
    planned.write(normal, documents, tmp_path)
    file = tmp_path / "central.json"
    plan = json.loads(file.read_text())
    team = plan["planned_values"]["outputs"]["documents"]["value"]["teams"]["core-search"]
    team |= {"access_roles": {}, "spread_readers": {}}
    file.write_text(json.dumps(plan))
    read = from_plans(normal, tmp_path, documents)
    assert (read.faults, differences(read.render, documents)) == ([], [])
    assert prove(normal, read.render).result == PROVED


def test_no_mutant_of_a_further_role_survives(local: Rendered) -> None:
    score = mutants.run(*local, only="reader-offline")
    assert score.total > 100
    assert score.survivors == []


@pytest.mark.parametrize("fault", ["a group of the other", "trust", "not told"])
def test_a_role_that_does_the_work_of_another_is_found(fault: str, local: Rendered) -> None:
    normal, documents = json.loads(json.dumps(local))
    first, second = [
        role
        for role in documents["roles"].values()
        if (role["kind"], role["team"]) == ("reader-offline", "core-search")
    ][:2]
    if fault == "a group of the other":
        second["policies"]["more"] = first["policies"]["read-offline"]
    elif fault == "trust":
        assert "training" in second["trust"]
        second["trust"] = second["trust"].replace("training", "serving")
    else:
        documents["teams"]["core-search"]["spread_readers"].popitem()
    proof = prove(normal, documents)
    assert proof.result == FAILED


def test_a_generated_environment_gives_the_same_access_in_both_forms(tmp_path: Path) -> None:
    environment = tmp_path / "environments" / "random"
    generate(environment, 4, teams=16, groups=60)
    _, named = rendered(tmp_path / "named", environment)
    _, spread = rendered(tmp_path / "spread", environment, 2700)
    assert sum(bool(team["spread_readers"]) for team in spread["teams"].values()) >= 3
    assert reached(spread) == reached(named)
    assert any(verb == "read-offline" for _, _, verb in reached(named))
