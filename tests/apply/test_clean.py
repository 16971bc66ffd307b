"""Files of an unload that failed are deleted; what a table points to, and what a data set consists of, stays."""

from typing import Any

import pytest

from featureshare.journeys.cast import Cast
from featureshare.journeys.combine import table_input
from featureshare.journeys.sessions import LocalSessions

pytestmark = pytest.mark.timeout(300)


def test_only_what_nothing_points_to_goes(applied_local: Any) -> None:
    cast = Cast(applied_local.render)
    facts = cast.teams["core-search"]
    bucket, database = facts["results_bucket"], facts["shared_database"]
    sessions = LocalSessions(applied_local.localaws, applied_local.render["environment"]["region"])
    session = sessions.session(facts["execution_roles"]["training"]["arn"], "sagemaker")
    s3, glue = session.client("s3"), session.client("glue")
    keys = [
        "shared/failed/users/part-0",
        "shared/kept/users/part-0",
        "shared/datasets/d1/source_1/part-0",
        "own/datasets/d1/data/0",
    ]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"rows")
    group = next(one for one in cast.groups if one.name == "users")
    location = f"s3://{bucket}/shared/kept/users/"
    glue.create_table(DatabaseName=database, TableInput=table_input(group, "kept", location))
    try:
        found = applied_local.copy.json("clean", "local", "--older-than", "0", "--check")["buckets"]
        assert [(one["bucket"], one["deleted"]) for one in found] == [(bucket, 0)]
        assert found[0]["found"] >= 2
        assert _there(s3, bucket, keys) == keys
        cleaned = applied_local.copy.json("clean", "local", "core-search", "--older-than", "0")["buckets"]
        assert cleaned[0]["deleted"] == cleaned[0]["found"] == found[0]["found"]
        assert _there(s3, bucket, keys) == [keys[1], keys[3]]
        assert applied_local.copy.json("clean", "local", "--older-than", "0")["buckets"][0]["found"] == 0
    finally:
        glue.delete_table(DatabaseName=database, Name="kept")


def _there(s3: Any, bucket: str, keys: list[str]) -> list[str]:
    listed = {
        one["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for one in page["Contents"]
    }
    return [key for key in keys if key in listed]
