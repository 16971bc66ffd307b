"""What is in an account: its feature groups as SageMaker describes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


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
    for name in sorted(_names(client)):
        if wanted is not None and name not in wanted:
            continue
        answer = client.describe_feature_group(FeatureGroupName=name)
        pages = client.get_paginator("list_tags").paginate(ResourceArn=answer["FeatureGroupArn"])
        tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
        yield Found(name, answer, tags)


def _names(client: Any) -> Iterator[str]:
    token: dict[str, str] = {}
    while True:
        page = client.list_feature_groups(MaxResults=100, **token)
        yield from (one["FeatureGroupName"] for one in page["FeatureGroupSummaries"])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
