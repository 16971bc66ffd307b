"""Files of unloads go when no table points to them and nothing has touched them for long; results never do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from featureshare.orphans import SAFE_AGE, Version, delete, orphans, read_locations, read_versions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=2)


def version(key: str, modified: datetime = OLD, number: str = "1") -> Version:
    return Version(key, number, modified, 10)


@pytest.mark.parametrize(
    ("key", "goes"),
    [
        ("shared/run1/users/part-0", True),
        ("shared/run2/users/part-0", False),  # a table points there
        ("shared/run2/users-v2/part-0", True),  # beside it, and no part of it
        ("shared/datasets/a1/source_1/part-0", True),
        ("shared/datasets/a1/spine/part-0", True),
        ("shared/datasets/a1/data/part-0", False),  # the data set itself
        ("shared/athena/query.csv", False),  # results of queries are none of this
        ("sharedness/x", False),
    ],
)
def test_what_goes(key: str, goes: bool) -> None:
    found = orphans([version(key)], ["shared/run2/users/"], NOW, SAFE_AGE)
    assert [one.key for one in found] == ([key] if goes else [])


def test_a_location_without_a_slash_holds_what_is_under_it_only() -> None:
    keys = ["shared/run2/users/part-0", "shared/run2/users-v2/part-0"]
    found = orphans(map(version, keys), ["shared/run2/users"], NOW, SAFE_AGE)
    assert [one.key for one in found] == keys[1:]


def test_a_file_is_as_young_as_its_youngest_version() -> None:
    young = NOW - timedelta(hours=23)
    versions = [version("shared/a/b"), version("shared/a/b", young, "2"), version("shared/a/c")]
    assert [one.key for one in orphans(versions, [], NOW, SAFE_AGE)] == ["shared/a/c"]
    assert len(orphans(versions, [], NOW, timedelta(hours=23))) == 3


class Pages:
    """A client whose one paginator gives the pages it was made with."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages, self.asked, self.sent = pages, [], []  # type: ignore[var-annotated]

    def get_paginator(self, operation: str) -> "Pages":
        self.asked.append(operation)
        return self

    def paginate(self, **parameters: Any) -> list[dict[str, Any]]:
        self.asked.append(parameters)
        prefix = parameters.get("Prefix")
        return [page for page in self.pages if prefix is None or page["Prefix"] == prefix]

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803, boto3's names
        self.sent.append(Delete["Objects"])
        return {"Errors": [{"Key": one["Key"]} for one in Delete["Objects"] if one["Key"] == "kept"]}


def test_versions_and_delete_markers_are_read_under_every_prefix() -> None:
    one = {"Key": "shared/x", "VersionId": "1", "LastModified": OLD, "Size": 5}
    marker = {"Key": "own/datasets/y", "VersionId": "2", "LastModified": OLD}
    s3 = Pages({"Prefix": "shared/", "Versions": [one]}, {"Prefix": "own/datasets/", "DeleteMarkers": [marker]})
    assert list(read_versions(s3, "b")) == [Version("shared/x", "1", OLD, 5), Version("own/datasets/y", "2", OLD, 0)]


def test_only_locations_in_the_bucket_count() -> None:
    tables = [{"StorageDescriptor": {"Location": f"s3://{place}"}} for place in ("b/shared/x/", "c/shared/x/")]
    glue = Pages({"TableList": [*tables, {"Name": "a view"}]})
    assert list(read_locations(glue, "555555555555", "shared", "b")) == ["shared/x/"]
    assert glue.asked[1] == {"CatalogId": "555555555555", "DatabaseName": "shared"}


def test_versions_are_deleted_a_thousand_at_a_time_and_refusals_are_told() -> None:
    s3, failed = Pages(), list[Any]()
    versions = [version(f"shared/{number}") for number in range(1500)] + [version("kept")]
    assert delete(s3, "b", versions, failed.append) == 1500
    assert [len(batch) for batch in s3.sent] == [1000, 501]
    assert s3.sent[0][0] == {"Key": "shared/0", "VersionId": "1"}
    assert failed == [{"Key": "kept"}]
