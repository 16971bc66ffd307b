"""The workgroup `primary`: who may query there and who not, and what is said to those who may not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from scratch_clone import scratch_clone

from featureshare.access import PROVED, Model, prove
from featureshare.access.explain import Explainer
from featureshare.access.minimal import minimal
from featureshare.access.residual import listed_residual
from featureshare.declaration import load
from featureshare.render import render

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "declaration" / "good"
CENTRAL, REGION = "222222222222", "eu-west-1"
PRIMARY = f"arn:aws:athena:{REGION}:{CENTRAL}:workgroup/primary"
READER = f"arn:aws:sts::{CENTRAL}:assumed-role/fs-product-success-reader-offline/s"
RESIDUAL = listed_residual(ROOT / "docs" / "threat-model.md")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two teams that may use `primary`: normal form and documents."""
    folder = tmp_path_factory.mktemp("declared") / "compute"
    shutil.copytree(GOOD / "compute", folder)
    ml = folder / "teams" / "ml.yaml"
    ml.write_text(ml.read_text().replace("contact:", "athena: {allow_primary: true}\ncontact:"))
    root = scratch_clone(tmp_path_factory.mktemp("two"), folder)
    return load(folder.parent, "compute").normal(), render("compute", root)


def statements(documents: dict[str, Any], sid: str) -> dict[str, Any]:
    """Statements of that Sid by the name of their role."""
    return {
        role["name"]: one
        for role in documents["roles"].values()
        for text in role["policies"].values()
        for one in json.loads(text)["Statement"]
        if one["Sid"] == sid
    }


def test_those_that_say_so_query_there_and_the_runner_limits_it(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, documents = two
    readers = statements(documents, "RunQueriesInPrimary")
    assert {name: one["Resource"] for name, one in readers.items()} == dict.fromkeys(
        ["fs-ml-reader-offline", "fs-shop-reader-offline"], PRIMARY
    )
    limits = statements(documents, "LimitPrimary")
    assert [(name, one["Resource"]) for name, one in limits.items()] == [("fs-deploy", PRIMARY)]
    # The team's VPC endpoint lets it through.
    (queries,) = json.loads(documents["endpoints"]["ml"]["policies"]["athena"]["policy"])["Statement"]
    assert [one for one in queries["Resource"] if one.endswith("primary")] == [PRIMARY]


def test_of_the_shipped_teams_one_does_and_nobody_else(shipped: dict[str, Any]) -> None:
    readers = statements(shipped, "RunQueriesInPrimary")
    assert {name: one["Resource"] for name, one in readers.items()} == {"fs-core-search-reader-offline": PRIMARY}
    limits = statements(shipped, "LimitPrimary")
    assert {name: one["Resource"] for name, one in limits.items()} == {"fs-deploy": PRIMARY}
    assert json.dumps(shipped).count("workgroup/primary") == 2


def test_it_is_proved_and_nothing_is_unneeded(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    normal, documents = two
    proof = prove(normal, documents, residual=RESIDUAL)
    assert (proof.result, [str(one) for one in proof.counterexamples], proof.faults) == (PROVED, [], [])
    assert "primary-queries" in proof.residual
    sids = {"RunQueriesInPrimary", "LimitPrimary"}
    assert [one.as_dict() for one in minimal(normal, documents, ROOT / "policies").unneeded if one.sid in sids] == []


def test_one_that_has_it_without_saying_so_is_found(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    normal, documents = two
    silent = json.loads(json.dumps(normal))
    silent["teams"]["shop"]["athena"]["allow_primary"] = False
    found = prove(silent, documents, residual=RESIDUAL)
    assert found.result != PROVED
    assert any("fs-shop-reader-offline" in str(one) and "primary" in str(one) for one in found.counterexamples)


def test_one_that_says_so_and_has_it_not_is_found(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    normal, documents = two
    without = json.loads(json.dumps(documents))
    del without["roles"][f"{CENTRAL}/fs-shop-reader-offline"]["policies"]["read-offline-primary"]
    found = prove(normal, without, residual=RESIDUAL)
    assert found.result != PROVED


@pytest.mark.parametrize("principal", ["product-success/analyst", READER])
@pytest.mark.parametrize("action", ["athena:StartQueryExecution", "athena:GetWorkGroup"])
def test_who_may_not_is_told_the_workgroup_and_the_key(
    principal: str, action: str, normal: dict[str, Any], shipped: dict[str, Any]
) -> None:
    found = Explainer(normal, Model(shipped)).explain(principal, action, PRIMARY)
    assert (found.allowed, found.on_purpose) == (False, True)
    assert "Name fs-product-success, as sessions of connect() do" in found.advice
    assert "athena: {allow_primary: true} in environments/local/teams/product-success.yaml" in found.advice


@pytest.mark.parametrize("principal", ["product-success/analyst", READER])
@pytest.mark.parametrize("table", ["catalog", "database/fs_features", "table/fs_features/mine"])
def test_writing_the_owners_catalog_is_denied_on_purpose(
    principal: str, table: str, normal: dict[str, Any], shipped: dict[str, Any]
) -> None:
    resource = f"arn:aws:glue:{REGION}:{CENTRAL}:{table}"
    found = Explainer(normal, Model(shipped)).explain(principal, "glue:CreateTable", resource)
    assert (found.allowed, found.on_purpose) == (False, True)
    assert "CREATE TABLE AS" in found.advice
    assert "UNLOAD" in found.advice


def test_who_may_is_not_sent_away(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    normal, documents = two
    reader = f"arn:aws:sts::{CENTRAL}:assumed-role/fs-ml-reader-offline/s"
    assert Explainer(normal, Model(documents)).explain(reader, "athena:StartQueryExecution", PRIMARY).allowed
