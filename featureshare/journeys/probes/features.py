"""Probes of feature groups: what an access role must not do beyond its verb and its groups."""

from collections.abc import Callable, Iterator
from functools import partial

from featureshare.journeys import athena
from featureshare.journeys.cast import Actor
from featureshare.journeys.denials import DENIED, QUERY_DENIED, Why
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import (
    RUNTIME,
    Row,
    assuming,
    central,
    execution_client,
    made_by,
    not_here,
    query,
    row,
    stranger_client,
)
from featureshare.journeys.sessions import account_of, assume
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers


def producer_writes_anothers_group(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in assuming(stage, "write"):
        for group in central(stage):
            if not group.grants(actor.team, "write") and stage.cast.may_write(group):
                client = partial(stage.client, actor, RUNTIME)
                yield row(
                    actor.acts_as,
                    f"PutRecord {group.name}",
                    group.arn,
                    Why("sagemaker:PutRecord", "identity"),
                    partial(made_by, client, calls.put_record, group, group.name),
                )
                break


def writer_deletes(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in assuming(stage, "write"):
        for group in central(stage):
            if group.owner == actor.team and stage.cast.may_write(group):
                client = partial(stage.client, actor, RUNTIME)
                yield row(
                    actor.acts_as,
                    f"DeleteRecord {group.name}",
                    group.arn,
                    Why("sagemaker:DeleteRecord", "identity"),
                    partial(made_by, client, calls.delete_record, group, group.name, stage.now),
                )
                break


def updater_oversteps(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """Who may update named features updates no other, alone or beside one that is named, and writes no record."""
    for actor in assuming(stage, "update"):
        client = partial(stage.client, actor, RUNTIME)
        why = Why("sagemaker:PutRecord", "identity")
        for group in central(stage):
            named = group.updates.get(actor.team, ())
            if not named or not stage.cast.may_write(group):
                continue
            others = [name for name, _ in group.features if name not in (*named, group.record_identifier)]
            for names in ((others[0],), (named[0], others[0])):
                call = partial(made_by, client, calls.update_record, group, names)
                yield row(actor.acts_as, f"UpdateRecord {group.name}: {', '.join(names)}", group.arn, why, call)
            call = partial(made_by, client, calls.put_record, group, group.name)
            yield row(actor.acts_as, f"PutRecord {group.name}", group.arn, why, call)
        for group in central(stage):
            if group.storage != "standard" and actor.team not in group.updates and stage.cast.may_write(group):
                call = partial(made_by, client, calls.update_record, group, (group.event_time,))
                yield row(actor.acts_as, f"UpdateRecord {group.name}", group.arn, why, call)
                break


def consumer_writes(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in (*assuming(stage, "read-online"), *assuming(stage, "read-offline")):
        for group in central(stage):
            if group.grants(actor.team, actor.verb) and stage.cast.may_write(group):
                client = partial(stage.client, actor, RUNTIME)
                yield row(
                    actor.acts_as,
                    f"PutRecord {group.name}",
                    group.arn,
                    Why("sagemaker:PutRecord", "identity"),
                    partial(made_by, client, calls.put_record, group, group.name),
                )
                break


def reader_of_one_group_reads_another(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in assuming(stage, "read-online"):
        for group in central(stage):
            if group.online and not group.grants(actor.team, "read-online"):
                client = partial(stage.client, actor, RUNTIME)
                what = f"GetRecord {group.name}"
                call = partial(made_by, client, calls.get_record, group, group.name)
                yield row(actor.acts_as, what, group.arn, Why("sagemaker:GetRecord", "identity"), call)
                what, why = f"BatchGetRecord {group.name}", Why("sagemaker:BatchGetRecord", "identity")
                yield row(actor.acts_as, what, group.arn, why, partial(made_by, client, calls.batch_get_record, group))
    for actor in assuming(stage, "read-offline"):
        workgroup = stage.cast.workgroup(actor.team, account_of(actor.acts_as))
        for group in central(stage):
            if workgroup is None or not group.offline or stage.cast.serves(actor, group):
                continue
            sql = f"SELECT 1 FROM {athena.table(group)} LIMIT 1"
            asked = partial(query, stage, actor, sql, workgroup, group.database)
            codes = DENIED | {QUERY_DENIED}
            why = Why("glue:GetTable", "identity")
            yield row(actor.acts_as, f"Athena: {group.name}", group.arn, why, asked, codes)
            bucket, prefix = calls.bucket_and_prefix(group)
            client = partial(stage.client, actor, "s3")
            read = partial(made_by, client, calls.get_object, bucket, prefix)
            why = Why("s3:GetObject", "identity")
            yield row(actor.acts_as, f"GetObject of {group.name}", bucket, why, read)


def job_reads_anothers_files(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """What a job that reads files itself needs of catalog and bucket, on what is not granted."""
    for actor in assuming(stage, "read-offline"):
        for group in central(stage):
            if not group.offline or stage.cast.serves(actor, group):
                continue
            glue, s3 = partial(stage.client, actor, "glue"), partial(stage.client, actor, "s3")
            for what, action, call in (
                ("GetTable", "glue:GetTable", calls.get_table),
                ("GetPartitions", "glue:GetPartitions", calls.get_partitions),
            ):
                asked = partial(made_by, glue, call, group)
                yield row(actor.acts_as, f"{what} {group.name}", group.arn, Why(action, "identity"), asked)
            bucket, prefix = calls.bucket_and_prefix(group)
            listing = partial(made_by, s3, calls.list_objects, bucket, prefix)
            yield row(actor.acts_as, f"ListObjects of {group.name}", bucket, Why("s3:ListBucket", "identity"), listing)


def execution_role_skips_its_access_role(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    made: dict[str, tuple[str, Callable[..., None]]] = {
        "write": ("PutRecord", calls.put_record),
        "read-online": ("GetRecord", calls.get_record),
    }
    for actor in stage.cast.assuming():
        if actor.verb not in made or actor.account == account_of(actor.acts_as):
            continue
        operation, call = made[actor.verb]
        for group in central(stage):
            reachable = group.online or actor.verb == "write"
            if group.grants(actor.team, actor.verb) and reachable and stage.cast.may_write(group):
                client = partial(stage.own_client, actor, RUNTIME)
                yield row(
                    actor.role_arn,
                    f"{operation} {group.name}",
                    group.arn,
                    Why(f"sagemaker:{operation}", "identity"),
                    partial(made_by, client, call, group, group.arn),
                )
                break


def another_teams_own_store(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    for group in stage.cast.groups:
        if group.store != "team" or not group.online:
            continue
        for team, principal, role in stage.cast.principals():
            if team != group.owner:
                client = partial(execution_client, stage, role, RUNTIME)
                call = partial(made_by, client, calls.get_record, group, group.arn)
                what = f"GetRecord {group.name} as {team}.{principal}"
                yield row(role["arn"], what, group.arn, Why("sagemaker:GetRecord", "identity"), call)
        central_account = stage.cast.central_account
        who, what = f"undeclared role of {central_account}", f"GetRecord {group.name}"
        if strangers is None:
            yield not_here(who, what, group.arn)
            continue
        client = partial(stranger_client, strangers, central_account, RUNTIME)
        call = partial(made_by, client, calls.get_record, group, group.arn)
        # Whoever may do everything in his own account is stopped there by the store's key alone.
        closed = "kms:Decrypt" if group.account == central_account else "sagemaker:GetRecord"
        yield row(who, what, group.arn, Why(closed, "resource"), call)


def another_teams_parameters(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """What another team is told, looked for in one's own account, and all that lies above one's own path."""
    paths = {team: str(facts["sharing_path"]) for team, facts in stage.cast.teams.items()}
    for team, _principal, role in stage.cast.principals():
        others = [path for other, path in sorted(paths.items()) if other != team]
        client = partial(execution_client, stage, role, "ssm")
        why = Why("ssm:GetParametersByPath", "identity")
        for path in (*others[:1], paths[team].rsplit("/", 2)[0]):
            read = partial(made_by, client, calls.parameters, path)
            yield row(role["arn"], f"GetParametersByPath {path}", path, why, read)


def serving_role_reads_offline(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in assuming(stage, "read-online"):
        role = stage.cast.teams[actor.team]["execution_roles"][actor.principal]
        reader = stage.cast.teams[actor.team]["access_roles"].get("read-offline")
        workgroup = stage.cast.workgroup(actor.team, account_of(actor.acts_as))
        if reader is None or workgroup is None or "read-offline" in role["verbs"]:
            continue
        yield row(
            actor.role_arn,
            "AssumeRole",
            reader,
            Why("sts:AssumeRole", "identity"),
            partial(_assume, stage, actor, reader),
        )
        yield row(
            actor.acts_as,
            "StartQueryExecution",
            workgroup.arn,
            Why("athena:StartQueryExecution", "identity"),
            partial(query, stage, actor, "SELECT 1", workgroup, None),
        )


def athena_of_other_clients(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    """What clients ask that know nothing of the environment: no workgroup named, and a table of their own (CTAS)."""
    for actor in assuming(stage, "read-offline"):
        account = account_of(actor.acts_as)
        workgroup = stage.cast.workgroup(actor.team, account)
        group = next((one for one in central(stage) if one.offline and stage.cast.serves(actor, one)), None)
        if workgroup is None or group is None:
            continue
        primary = f"{workgroup.arn.rpartition('/')[0]}/primary"
        if not stage.cast.teams[actor.team]["allow_primary"]:
            client = partial(stage.client, actor, "athena")
            for what, action, call in (
                ("StartQueryExecution without a workgroup", "athena:StartQueryExecution", calls.query_anywhere),
                ("GetWorkGroup primary", "athena:GetWorkGroup", calls.look_at_primary),
            ):
                yield row(actor.acts_as, what, primary, Why(action, "identity"), partial(made_by, client, call))
        sql = f"CREATE TABLE {athena.quoted(group.database or '')}.probe AS SELECT * FROM {athena.table(group)} LIMIT 0"
        asked = partial(query, stage, actor, sql, workgroup, group.database)
        why = Why("glue:CreateTable", "identity")
        yield row(actor.acts_as, "Athena: CREATE TABLE AS", group.database or "", why, asked, DENIED | {QUERY_DENIED})


def _assume(stage: Stage, actor: Actor, role_arn: str) -> None:
    assume(stage.sessions, stage.execution(actor.role_arn, actor.compute), role_arn, calls.PROBE)


def manager_creates_an_undeclared_group(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in assuming(stage, "manage"):
        for group in central(stage):
            if group.grants(actor.team, "manage"):
                client = partial(stage.client, actor, "sagemaker")
                yield row(
                    actor.acts_as,
                    "CreateFeatureGroup of an undeclared name",
                    group.account,
                    Why("sagemaker:CreateFeatureGroup", "identity"),
                    partial(made_by, client, calls.create_group, group),
                )
                break


def key_is_used_directly(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for verb, alias in (("read-online", "online_key_alias"), ("read-offline", "offline_key_alias")):
        for actor in assuming(stage, verb):
            groups = [group for group in central(stage) if group.grants(actor.team, verb)]
            name = next((getattr(group, alias) for group in groups if getattr(group, alias)), None)
            if name:
                client = partial(stage.client, actor, "kms")
                call = partial(made_by, client, calls.decrypt, name)
                yield row(actor.acts_as, "Decrypt", name, Why("kms:Decrypt", "identity"), call)
