"""Selectors of a trail, over boto3 on moto with its corrections."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from services_world import REGION

DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
ADVANCED = {"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}


@pytest.fixture
def trails() -> Iterator[Any]:
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="trail-of-tests")
        found = boto3.client("cloudtrail", region_name=REGION)
        found.create_trail(Name="one", S3BucketName="trail-of-tests")
        yield found


def has(trails: Any) -> tuple[bool, bool]:
    shown = trails.describe_trails(trailNameList=["one"])["trailList"][0]
    return shown["HasCustomEventSelectors"], shown["HasInsightSelectors"]


def code(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**given)
    return str(caught.value.response["Error"]["Code"])


def test_a_new_trail_has_the_default_selector_and_no_insights(trails: Any) -> None:
    assert trails.get_event_selectors(TrailName="one")["EventSelectors"] == [DEFAULT]
    assert code(trails.get_insight_selectors, TrailName="one") == "InsightNotEnabledException"
    assert has(trails) == (False, False)


def test_selectors_are_completed_and_replace_each_other(trails: Any) -> None:
    own = {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}
    answer = trails.put_event_selectors(TrailName="one", EventSelectors=[own])
    assert answer["EventSelectors"] == [{**DEFAULT, **own}]
    assert has(trails) == (True, False)
    trails.put_event_selectors(TrailName="one", AdvancedEventSelectors=[ADVANCED])
    found = trails.get_event_selectors(TrailName="one")
    assert (found["EventSelectors"], found["AdvancedEventSelectors"]) == ([], [ADVANCED])
    assert has(trails) == (True, False)
    trails.put_event_selectors(TrailName="one", EventSelectors=[{"ReadWriteType": "All"}])
    found = trails.get_event_selectors(TrailName="one")
    assert (found["EventSelectors"], found["AdvancedEventSelectors"]) == ([DEFAULT], [])
    assert has(trails) == (False, False)


def test_selectors_of_both_kinds_or_none_are_refused(trails: Any) -> None:
    both = {"EventSelectors": [DEFAULT], "AdvancedEventSelectors": [ADVANCED]}
    assert code(trails.put_event_selectors, TrailName="one", **both) == "InvalidEventSelectorsException"
    assert code(trails.put_event_selectors, TrailName="one") == "InvalidEventSelectorsException"


def test_an_empty_list_leaves_the_default(trails: Any) -> None:
    trails.put_event_selectors(TrailName="one", AdvancedEventSelectors=[ADVANCED])
    trails.put_event_selectors(TrailName="one", AdvancedEventSelectors=[])
    assert trails.get_event_selectors(TrailName="one")["EventSelectors"] == [DEFAULT]
    assert has(trails) == (False, False)


def test_insights_are_replaced(trails: Any) -> None:
    rate, error = {"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}
    trails.put_insight_selectors(TrailName="one", InsightSelectors=[rate, error])
    trails.put_insight_selectors(TrailName="one", InsightSelectors=[error])
    assert trails.get_insight_selectors(TrailName="one")["InsightSelectors"] == [error]
    assert has(trails) == (False, True)
    trails.put_insight_selectors(TrailName="one", InsightSelectors=[])
    assert code(trails.get_insight_selectors, TrailName="one") == "InsightNotEnabledException"
    assert has(trails) == (False, False)
