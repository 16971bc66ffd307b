"""What the provider cannot say: found by comparing, told in the plan, taken once."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from featureshare.runner import group_steps
from featureshare.runner.environment import AmbientAccess
from featureshare.runner.group_steps import AwsFeatureGroups, Described, groups_of, steps, told
from featureshare.runner.stacks import Stack

STACK = Stack("test", "central-team", "producer", "222222222222", "eu-west-1")
ROLE = "arn:aws:iam::222222222222:role/fs/deploy/fs-deploy"


def feature(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "String", "description": f"The {name}.", "parameters": {}} | more


def group(*features: dict[str, Any], storage: str = "standard", **more: Any) -> dict[str, Any]:
    listed = list(features) or [feature("id")]
    store = {"enabled": True, "storage": storage}
    return {"features": listed, "online_store": store, "owner": "producer", "store": "central"} | more


def as_declared(declared: Mapping[str, Any], storage: str = "Standard") -> Described:
    names = tuple(one["name"] for one in declared["features"])
    metadata = {one["name"]: (one["description"], one["parameters"]) for one in declared["features"]}
    return Described(names, storage, metadata)


def test_nothing_is_left_of_what_is_as_declared() -> None:
    declared = group(feature("id"), feature("at", parameters={"unit": "s"}), storage="standard-v2")
    assert steps("clicks", declared, as_declared(declared, "Standard_V2")) == ()


def test_features_are_added_in_order_and_a_hundred_at_a_time() -> None:
    declared = group(feature("id"), *(feature(f"f{number}") for number in range(150)))
    there = Described(("id",), "Standard", {"id": ("The id.", {})})
    found = [one for one in steps("clicks", declared, there) if one.operation == "update_feature_group"]
    assert [len(one.parameters["FeatureAdditions"]) for one in found] == [100, 50]
    assert found[0].parameters["FeatureAdditions"][0] == {"FeatureName": "f0", "FeatureType": "String"}


def test_a_vector_is_added_with_its_dimension() -> None:
    declared = group(feature("id"), feature("v", type="Fractional", collection="vector", dimension=3))
    found = steps("clicks", declared, Described(("id",), "InMemory", {"id": ("The id.", {})}))
    assert found[0].parameters["FeatureAdditions"] == [
        {
            "FeatureName": "v",
            "FeatureType": "Fractional",
            "CollectionType": "Vector",
            "CollectionConfig": {"VectorConfig": {"Dimension": 3}},
        }
    ]


@pytest.mark.parametrize(
    ("declared", "there", "wanted"),
    [
        ("standard-v2", "Standard", True),
        ("standard-v2", "Standard_V2", False),
        ("standard", "Standard", False),
        ("standard", "Standard_V2", False),  # no way back: the plan is refused
        ("in-memory", "InMemory", False),
    ],
)
def test_standard_becomes_standard_v2(declared: str, there: str, wanted: bool) -> None:
    one = group(storage=declared)
    operations = [step.parameters for step in steps("clicks", one, as_declared(one, there))]
    assert operations == ([{"OnlineStoreConfig": {"StorageType": "Standard_V2"}}] if wanted else [])


def test_metadata_is_what_is_declared_and_nothing_else() -> None:
    declared = group(feature("id", parameters={"unit": "euro", "kept": "1"}))
    there = Described(("id",), "Standard", {"id": ("Old words.", {"unit": "dollar", "kept": "1", "gone": "x"})})
    [step] = steps("clicks", declared, there)
    assert (step.operation, step.parameters) == (
        "update_feature_metadata",
        {
            "FeatureName": "id",
            "Description": "The id.",
            "ParameterAdditions": [{"Key": "unit", "Value": "euro"}],
            "ParameterRemovals": ["gone"],
        },
    )
    assert str(step) == "clicks: description and parameters and parameters taken away of id"


def test_a_group_that_is_not_there_is_made_with_its_features_and_then_described() -> None:
    declared = group(feature("id"), feature("at"), storage="standard-v2")
    found = steps("clicks", declared, None)
    assert [one.operation for one in found] == ["update_feature_group", *["update_feature_metadata"] * 2]
    assert told(found) == (
        "clicks: storage from standard to standard-v2 (there is no way back)",
        "clicks: metadata of 2 features",
    )


def test_a_stack_s_groups_are_those_that_it_makes() -> None:
    normal = {
        "feature_groups": {
            "mine": group(),
            "others": group(owner="consumer"),
            "elsewhere": group(store="team"),
            "by-api": group(created_by="api"),
        }
    }
    assert set(groups_of(normal, STACK)) == {"mine"}
    assert groups_of(normal, Stack("test", "central", None, "222222222222", "eu-west-1")) == {}


class Sagemaker:
    """SageMaker with one group, of which an update takes two looks."""

    def __init__(self) -> None:
        self.features, self.storage, self.metadata = ["id"], "Standard", {"id": {"Description": "Old."}}
        self.looks, self.status = 0, "Successful"

    def describe_feature_group(self, **asked: str) -> dict[str, Any]:
        if asked["FeatureGroupName"] != "clicks":
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": ""}}, "DescribeFeatureGroup")
        self.looks -= 1
        status = "InProgress" if self.looks > 0 else self.status
        definitions = [{"FeatureName": name} for name in self.features]
        rest = "NextToken" in asked
        return {
            "FeatureDefinitions": definitions[1:] if rest else definitions[:1],
            "NextToken": "" if rest or len(definitions) == 1 else "more",
            "OnlineStoreConfig": {"StorageType": self.storage},
            "LastUpdateStatus": {"Status": status, "FailureReason": "no capacity"},
        }

    def describe_feature_metadata(self, **asked: str) -> dict[str, Any]:
        return self.metadata.get(asked["FeatureName"], {})

    def update_feature_group(self, **change: Any) -> None:
        assert self.looks <= 0, "an update is in progress"
        self.looks = 2
        self.features += [one["FeatureName"] for one in change.get("FeatureAdditions", ())]
        self.storage = change.get("OnlineStoreConfig", {}).get("StorageType", self.storage)

    def update_feature_metadata(self, **change: Any) -> None:
        self.metadata[change["FeatureName"]] = {"Description": change["Description"]}


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Sagemaker:
    made = Sagemaker()

    class Clients:
        def client(self, service: str) -> Sagemaker:
            assert service == "sagemaker"
            return made

    monkeypatch.setattr(group_steps, "as_role", lambda *_: Clients())
    monkeypatch.setattr(group_steps, "_PAUSE", 0.0)
    return made


def _left(aws: AwsFeatureGroups, groups: Mapping[str, Any]) -> Sequence[group_steps.Step]:
    there = aws.described(STACK, ROLE, groups)
    return [step for name, declared in groups.items() for step in steps(name, declared, there[name])]


def test_steps_are_taken_once(sagemaker: Sagemaker) -> None:
    groups = {"clicks": group(feature("id"), feature("at"), storage="standard-v2")}
    aws = AwsFeatureGroups(AmbientAccess({}))
    aws.take(STACK, ROLE, _left(aws, groups))
    assert (sagemaker.features, sagemaker.storage) == (["id", "at"], "Standard_V2")
    assert _left(aws, groups) == []


def test_a_group_that_is_not_there_is_none(sagemaker: Sagemaker) -> None:
    assert AwsFeatureGroups(AmbientAccess({})).described(STACK, ROLE, {"new": group()}) == {"new": None}


def test_an_update_that_fails_is_told_with_its_reason(sagemaker: Sagemaker) -> None:
    sagemaker.status = "Failed"
    aws = AwsFeatureGroups(AmbientAccess({}))
    with pytest.raises(group_steps.FeatureShareError, match=r"clicks: storage from .*: no capacity\."):
        aws.take(STACK, ROLE, steps("clicks", group(storage="standard-v2"), None))
