"""When a group was created, read off the folder that SageMaker writes to (aws-facts: ResolvedOutputS3Uri)."""

from typing import Any

import pytest

from featureshare.runner.created import created_of, variables
from featureshare.runner.environment import AmbientAccess
from featureshare.runner.stacks import find, stacks_of


@pytest.mark.parametrize(
    ("uri", "second"),
    [
        ("s3://b/clicks/222222222222/sagemaker/eu-west-1/offline-store/clicks-1700000000/data", 1700000000),
        ("s3://b/p/222222222222/sagemaker/eu-west-1/offline-store/clicks-v2-1700000001/data/", 1700000001),
        ("s3://b/clicks", None),
        (None, None),
    ],
)
def test_the_second_is_the_last_part_of_the_folder(uri: str | None, second: int | None) -> None:
    described = {"OfflineStoreConfig": {"S3StorageConfig": {"ResolvedOutputS3Uri": uri}}}
    assert created_of(described) == second


def test_an_online_group_has_none() -> None:
    assert created_of({}) is None


def test_only_replicas_ask(normal: dict[str, Any]) -> None:
    normal["replicas"] = {"lab": {"account": "9", "region": "eu-west-1", "feature_groups": ["clicks"]}}
    stacks, access = stacks_of(normal), AmbientAccess({})

    def ask(*_: Any) -> dict[str, int]:
        return {"clicks": 1700000000}

    told = {stack.name: variables(normal, stack, access, ask) for stack in stacks}
    assert {name: more for name, more in told.items() if more} == {
        "replica/lab": {"TF_VAR_created": '{"clicks": 1700000000}'}
    }
    assert find(stacks, "replica", "lab").replica == "lab"
