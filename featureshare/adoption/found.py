"""What is in an account: its feature groups as SageMaker describes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from featureshare.runner.api_groups import group_names


@dataclass(frozen=True)
class Found:
    """A feature group that exists, with its tags; `answer` is DescribeFeatureGroup's."""

    name: str
    answer: Mapping[str, Any]
    tags: Mapping[str, str]


def read_groups(client: Any, wanted: "set[str] | None" = None) -> Iterator[Found]:
    """The groups of an account and Region, by name; `wanted` names those to describe (None: all).

    Needs ListFeatureGroups, DescribeFeatureGroup and ListTags. Raises botocore's ClientError when AWS refuses.
    """
    for name in sorted(group_names(client)):
        if wanted is not None and name not in wanted:
            continue
        answer = client.describe_feature_group(FeatureGroupName=name)
        pages = client.get_paginator("list_tags").paginate(ResourceArn=answer["FeatureGroupArn"])
        tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
        yield Found(name, answer, tags)
