"""What exists outside Terraform becomes a declaration, or is refused with the difference."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from featureshare.adoption import Adoption, Found, adopt, read_groups
from featureshare.declaration import load
from featureshare.errors import BadInput
from featureshare.runner.stacks import Stack

ROOT = Path(__file__).parents[3]
CENTRAL = "222222222222"
STACK = Stack("local", "central-team", "data-curation", CENTRAL, "eu-west-1")
OFFLINE_ROLE = f"arn:aws:iam::{CENTRAL}:role/fs/offline-store/data-curation/fs-data-curation-offline-store"
FEATURES = [("user_id", "String"), ("event_time", "String"), ("segment", "String"), ("confidence", "Fractional")]


@pytest.fixture
def environments(tmp_path: Path) -> Path:
    folder = tmp_path / "environments"
    shutil.copytree(ROOT / "environments" / "local", folder / "local")
    return folder


def render() -> dict[str, Any]:
    """What the render says of the two groups below, by hand."""
    group = {
        "name": "user-segments",
        "account": CENTRAL,
        "owner": "data-curation",
        "store": "central",
        "created_by": "api",
        "classification": "internal",
        "contact": "data-curation@example.com",
        "record_identifier": "user_id",
        "event_time": "event_time",
        "features": [{"name": name, "type": kind} for name, kind in FEATURES],
        "online_store": {"enabled": True, "storage": "standard", "ttl": None},
        "offline_store": {"enabled": True, "format": "glue"},
        "offline_role_arn": OFFLINE_ROLE,
        "s3_uri": f"s3://fs-offline-{CENTRAL}-eu-west-1/user-segments",
        "database": "fs_features",
        "table": "user_segments",
    }
    space = {"name": "data-curation--*", "owner": "data-curation", "contact": "data-curation@example.com"}
    return {
        "environment": {"name": "local", "tags": {"project": "feature-share"}},
        "feature_groups": {f"{CENTRAL}/user-segments": group},
        "name_spaces": {f"{CENTRAL}/data-curation--*": space},
    }


def found(name: str, table: str, **changes: Any) -> Found:
    """A group as DescribeFeatureGroup shows it."""
    answer = {
        "FeatureGroupName": name,
        "RecordIdentifierFeatureName": "user_id",
        "EventTimeFeatureName": "event_time",
        "FeatureDefinitions": [{"FeatureName": feature, "FeatureType": kind} for feature, kind in FEATURES],
        "RoleArn": OFFLINE_ROLE,
        "OnlineStoreConfig": {"EnableOnlineStore": True, "TtlDuration": {"Unit": "Days", "Value": 7}},
        "OfflineStoreConfig": {
            "TableFormat": "Glue",
            "S3StorageConfig": {"S3Uri": f"s3://fs-offline-{CENTRAL}-eu-west-1/{name}"},
            "DataCatalogConfig": {"Database": "fs_features", "TableName": table},
        },
    }
    return Found(name, answer | changes, {"owner": "data-curation", "classification": "confidential"})


def test_a_group_of_a_name_space_is_declared_as_it_stands(environments: Path) -> None:
    one = found("data-curation--trial", "data_curation__trial")
    adoptions, strangers = adopt(environments, render(), [(STACK, one)])
    file = "environments/local/feature-groups/data-curation--trial.yaml"
    assert adoptions == [Adoption("data-curation--trial", "declared", file, "central-team/data-curation")]
    assert strangers == []
    group = load(environments, "local").feature_groups["data-curation--trial"]
    assert (group.created_by, group.owner, group.classification) == ("api", "data-curation", "confidential")
    assert group.contact == "data-curation@example.com"
    assert [(feature.name, feature.type) for feature in group.features] == FEATURES
    assert group.online_store.ttl is not None
    assert (group.online_store.ttl.value, group.online_store.ttl.unit) == (7, "Days")
    assert not (environments / "local" / "imports.json").exists()


def test_a_group_declared_for_the_api_is_handed_over_with_its_comments(environments: Path) -> None:
    file = environments / "local" / "feature-groups" / "user-segments.yaml"
    before = file.read_text()
    adoptions, _ = adopt(environments, render(), [(STACK, found("user-segments", "user_segments"))])
    assert [one.done for one in adoptions] == ["handed over"]
    assert adoptions[0].tags == ("classification", "contact", "feature-share", "project", "stack")
    imports = json.loads((environments / "local" / "imports.json").read_text())
    assert imports == {"central-team/data-curation": ["user-segments"]}
    kept = [line for line in before.splitlines() if "created_by" not in line and "data-curation: [" not in line]
    after = file.read_text().splitlines()
    assert [line for line in after if "data-curation: [" not in line] == kept
    assert load(environments, "local").feature_groups["user-segments"].created_by == "terraform"


def test_with_check_nothing_stays_written(environments: Path) -> None:
    before = {path: path.read_bytes() for path in environments.rglob("*") if path.is_file()}
    here = [(STACK, found("user-segments", "user_segments")), (STACK, found("data-curation--trial", "x"))]
    adoptions, _ = adopt(environments, render(), here, check=True)
    assert len(adoptions) == 2
    assert {path: path.read_bytes() for path in environments.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("features", {"FeatureDefinitions": [{"FeatureName": "user_id", "FeatureType": "String"}]}),
        ("owner", {"RoleArn": f"arn:aws:iam::{CENTRAL}:role/other"}),
        ("offline_store.enabled", {"OfflineStoreConfig": None}),
        ("online_store.enabled", {"OnlineStoreConfig": {"EnableOnlineStore": False}}),
        ("event_time", {"EventTimeFeatureName": "segment"}),
    ],
)
def test_a_group_that_is_otherwise_than_declared_is_refused(environments: Path, key: str, changes: Any) -> None:
    before = (environments / "local" / "feature-groups" / "user-segments.yaml").read_bytes()
    with pytest.raises(BadInput) as refused:
        adopt(environments, render(), [(STACK, found("user-segments", "user_segments", **changes))])
    assert [problem.key for problem in refused.value.problems] == [key]
    assert (environments / "local" / "feature-groups" / "user-segments.yaml").read_bytes() == before


def test_what_is_nobodys_is_named_and_left(environments: Path) -> None:
    elsewhere = Stack("local", "central-team", "core-search", CENTRAL, "eu-west-1")
    here = [(STACK, found("wild", "wild")), (elsewhere, found("data-curation--trial", "x"))]
    assert adopt(environments, render(), here) == ([], ["wild"])


def test_a_hand_over_that_leaves_a_verb_without_use_is_refused_and_undone(environments: Path) -> None:
    team = environments / "local" / "teams" / "data-curation.yaml"
    team.write_text(team.read_text().replace("namespace: true\n", ""))
    file = environments / "local" / "feature-groups" / "user-segments.yaml"
    before = file.read_bytes()
    with pytest.raises(BadInput, match="no feature group grants manage"):
        adopt(environments, render(), [(STACK, found("user-segments", "user_segments"))])
    assert file.read_bytes() == before
    assert not (environments / "local" / "imports.json").exists()
    # What another adoption noted stays.
    noted = '{\n  "central-team/data-curation": [\n    "older"\n  ]\n}\n'
    (environments / "local" / "imports.json").write_text(noted)
    with pytest.raises(BadInput, match="no feature group grants manage"):
        adopt(environments, render(), [(STACK, found("user-segments", "user_segments"))])
    assert (environments / "local" / "imports.json").read_text() == noted


def test_an_imports_file_that_is_none_is_refused(environments: Path) -> None:
    (environments / "local" / "imports.json").write_text("[1]")
    with pytest.raises(BadInput, match="names of groups by stack"):
        adopt(environments, render(), [])


class Pages:
    """SageMaker with two pages of groups."""

    def list_feature_groups(self, MaxResults: int, NextToken: str = "") -> dict[str, Any]:  # noqa: N803, boto3's names
        names, token = (["b"], {}) if NextToken else (["c", "a"], {"NextToken": "more"})
        return {"FeatureGroupSummaries": [{"FeatureGroupName": name} for name in names], **token}

    def describe_feature_group(self, FeatureGroupName: str) -> dict[str, Any]:  # noqa: N803
        return {"FeatureGroupName": FeatureGroupName, "FeatureGroupArn": f"arn:{FeatureGroupName}"}

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, ResourceArn: str) -> list[dict[str, Any]]:  # noqa: N803
        return [{"Tags": [{"Key": "of", "Value": ResourceArn}]}, {"Tags": [{"Key": "owner", "Value": "x"}]}]


def test_every_page_is_read_in_order_of_names() -> None:
    assert [one.name for one in read_groups(Pages())] == ["a", "b", "c"]
    assert [one.tags for one in read_groups(Pages(), {"b"})] == [{"of": "arn:b", "owner": "x"}]
