"""Probes of restricted groups: their rows, and whatever is made of them, stay in the account of their team."""

from collections.abc import Iterator
from functools import partial

from featureshare.journeys.athena import quoted, table
from featureshare.journeys.cast import Group
from featureshare.journeys.denials import DENIED, QUERY_DENIED, Why
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import Row, assuming, made_by, on_objects, row
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

OWN = "own/"
"""Where a team's own account puts what it makes of its own groups (modules/access-policies, offline_reading.tf)."""


def leaves_its_account(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """No role of the central account reads a restricted group or what queries made of it, and nobody unloads it there:
    not even as the team that owns it."""
    for group in stage.cast.groups:
        if group.classification == "restricted" and group.offline:
            yield from _read_from_the_central_account(stage, group)
            yield from _unloaded_to_the_central_account(stage, group)


def _read_from_the_central_account(stage: Stage, group: Group) -> Iterator[Row]:
    bucket, prefix = calls.bucket_and_prefix(group)
    results = stage.cast.teams[group.owner]["results_bucket"]
    for actor in assuming(stage, "read-offline"):
        acting = partial(stage.client, actor)
        look = partial(made_by, partial(acting, "glue"), calls.get_table, group)
        yield row(actor.acts_as, f"GetTable {group.name}", group.arn, Why("glue:GetTable", "identity"), look)
        s3 = partial(acting, "s3")
        why = Why("s3:GetObject", "resource", "DenyReadingToOthers")
        yield row(
            actor.acts_as, f"GetObject of {group.name}", bucket, why, on_objects(s3, calls.get_object, bucket, prefix)
        )
        if results is None or actor.team != group.owner:
            continue  # another team's results bucket is closed as a whole, and has probes of its own
        for what, action, call in (
            ("ListObjects", "s3:ListBucket", calls.list_objects),
            ("GetObject", "s3:GetObject", calls.get_object),
            ("PutObject", "s3:PutObject", calls.put_object),
        ):
            at = on_objects(s3, call, results, OWN)
            yield row(actor.acts_as, f"{what} of results under {OWN}", results, Why(action, "identity"), at)


def _unloaded_to_the_central_account(stage: Stage, group: Group) -> Iterator[Row]:
    actor = stage.cast.actor(group.owner, "read-offline", group)
    workgroup = stage.cast.workgroup(group.owner, group.account)
    if actor is None or workgroup is None:
        return
    for name, facts in sorted(stage.cast.render["buckets"].items()):
        if facts["account"] != stage.cast.central_account:
            continue
        text = f"SELECT {quoted(group.record_identifier)} FROM {table(group)} LIMIT 1"
        sql = f"UNLOAD ({text}) TO 's3://{name}/{calls.PROBE}/' WITH (format = 'PARQUET')"
        asking = partial(stage.own_client, actor, "athena")
        why = Why("s3:*", "identity")  # the first right that a write into a bucket needs
        call = partial(made_by, asking, calls.query, sql, workgroup)
        yield row(actor.role_arn, f"UNLOAD {group.name} into {name}", name, why, call, DENIED | {QUERY_DENIED})
