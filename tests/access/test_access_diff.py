"""A change of access is told as cells and requests, and a change of wording as that."""

import copy
import json
import subprocess

import planting as plant
import pytest

from featureshare.access.diff import checked_out, compare, markdown, owner_of
from featureshare.access.model import Model
from featureshare.errors import FeatureShareError

READER = "fs-core-search-reader-online"


def test_nothing_changed(shipped, normal):
    diff = compare(shipped, shipped, normal)
    assert not diff.new_access
    assert diff.changed == []
    assert "No document changes" in markdown(diff, "main")


def test_a_change_of_wording_says_so(shipped, documents, normal):
    policies = plant.role(documents, READER)["policies"]
    statement = json.loads(policies["read-online"])
    statement["Statement"][0]["Action"].reverse()
    statement["Statement"][0]["Sid"] = "Reworded"
    policies["read-online"] = json.dumps(statement)
    diff = compare(shipped, documents, normal)
    assert diff.wording_only
    assert "nobody's access changes" in markdown(diff, "main")


def test_a_new_grant_is_a_cell_requests_and_an_approval(shipped, documents, normal):
    plant.shared_silently(documents)
    diff = compare(shipped, documents, normal)
    assert diff.added == [("core-search", "user-segments", "read-online")]
    assert {one.action for one in diff.gained} >= {"sagemaker:GetRecord", "sagemaker:BatchGetRecord"}
    assert {one.resource.rpartition("/")[2] for one in diff.gained} == {"user-segments"}
    assert diff.approvers == ["data-curation"]
    assert diff.lost == []
    text = markdown(diff, "main")
    assert "| core-search | user-segments | read-online |" in text
    assert "Approval needed from: data-curation." in text


def test_a_revoked_grant_is_taken_away_and_needs_no_approval(shipped, documents, normal):
    plant.shared_silently(documents)
    diff = compare(documents, shipped, normal)
    assert diff.removed == [("core-search", "user-segments", "read-online")]
    assert not diff.new_access
    assert diff.approvers == []
    assert diff.lost


@pytest.mark.parametrize(
    ("change", "action"),
    [
        (
            plant.uncondition("fs-personalization-writer", "trust", "AssumeByDeclaredRoles", "ArnEquals"),
            "sts:AssumeRole",
        ),
        (plant.without("buckets", plant.BUCKET, "DenyReadingToOthers"), "s3:GetObject"),
        (
            plant.added(
                "keys",
                "222222222222/alias/fs-offline",
                Principal={"AWS": "arn:aws:iam::333333333333:root"},
                Action="kms:Decrypt",
                Resource="*",
            ),
            "kms:Decrypt",
        ),
        (plant.catalog, "glue:GetTable"),
        (plant.guard_gone, "iam:AttachRolePolicy"),
        (plant.boundary_gone, None),
    ],
    ids=["trust", "bucket", "key", "catalog", "guard", "boundary"],
)
def test_every_plane_is_compared(change, action, shipped, documents, normal):
    change(documents)
    diff = compare(shipped, documents, normal)
    assert diff.changed
    if action is None:
        assert not diff.new_access, "a role whose own policies stay within the boundary gains nothing by losing it"
    else:
        assert any(one.action.startswith(action) for one in diff.gained)
    assert not compare(shipped, copy.deepcopy(shipped), normal).changed


def test_whose_data_it_is(documents):
    model = Model(documents)
    assert owner_of(model, f"arn:aws:s3:::{plant.BUCKET}/sessions/x") == "personalization"
    assert owner_of(model, "arn:aws:glue:eu-west-1:222222222222:table/fs_features/users") == "data-curation"
    assert owner_of(model, f"arn:aws:s3:::{plant.RESULTS}/x") == "core-search"
    assert owner_of(model, f"arn:aws:s3:::{plant.BUCKET}") == "platform"


def test_a_revision_is_checked_out_beside(tmp_path):
    repository = tmp_path / "clone"
    (repository / "policies").mkdir(parents=True)
    (repository / "modules").mkdir()
    (repository / "environments").mkdir()
    for folder in ("policies", "modules", "environments"):
        (repository / folder / "file").write_text("then")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(repository), *command], check=True)
    (repository / "policies" / "file").write_text("now")
    folder = tmp_path / "then"
    folder.mkdir()
    checked_out(repository, "HEAD", folder)
    assert (folder / "policies" / "file").read_text() == "then"
    with pytest.raises(FeatureShareError, match="no-such-revision"):
        checked_out(repository, "no-such-revision", folder)
