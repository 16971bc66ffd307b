"""Probes of direct catalogs: what is not granted stays closed, to others everything, and nothing is written."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from featureshare.journeys import athena
from featureshare.journeys.cast import Group
from featureshare.journeys.denials import DENIED, QUERY_DENIED, Why
from featureshare.journeys.direct import table
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import (
    Row,
    central,
    execution_client,
    made_by,
    not_here,
    on_objects,
    row,
    stranger_client,
)
from featureshare.journeys.sessions import COMPUTE_SERVICES
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

_QUERY = frozenset({QUERY_DENIED}) | DENIED


def _catalogs(stage: Stage) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Every team with a data catalog of the central account, and each role of ours that reads through it."""
    for team, catalog in sorted(stage.cast.render["data_catalogs"].items()):
        for role in stage.cast.teams[team]["execution_roles"].values():
            if role["arn"] in catalog["readers"] and role["compute"] in COMPUTE_SERVICES:
                yield team, catalog, role


def not_granted(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """Groups of the central store that the team is not granted, and other databases."""
    for team, catalog, role in _catalogs(stage):
        who = role["arn"]
        workgroup = stage.cast.workgroup(team, catalog["account"])
        asking = partial(execution_client, stage, role)
        for group in central(stage):
            if not group.offline or group.name in catalog["groups"]:
                continue
            bucket, prefix = calls.bucket_and_prefix(group)
            text = f"SELECT * FROM {table(group, catalog['name'])} LIMIT 1"
            why = Why("glue:GetTable", "identity")
            if workgroup is not None:
                query = partial(made_by, partial(asking, "athena"), calls.query, text, workgroup)
                yield row(who, f"query {group.name} through {catalog['name']}", group.arn, why, query, _QUERY)
            look = partial(made_by, partial(asking, "glue"), calls.get_table, group)
            yield row(who, f"GetTable {group.name}", group.arn, why, look)
            for what, action, call in (
                ("ListObjects", "s3:ListBucket", calls.list_objects),
                ("GetObject", "s3:GetObject", calls.get_object),
            ):
                at = on_objects(partial(asking, "s3"), call, bucket, prefix)
                yield row(who, f"{what} of {group.name}", bucket, Why(action, "identity"), at)
        if workgroup is not None:
            text = f"SELECT * FROM {athena.quoted(catalog['name'])}.{athena.quoted('default')}.probe"
            query = partial(made_by, partial(asking, "athena"), calls.query, text, workgroup)
            why = Why("glue:GetDatabase", "identity")
            yield row(who, "query another database", catalog["name"], why, query, _QUERY)


def others(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    """What one role of one team reads directly: its colleagues, other teams, and administrators of either account."""
    for _, catalog in sorted(stage.cast.render["data_catalogs"].items()):
        group = next((one for one in central(stage) if one.name in catalog["groups"]), None)
        if group is None:
            continue
        for _team, _name, role in stage.cast.principals():
            if role["arn"] not in catalog["readers"]:
                client = partial(execution_client, stage, role)
                yield _looks(role["arn"], client, group, "identity")
                yield from _takes(role["arn"], client, group)
        for account in sorted({facts["account"] for facts in stage.cast.teams.values()}):
            who = f"administrator of {account}"
            if strangers is None:
                yield not_here(who, f"GetTable {group.name}", group.arn)
                continue
            client = partial(stranger_client, strangers, account)
            # The catalog's policy closes nothing to the administrators of its own account; the bucket's does.
            if account != group.account:
                yield _looks(who, client, group, "resource")
            yield from _takes(who, client, group)


def _looks(who: str, client: Callable[[str], Any], group: Group, layer: str) -> Row:
    look = partial(made_by, partial(client, "glue"), calls.get_table, group)
    return row(who, f"GetTable {group.name}", group.arn, Why("glue:GetTable", layer), look)


def _takes(who: str, client: Callable[[str], Any], group: Group) -> Iterator[Row]:
    bucket, prefix = calls.bucket_and_prefix(group)
    at = on_objects(partial(client, "s3"), calls.get_object, bucket, prefix)
    why = Why("s3:GetObject", "resource", "DenyReadingToOthers")
    yield row(who, f"GetObject of {group.name}", bucket, why, at)


def writing(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """Tables, files and the catalog itself: whoever reads directly changes none of them."""
    for _team, catalog, role in _catalogs(stage):
        who, asking = role["arn"], partial(execution_client, stage, role)
        group = next((one for one in central(stage) if one.name in catalog["groups"]), None)
        if group is None:
            continue
        for what, action, change in (
            ("UpdateTable", "glue:UpdateTable", calls.update_table),
            ("DeleteTable", "glue:DeleteTable", calls.delete_table),
        ):
            at = partial(made_by, partial(asking, "glue"), change, group)
            yield row(who, f"{what} beside {group.name}", group.arn, Why(action, "identity"), at)
        bucket, prefix = calls.bucket_and_prefix(group)
        for what, action, sid, write in (
            ("PutObject", "s3:PutObject", "DenyWritingToOthers", calls.put_object),
            ("DeleteObject", "s3:DeleteObject", "DenyDeletingToOthers", calls.delete_object),
        ):
            there = on_objects(partial(asking, "s3"), write, bucket, prefix)
            yield row(who, f"{what} in {group.name}", bucket, Why(action, "resource", sid), there)
        turn = partial(made_by, partial(asking, "athena"), calls.update_data_catalog, catalog["name"], group.account)
        yield row(
            who,
            f"UpdateDataCatalog {catalog['name']}",
            catalog["arn"],
            Why("athena:UpdateDataCatalog", "identity"),
            turn,
        )
