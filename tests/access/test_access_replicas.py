"""Replicas in the proof: isolated readers, one role that fills them, and no other way in."""

import json
import shutil
from pathlib import Path
from typing import Any

import planned
import pytest
from brute import brute_force
from planting import Change, bucket, edited, policy, replaced, role, sid, trust, without
from ruamel.yaml import YAML

from featureshare.access import PROVED, Matrix, prove
from featureshare.access.diff import compare, owner_of
from featureshare.access.explain import Explainer
from featureshare.access.minimal import minimal
from featureshare.access.model import Model
from featureshare.access.plans import from_plans
from featureshare.declaration import load
from featureshare.errors import BadInput
from featureshare.render import render

ROOT = Path(__file__).parents[2]

REPLICA, COPY = "121212121212", "fs-research-replica-121212121212-eu-west-1"
READER = "fs-research-training"


def reads_another_account(documents: dict[str, Any]) -> None:
    extra = {"Sid": "Elsewhere", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [extra]})
    role(documents, READER, REPLICA)["policies"]["elsewhere"] = text


def reader_is_not_told(documents: dict[str, Any]) -> None:
    del role(documents, READER, REPLICA)["policies"]["read-sharing"]


def boundary(old: str, new: str) -> Change:
    arn = f"arn:aws:iam::{REPLICA}:policy/fs/boundary/fs-research-replica-boundary"
    return lambda documents: replaced(documents["managed_policies"][arn], "document", old, new)


def key_for_everybody(documents: dict[str, Any]) -> None:
    def edit(statements: list[dict[str, Any]]) -> None:
        del sid(statements, "EncryptReplicas")["Condition"]["ArnEquals"]

    edited(documents["keys"][f"{REPLICA}/alias/fs-research-replica"], "policy", edit)


FAULTS: dict[str, Change] = {
    "a reader may take a role elsewhere": reads_another_account,
    "a reader reads a group that is not copied": policy(READER, "read-offline", "/users/*", "/*", REPLICA),
    "a reader is told what others are": policy(READER, "read-sharing", "fs/research/sharing", "fs/*", REPLICA),
    "a reader is told what a team is": policy(
        READER, "read-sharing", "fs/research/sharing", "fs/core-search/sharing", REPLICA
    ),
    "a reader reads more of the parameters": policy(
        READER, "read-sharing", "ssm:GetParametersByPath", "ssm:GetParameter", REPLICA
    ),
    "a reader is not told what it has": reader_is_not_told,
    "its boundary leaves no room for being told": boundary("parameter/fs/research/sharing", "parameter/fs/research"),
    "its boundary leaves room for more": boundary("parameter/fs/research/sharing", "parameter/fs/*"),
    "the role reads a group that is not copied": policy("fs-replication", "replicate", "/users/*", "/*"),
    "the role copies to a bucket of anybody": policy(
        "fs-replication", "replicate-to-research", REPLICA, "999988887777"
    ),
    "the role's key is any bucket's": policy(
        "fs-replication", "replicate-to-research", f'"arn:aws:s3:::{COPY}"', '"arn:aws:s3:::other"'
    ),
    "another bucket's replication takes the role": trust("fs-replication", "fs-offline-2", "fs-offline-*2"),
    "another account's jobs take the role": trust(
        "fs-replication", '"aws:SourceAccount":"222222222222"', '"aws:SourceAccount":"333333333333"'
    ),
    "any role of the central account fills it": bucket("role/fs/replication/fs-replication", "role/fs/*", COPY),
    "administrators of its account read it": without("buckets", COPY, "DenyReadingToOthers"),
    "everybody of the central account uses its key": key_for_everybody,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, normal: dict[str, Any], documents: dict[str, Any]) -> None:
    FAULTS[fault](documents)
    assert prove(normal, documents, first=True).result != PROVED


