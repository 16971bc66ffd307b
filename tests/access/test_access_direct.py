"""The central catalog in a team's own Athena: exactly what is declared, statements of others, and the limits."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from planting import BUCKET, CENTRAL, Change, Documents, added, bucket, edited, policy, replaced, sid
from scratch_clone import scratch_clone

from featureshare.access import PROVED, Matrix, Model, prove
from featureshare.access.explain import Explainer
from featureshare.access.minimal import minimal
from featureshare.access.mutants import run
from featureshare.declaration import load
from featureshare.errors import FeatureShareError
from featureshare.render import render

ROOT = Path(__file__).parents[2]

TEAM, READER = "555555555555", "fs-core-search-training"
GLUE = f"arn:aws:glue:eu-west-1:{CENTRAL}"
STRANGER = "999999999999"


def catalog(old: str, new: str) -> Change:
    return lambda documents: replaced(documents["catalogs"][CENTRAL], "policy", old, new)


def uncondition(kind: str, key: str, statement: str, operator: str, name: str) -> Change:
    def edit(statements: list[dict[str, Any]]) -> None:
        del sid(statements, statement)["Condition"][operator][name]

    return lambda documents: edited(documents[kind][key], "policy", edit)


KEY = f"{CENTRAL}/alias/fs-offline"
FAULTS: dict[str, Change] = {
    "the catalog opens to every role of the account": catalog(f"role/fs/execution/core-search/{READER}", "role/*"),
    "the catalog opens every table": catalog("table/fs_features/reviews", "table/fs_features/*"),
    "the catalog opens tables whose names go on": catalog("table/fs_features/users", "table/fs_features/users*"),
    "the catalog asks for no organization": uncondition(
        "catalogs", CENTRAL, "ReadTablesDirectlyCoreSearch", "StringEquals", "aws:PrincipalOrgID"
    ),
    "the catalog lets tables be dropped": catalog('"glue:GetTable"', '"glue:GetTable","glue:DeleteTable"'),
    "the bucket gives all objects": bucket(f'"arn:aws:s3:::{BUCKET}/reviews/*"', f'"arn:aws:s3:::{BUCKET}/*"'),
    "the bucket lists everything": uncondition(
        "buckets", BUCKET, "ListObjectsDirectlyCoreSearch", "StringLike", "s3:prefix"
    ),
    "the bucket asks for no organization": uncondition(
        "buckets", BUCKET, "ReadObjectsDirectlyCoreSearch", "StringEquals", "aws:PrincipalOrgID"
    ),
    "the key serves any bucket": uncondition(
        "keys", KEY, "ReadOfflineStoreDirectly", "StringEquals", "kms:EncryptionContext:aws:s3:arn"
    ),
    "the key serves without S3": uncondition("keys", KEY, "ReadOfflineStoreDirectly", "StringEquals", "kms:ViaService"),
    "the role reads another table": policy(READER, "direct-catalog", "fs_features/users", "fs_features/*", TEAM),
    "the role uses any data catalog": policy(READER, "direct-catalog", "datacatalog/fs_core_search_central", "*", TEAM),
    "a stranger's statement opens our tables": added(
        "catalogs", CENTRAL, Sid="Legacy", Principal={"AWS": STRANGER}, Action="glue:GetTable", Resource="*"
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, normal: dict[str, Any], documents: Documents) -> None:
    FAULTS[fault](documents)
    proof = prove(normal, documents)
    assert proof.result != PROVED
    assert proof.counterexamples


def test_a_right_that_is_missing_on_either_side_is_found(normal: dict[str, Any], shipped: Documents) -> None:
    for change in (
        catalog('"glue:GetTable"', '"glue:GetTags"'),
        bucket('"Action":"s3:GetObject"', '"Action":"s3:GetObjectTagging"'),
        policy(READER, "direct-catalog", "athena:GetDataCatalog", "athena:GetDatabase", TEAM),
    ):
        documents = json.loads(json.dumps(shipped))
        change(documents)
        assert any("training" in str(one) for one in prove(normal, documents).counterexamples)


def test_the_matrix_shows_what_is_read_directly(shipped: Documents) -> None:
    matrix = Matrix(Model(shipped))
    direct = {(cell.team, cell.group) for cell in matrix.rows() if cell.direct}
    assert direct == {("core-search", name) for name in ("product-prices", "reviews", "sessions", "users")}
    cell = matrix.cells["core-search", "sessions", "read-offline"]
    assert cell.shown == "yes, directly too"
    assert cell.paths == (
        ("core-search/training", "fs_core_search_central"),
        ("core-search/training", "fs-core-search-reader-offline"),
    )
    # Its own restricted group is no matter of the catalog.
    assert not matrix.cells["core-search", "keywords", "read-offline"].direct


def test_a_direct_reader_is_explained_as_itself(normal: dict[str, Any], shipped: Documents) -> None:
    explainer = Explainer(normal, Model(shipped))
    table = f"{GLUE}:table/fs_features/sessions"
    found = explainer.explain("core-search/training", "glue:GetTable", table)
    assert found.allowed
    assert "fs_core_search_central" in found.advice
    assert not any("AssumeRole" in link.text for link in found.links)
    other = explainer.explain("core-search/training", "glue:GetTable", f"{GLUE}:table/fs_features/user_segments")
    assert not other.allowed
    assert "shared_with: {core-search: [read-offline]}" in other.advice


def test_every_grant_is_needed_and_every_change_of_the_catalogs_policy_noticed(
    normal: dict[str, Any], shipped: Documents
) -> None:
    found = minimal(normal, shipped, ROOT / "policies")
    assert not [one for one in found.unneeded if "direct" in one.template]
    templates = {one.template for one in found.documented if one.sid.endswith("DirectlyCoreSearch")}
    assert templates == {"resource/direct-catalog.json.tftpl", "resource/direct-bucket.json.tftpl"}
    score = run(normal, shipped, only=f"catalog {CENTRAL}", workers=1)
    assert score.total > 50
    assert not score.survivors


# ---- statements of others, and limits ------------------------------------------------------------------------------
THEIRS = {
    "Sid": "Legacy",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
    "Action": ["glue:GetDatabase", "glue:GetTable"],
    "Resource": [f"{GLUE}:catalog", f"{GLUE}:database/legacy", f"{GLUE}:table/legacy/*"],
}


def with_statements(folder: Path, *statements: dict[str, Any]) -> tuple[dict[str, Any], Documents]:
    environment = folder / "declared" / "local"
    shutil.copytree(ROOT / "environments" / "local", environment)
    (environment / "catalog-statements.json").write_text(json.dumps(statements))
    clone = scratch_clone(folder / "clone", environment)
    return load(environment.parent, "local").normal(), render("local", clone)


def test_statements_of_others_stand_first_in_the_one_policy_and_the_proof_takes_them(tmp_path: Path) -> None:
    normal, documents = with_statements(tmp_path, THEIRS)
    statements = json.loads(documents["catalogs"][CENTRAL]["policy"])["Statement"]
    assert statements[0] == THEIRS
    assert [one["Sid"] for one in statements] == ["Legacy", "ReadTablesDirectlyCoreSearch"]
    assert prove(normal, documents).result == PROVED
    assert not minimal(normal, documents, ROOT / "policies").unneeded


@pytest.mark.parametrize(
    "change",
    [
        {"Resource": [f"{GLUE}:catalog", f"{GLUE}:database/*", f"{GLUE}:table/fs_features/*"]},
        {"Resource": "*"},
        {"Principal": "*", "Resource": "*"},
    ],
    ids=["our tables", "everything", "everybody"],
)
def test_statements_of_others_that_open_what_is_ours_are_counterexamples(
    change: dict[str, Any], tmp_path: Path
) -> None:
    normal, documents = with_statements(tmp_path, THEIRS | change)
    proof = prove(normal, documents)
    assert proof.result != PROVED
    assert any("glue:" in str(one) for one in proof.counterexamples)


def test_what_does_not_fit_the_catalogs_policy_is_refused_by_name_and_size(tmp_path: Path) -> None:
    many = [THEIRS | {"Sid": f"Legacy{number}"} for number in range(40)]
    with pytest.raises(FeatureShareError, match=rf"{CENTRAL}/catalog \(\d{{5}} of 10240 bytes\)"):
        with_statements(tmp_path, *many)


# ---- whoever uses the module alone -----------------------------------------------------------------------------------
_GIVEN = """
variable "environment" { type = string }
variable "team" {
  type    = string
  default = null
}
output "normal" { value = jsondecode(file("${path.module}/normal.json")) }
output "foreign_catalog_statements" { value = [] }
"""


def rendered(folder: Path, normal: dict[str, Any]) -> Documents:
    """What modules/access-policies makes of a normal form that no reader has judged."""
    clone = scratch_clone(folder / "clone", ROOT / "environments" / "local")
    declaration = clone / "environments" / "declaration"
    shutil.rmtree(declaration)
    declaration.mkdir()
    (declaration / "main.tf").write_text(_GIVEN)
    (declaration / "normal.json").write_text(json.dumps(normal))
    return render("local", clone)


def test_a_restricted_group_stays_with_the_access_role(normal: dict[str, Any], tmp_path: Path) -> None:
    normal = json.loads(json.dumps(normal))
    normal["feature_groups"]["sessions"]["classification"] = "restricted"
    documents = rendered(tmp_path, normal)
    assert documents["data_catalogs"]["core-search"]["groups"] == ["product-prices", "reviews", "users"]
    directly = [
        documents["catalogs"][CENTRAL]["policy"],
        documents["roles"][f"{TEAM}/{READER}"]["policies"]["direct-catalog"],
        json.dumps(
            [one for one in json.loads(documents["buckets"][BUCKET]["policy"])["Statement"] if "Directly" in one["Sid"]]
        ),
    ]
    assert not [text for text in directly if "sessions" in text]
    reader = documents["roles"][f"{CENTRAL}/fs-core-search-reader-offline"]["policies"]["read-offline"]
    assert "table/fs_features/sessions" in reader


def no_organization(normal: dict[str, Any]) -> None:
    normal["environment"]["organization_id"] = None


def in_the_central_account(normal: dict[str, Any]) -> None:
    normal["teams"]["core-search"]["account"] = CENTRAL


@pytest.mark.parametrize(
    ("change", "words"),
    [(no_organization, "asks for an organization"), (in_the_central_account, "has the central catalog already")],
)
def test_the_module_refuses_what_the_readers_refuse(
    change: Any, words: str, normal: dict[str, Any], tmp_path: Path
) -> None:
    normal = json.loads(json.dumps(normal))
    change(normal)
    with pytest.raises(FeatureShareError, match=words):
        rendered(tmp_path, normal)


def test_a_vpc_endpoint_of_the_team_lets_the_data_catalog_through_and_no_other(
    normal: dict[str, Any], tmp_path: Path
) -> None:
    normal = json.loads(json.dumps(normal))
    ids = {"vpc_id": "vpc-01234567", "subnet_ids": ["subnet-01234567"], "security_group_ids": ["sg-01234567"]}
    normal["teams"]["core-search"]["vpc_endpoints"] = {**ids, "route_table_ids": ["rtb-01234567"]}
    policies = rendered(tmp_path, normal)["endpoints"]["core-search"]["policies"]
    statements = json.loads(policies["athena"]["policy"])["Statement"]
    assert [one["Sid"] for one in statements] == ["RunQueries", "UseDirectCatalog"]
    assert statements[1]["Resource"] == f"arn:aws:athena:eu-west-1:{TEAM}:datacatalog/fs_core_search_central"
    readers = statements[1]["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert readers == [f"arn:aws:iam::{TEAM}:role/fs/execution/core-search/{READER}"]
    # The tables and files of the groups are let through for the team's principals already.
    assert f"{GLUE}:table/fs_features/sessions" in policies["glue"]["policy"]
