"""Probes of replicas: their readers reach nothing elsewhere, and nobody else reaches what is copied."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from featureshare.journeys.denials import Why
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import (
    RUNTIME,
    Row,
    central,
    execution_client,
    made_by,
    not_here,
    on_objects,
    one_of_each,
    row,
)
from featureshare.journeys.sessions import assume
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

_CALLS: tuple[tuple[str, str, str, Callable[..., None]], ...] = (
    ("ListObjects", "s3:ListBucket", "DenyListingToOthers", calls.list_objects),
    ("GetObject", "s3:GetObject", "DenyReadingToOthers", calls.get_object),
    ("PutObject", "s3:PutObject", "DenyWritingToOthers", calls.put_object),
    ("DeleteObject", "s3:DeleteObject", "DenyDeletingToOthers", calls.delete_object),
)


def _readers(stage: Stage) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every replica with a reader of ours."""
    for _, replica in sorted((stage.cast.render.get("replicas") or {}).items()):
        roles = stage.cast.render["roles"].values()
        ours = {role["arn"] for role in roles if role["kind"] == "replica-reader"}
        yield from ((replica, role) for role in sorted(replica["readers"].values()) if role in ours)


def reader_of_a_replica_elsewhere(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for replica, role in _readers(stage):
        made = partial(_client, stage, role, replica)
        for actor in one_of_each(stage):
            arn = actor.acts_as

            def take(role: str = role, arn: str = arn) -> None:
                assume(stage.sessions, stage.execution(role, "sagemaker"), arn, calls.PROBE)

            yield row(role, f"AssumeRole ({actor.verb})", arn, Why("sts:AssumeRole", "identity"), take)
        copied = [group for group in central(stage) if group.name in replica["groups"]]
        for group in copied:
            if group.online:
                call = partial(made_by, partial(made, RUNTIME), calls.get_record, group, group.arn)
                yield row(role, f"GetRecord {group.name}", group.arn, Why("sagemaker:GetRecord", "identity"), call)
            bucket, prefix = calls.bucket_and_prefix(group)
            for what, action, sid, call_ in _CALLS[:3]:
                at = on_objects(partial(made, "s3"), call_, bucket, prefix)
                yield row(role, f"{what} of {group.name} at the source", bucket, Why(action, "resource", sid), at)
            table = partial(made_by, partial(made, "glue"), _get_table, group.account, group.database, group.table)
            where = f"{group.database} in {group.account}"
            yield row(role, f"GetTable {group.table}", where, Why("glue:GetTable", "identity"), table)


def group_that_is_not_copied(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for replica, role in _readers(stage):
        made = partial(_client, stage, role, replica)
        for group in central(stage):
            if group.name in replica["groups"] or not group.offline:
                continue
            prefix = f"{group.name}/"
            listing = on_objects(partial(made, "s3"), calls.list_objects, replica["bucket"], prefix)
            yield row(role, f"ListObjects {prefix}", replica["bucket"], Why("s3:ListBucket", "identity"), listing)
            name = group.table or group.name
            table = partial(made_by, partial(made, "glue"), _get_table, replica["account"], replica["database"], name)
            yield row(role, f"GetTable {name}", replica["database"], Why("glue:GetTable", "identity"), table)


def replicas_parameters(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    """What a replica is told: asked for by teams, by a role of its account that is no reader, and, of a reader, more
    than its own."""
    why = Why("ssm:GetParametersByPath", "identity")
    for replica, role in _readers(stage):
        path = replica["sharing_path"]
        for _, _, team_role in stage.cast.principals():
            read = partial(made_by, partial(execution_client, stage, team_role, "ssm"), calls.parameters, path)
            yield row(team_role["arn"], f"GetParametersByPath {path}", path, why, read)
        others = [str(facts["sharing_path"]) for _, facts in sorted(stage.cast.teams.items())]
        for other in (*others[:1], path.rsplit("/", 2)[0]):
            read = partial(made_by, partial(_client, stage, role, replica, "ssm"), calls.parameters, other)
            yield row(role, f"GetParametersByPath {other}", other, why, read)
        who = f"role of {replica['account']} that is no reader"
        prefix = next(iter(replica["groups"].values()))["prefix"]
        asked: list[tuple[str, str, str, Why, Callable[..., None], tuple[str, ...]]] = [
            ("ssm", f"GetParametersByPath {path}", path, why, calls.parameters, (path,)),
        ]
        for what, action, sid, call in _CALLS[:2]:
            denied = Why(action, "resource", sid)
            asked.append(("s3", what, replica["bucket"], denied, call, (replica["bucket"], prefix)))
        for service, what, where, denied, call, arguments in asked:
            if strangers is None:
                yield not_here(who, what, where)
                continue
            client = partial(_nobodys_client, strangers, replica, service)
            yield row(who, what, where, denied, partial(made_by, client, call, *arguments))


def replica_directly(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    for replica, role in _readers(stage):
        bucket, prefix = _copies(replica)
        writing = on_objects(partial(_client, stage, role, replica, "s3"), calls.put_object, bucket, prefix)
        yield row(role, "PutObject", bucket, Why("s3:PutObject", "resource", "DenyWritingToOthers"), writing)
    # Also of a replica whose readers were there before: they may have more rights, and nobody else any.
    for _, replica in sorted((stage.cast.render.get("replicas") or {}).items()):
        bucket, prefix = _copies(replica)
        who = f"administrator of {replica['account']}"
        for what, action, sid, call in _CALLS:
            if strangers is None:
                yield not_here(who, what, bucket)
                continue
            client = partial(_administrators_client, strangers, replica)
            yield row(who, what, bucket, Why(action, "resource", sid), on_objects(client, call, bucket, prefix))


def _copies(replica: Mapping[str, Any]) -> tuple[str, str]:
    """A replica's bucket, and where the copies of one of its groups lie."""
    return str(replica["bucket"]), str(next(iter(replica["groups"].values()))["prefix"])


def _client(stage: Stage, role: str, replica: Mapping[str, Any], service: str) -> Any:
    return stage.execution(role, "sagemaker").client(service, region_name=replica["region"])


def _nobodys_client(strangers: Strangers, replica: Mapping[str, Any], service: str) -> Any:
    return strangers.nobody(replica["account"]).client(service, region_name=replica["region"])


def _administrators_client(strangers: Strangers, replica: Mapping[str, Any]) -> Any:
    return strangers.administrator(replica["account"]).client("s3", region_name=replica["region"])


def _get_table(client: Any, catalog: str, database: str | None, table: str | None) -> None:
    """The description of a table."""
    client.get_table(CatalogId=catalog, DatabaseName=database, Name=table)