def test_a_rule_to_another_bucket_is_a_fault_of_the_plan(
    tmp_path: Path, normal: dict[str, Any], documents: dict[str, Any]
) -> None:
    planned.write(normal, documents, tmp_path)
    assert from_plans(normal, tmp_path, documents).faults == []
    file = tmp_path / "replication.json"
    plan = json.loads(file.read_text())
    holder = {"text": json.dumps(plan)}
    replaced(
        holder,
        "text",
        f'"destination": [{{"bucket": "arn:aws:s3:::{COPY}"',
        '"destination": [{"bucket": "arn:aws:s3:::x"',
    )
    file.write_text(holder["text"])
    assert from_plans(normal, tmp_path, documents).faults == [
        "the replication rules of the plans are not those of the declaration"
    ]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`local` with replicas of every kind: another Region, the central account itself, a team's account, a brought
    reader, delete markers."""
    root = tmp_path_factory.mktemp("replicas")
    for folder in ("environments", "modules", "policies"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".terraform*"))
    file = root / "environments" / "local" / "environment.yaml"
    yaml = YAML()
    document = yaml.load(file)
    document["replicas"] |= {
        "north": {
            "account": "343434343434",
            "region": "eu-north-1",
            "feature_groups": ["users"],
            "readers": ["a", "b"],
        },
        "attic": {
            "account": "222222222222",
            "feature_groups": ["reviews", "users"],
            "delete_markers": True,
            "readers": ["archive"],
        },
        "lab": {
            "account": "555555555555",
            "region": "eu-north-1",
            "feature_groups": ["sessions"],
            "readers": ["arn:aws:iam::555555555555:role/own/reader"],
        },
    }
    yaml.dump(document, file)
    return root


def test_replicas_of_every_kind_are_proved_and_need_all_they_have(elsewhere: Path) -> None:
    documents, normal = render("local", elsewhere), load(elsewhere / "environments", "local").normal()
    proof = prove(normal, documents)
    assert proof.result == PROVED, [one.words for one in proof.counterexamples][:5] + proof.faults
    assert minimal(normal, documents, elsewhere / "policies").unneeded == []
    kinds = {key: sorted(one["policies"]) for key, one in documents["roles"].items() if key.endswith("-deploy")}
    assert kinds["343434343434/fs-deploy"] == [
        "keys-eu-north-1",
        "parameters-eu-north-1",
        "replica",
        "roles",
        "storage-eu-north-1",
    ]
    assert {"parameters", "parameters-eu-north-1"} <= set(kinds["555555555555/fs-deploy"])
    assert "parameters" in kinds["222222222222/fs-deploy"]
    assert "storage-eu-north-1" in kinds["555555555555/fs-deploy"]
    assert {"replica", "replication"} <= set(kinds["222222222222/fs-deploy"])
    assert "replica" not in kinds["111111111111/fs-deploy"]


def test_a_reader_is_told_that_it_reaches_the_copy_alone(normal: dict[str, Any], documents: dict[str, Any]) -> None:
    explainer = Explainer(normal, Model(documents))
    reader = f"arn:aws:iam::{REPLICA}:role/fs/replica-reader/research/{READER}"
    group = "arn:aws:sagemaker:eu-west-1:222222222222:feature-group/sessions"
    found = explainer.explain(reader, "sagemaker:GetRecord", group)
    assert (found.allowed, found.on_purpose) == (False, True)
    assert "replicas.research.feature_groups" in found.advice
    assert found.broken is not None
    assert "sessions, users" in found.broken.text


COPIED = f"arn:aws:s3:::{COPY}/sessions/x"


def test_a_reader_is_told_what_works_on_its_copy(normal: dict[str, Any], documents: dict[str, Any]) -> None:
    explainer = Explainer(normal, Model(documents))
    assert explainer.explain("research/training", "s3:GetObject", COPIED).allowed
    by_name = explainer.explain("research/training", "s3:GetObject", "sessions")
    assert by_name.allowed
    assert "on the copy" in by_name.advice
    other = explainer.explain("research/training", "s3:GetObject", f"arn:aws:s3:::{COPY}/reviews/x")
    assert (other.allowed, other.on_purpose) == (False, True)
    assert "replicas.research.feature_groups" in other.advice


@pytest.mark.parametrize("principal", ["core-search/training", f"arn:aws:iam::{REPLICA}:role/another"])
def test_others_are_told_whose_a_copy_is(principal: str, normal: dict[str, Any], documents: dict[str, Any]) -> None:
    found = Explainer(normal, Model(documents)).explain(principal, "s3:GetObject", COPIED)
    assert (found.allowed, found.on_purpose) == (False, True)
    assert "replicas.research.readers" in found.advice


def test_a_copy_that_the_documents_withhold_is_not_denied_on_purpose(
    normal: dict[str, Any], documents: dict[str, Any]
) -> None:
    policy(READER, "read-offline", f'"arn:aws:s3:::{COPY}/sessions/*"', '"arn:aws:s3:::x/*"', REPLICA)(documents)
    found = Explainer(normal, Model(documents)).explain("research/training", "s3:GetObject", COPIED)
    assert (found.allowed, found.on_purpose) == (False, False)
    assert found.advice == "featureshare apply local: the documents say otherwise than the declaration"


def test_a_principal_that_nobody_declared_is_named_with_those_there_are(
    normal: dict[str, Any], documents: dict[str, Any]
) -> None:
    explainer = Explainer(normal, Model(documents))
    for unknown in ("research/nobody", "nobody/training"):
        with pytest.raises(BadInput, match=f"{unknown} is in no declaration.*research/training"):
            explainer.explain(unknown, "s3:GetObject", COPIED)


def test_replicas_of_every_kind_are_in_the_matrix(elsewhere: Path) -> None:
    brought = "lab/arn:aws:iam::555555555555:role/own/reader"
    model = Model(render("local", elsewhere))
    cells = Matrix(model).cells
    assert {key: cell.access for key, cell in cells.items() if cell.copy} == {
        ("research/training", "sessions in research", "read-offline"): "yes",
        ("research/training", "users in research", "read-offline"): "yes",
        ("north/a", "users in north", "read-offline"): "yes",
        ("north/b", "users in north", "read-offline"): "yes",
        ("attic/archive", "reviews in attic", "read-offline"): "yes",
        ("attic/archive", "users in attic", "read-offline"): "yes",
        (brought, "sessions in lab", "read-offline"): "yes",
    }
    # A role that is brought is taken to hold everything in its account, where a team has a store of its own.
    others = {(cell.team, cell.group) for cell in cells.values() if "/" in cell.team and not cell.copy}
    assert others == {(brought, "keywords")}
    assert set(cells) == brute_force(model)


def test_a_new_copy_is_new_access_that_its_owner_approves(shipped: dict[str, Any], elsewhere: Path) -> None:
    after, normal = render("local", elsewhere), load(elsewhere / "environments", "local").normal()
    diff = compare(shipped, after, normal)
    assert ("attic/archive", "reviews in attic", "read-offline") in diff.added
    assert ("north/b", "users in north", "read-offline") in diff.added
    assert {"data-curation", "personalization", "product-success"} <= set(diff.approvers)
    assert compare(after, shipped, load(ROOT / "environments", "local").normal()).added == []


def test_an_object_of_a_copy_is_its_owner_s(documents: dict[str, Any]) -> None:
    model = Model(documents)
    assert owner_of(model, COPIED) == "personalization"
    assert owner_of(model, f"arn:aws:glue:eu-west-1:{REPLICA}:table/fs_research_replica/users") == "data-curation"
    assert owner_of(model, f"arn:aws:s3:::{COPY}") == "platform"
