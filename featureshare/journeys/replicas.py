"""Training on a replica: its readers query it where it lies, without a role of the central account."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from featureshare.journeys import athena
from featureshare.journeys.cast import Group, Workgroup
from featureshare.journeys.data import from_text, newest
from featureshare.journeys.sessions import account_of
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt


def query(stage: Stage) -> Iterator[StepResult]:
    """Every reader of every replica reads what this run has written of the groups that are copied, and no more."""
    for name, replica in sorted((stage.cast.render.get("replicas") or {}).items()):
        for role in sorted(replica["readers"].values()):
            for group in stage.cast.groups:
                if group.store == "central" and group.name in replica["groups"] and group.arn in stage.written:
                    yield attempt(
                        6,
                        role,
                        f"Athena: {group.name} in replica {name}",
                        replica["account"],
                        partial(_query, stage, role, replica, group),
                    )


def copy_of(group: Group, replica: Mapping[str, Any]) -> Group:
    """The group as it lies in a replica: same features, another table."""
    table = replica["groups"][group.name]["table"]
    return replace(
        group,
        account=replica["account"],
        database=replica["database"],
        table=table,
        s3_uri=f"s3://{replica['bucket']}/{group.name}",
    )


def workgroup_of(replica: Mapping[str, Any]) -> Workgroup:
    """Where a replica's readers run their queries."""
    return Workgroup(
        name=replica["workgroup"],
        arn="",
        account=replica["account"],
        results_bucket=replica["results_bucket"],
        output_location=replica["output_location"],
        owner=replica["account"],
    )


def _query(stage: Stage, role: str, replica: Mapping[str, Any], group: Group) -> str:
    session = stage.execution(role, "sagemaker")
    client = session.client("athena", region_name=replica["region"])
    copy = copy_of(group, replica)
    sql = athena.newest_rows(copy, athena.of_run(copy, stage.shop.run))
    expected = {
        key: {name: row[name] for name, _ in group.features}
        for key, row in newest(group, stage.written[group.arn]).items()
    }
    start, pause = time.monotonic(), 0.5
    while True:
        # Replication is asynchronous: it takes seconds to minutes, and promises 15 minutes only with time control.
        texts = athena.select(client, sql, workgroup_of(replica), replica["database"], stage.options.query_wait)
        got = {str(row[group.record_identifier]): from_text(row, group.features) for row in texts}
        waited = time.monotonic() - start
        if got == expected:
            return f"{len(got)} records as at the source, as {account_of(role)} alone; after {waited:.1f} s"
        if waited > stage.options.offline_wait:
            wrong = [key for key, row in expected.items() if got.get(key) != row]
            raise Mismatch(f"{len(got)} records for {len(expected)} written, {len(wrong)} wrong, such as {wrong[:1]}")
        time.sleep(pause)
        pause = min(30.0, pause * 1.5)
