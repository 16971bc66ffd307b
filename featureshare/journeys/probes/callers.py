"""Probes of callers: principals that nobody declared, and requests that prove no caller."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3

from featureshare.journeys.cast import Actor
from featureshare.journeys.denials import EXPIRED, FORGED, UNSIGNED, Why
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import (
    RUNTIME,
    Row,
    any_online,
    central,
    made_by,
    not_here,
    on_objects,
    one_of_each,
    row,
    stranger_client,
)
from featureshare.journeys.sessions import COMPUTE_SERVICES, assume
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers


def stranger_of_the_same_account(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    for team, verb, arn in stage.cast.access_roles():
        account = stage.cast.teams[team]["account"]
        yield from _stranger_assumes(stage, strangers, account, f"undeclared role of {team}", arn, verb)


def undeclared_account(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    accounts = (
        [("account in no declaration", strangers.undeclared_account), ("outsider", strangers.outside_account)]
        if strangers
        else [("account in no declaration", "")]
    )
    for who, account in accounts:
        for _team, verb, arn in stage.cast.access_roles():
            yield from _stranger_assumes(stage, strangers, account, f"{who} {account}".strip(), arn, verb)
        group = next((group for group in central(stage) if group.online), None)
        if group is None:
            continue
        what = f"GetRecord {group.name}"
        if strangers is None:
            yield not_here(who, what, group.arn)
            continue
        client = partial(stranger_client, strangers, account, RUNTIME)
        call = partial(made_by, client, calls.get_record, group, group.arn)
        yield row(f"{who} {account}", what, group.arn, Why("sagemaker:GetRecord", "resource"), call)


def _stranger_assumes(
    stage: Stage, strangers: Strangers | None, account: str, who: str, arn: str, verb: str
) -> Iterator[Row]:
    if strangers is None:
        yield not_here(who, f"AssumeRole ({verb})", arn)
        return
    yield row(
        who,
        f"AssumeRole ({verb})",
        arn,
        Why("sts:AssumeRole", "resource"),
        lambda: assume(stage.sessions, strangers.administrator(account), arn, calls.PROBE),
    )


def organization_guard(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    role = next((role for role in stage.cast.render["roles"].values() if role["kind"] == "execution"), None)
    if role is not None:
        what = f"CreateRole under {role['path']}"
        who = f"undeclared role of {role['account']}"
        if strangers is None:
            yield not_here(who, what, role["account"])
        else:
            client = partial(stranger_client, strangers, role["account"], "iam")
            why = Why("iam:CreateRole", "scp", "DenyRoleChangesToOthers")
            yield row(who, what, role["account"], why, partial(made_by, client, calls.create_role, role["path"]))
    alias = stage.cast.render["names"]["online_key_alias"]
    account = stage.cast.central_account
    who = f"undeclared role of {account}"
    if strangers is None:
        yield not_here(who, "CreateAlias", account)
        return
    client = partial(stranger_client, strangers, account, "kms")
    why = Why("kms:CreateAlias", "scp", "DenyAliasChangesToOthers")
    yield row(who, "CreateAlias", account, why, partial(made_by, client, calls.create_alias, alias))


def expired_credentials(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    for actor in one_of_each(stage)[:1]:  # waiting for a session to end takes seconds
        if strangers is None:
            yield not_here(actor.role_arn, "AssumeRole after the session's end", actor.acts_as)
            continue
        service = COMPUTE_SERVICES[actor.compute]

        def call(actor: Actor = actor, service: str = service) -> None:
            assume(stage.sessions, strangers.expired(actor.role_arn, service), actor.acts_as, calls.PROBE)

        why = Why("", "authentication")
        yield row(actor.role_arn, "AssumeRole after the session's end", actor.acts_as, why, call, EXPIRED)


def forged_signature(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    for actor in one_of_each(stage):
        group = any_online(stage)
        if group is None:
            continue

        def forged(actor: Actor = actor) -> Any:
            return _forge(stage, stage.acting(actor)).client(RUNTIME)

        call = partial(made_by, forged, calls.get_record, group, group.name)
        yield row(actor.acts_as, "GetRecord, forged signature", group.arn, Why("", "authentication"), call, FORGED)


def _forge(stage: Stage, session: boto3.Session) -> boto3.Session:
    """The session with another secret than its own: whoever knows only the access key and the token."""
    keys = session.get_credentials().get_frozen_credentials()
    return stage.sessions.derive(
        {"AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key[::-1], "SessionToken": keys.token}
    )


def unsigned_request(stage: Stage, _: Strangers | None) -> Iterator[Row]:
    group = any_online(stage)
    if group is not None:
        client = partial(stage.sessions.derive(None).client, RUNTIME)
        call = partial(made_by, client, calls.get_record, group, group.name)
        yield row("anybody", f"GetRecord {group.name}", group.arn, Why("", "authentication"), call, UNSIGNED)
    for bucket in sorted(stage.cast.render["buckets"]):
        client = partial(stage.sessions.derive(None).client, "s3")
        listing = on_objects(client, calls.list_objects, bucket, "")
        why = Why("s3:ListBucket", "resource", "DenyListingToOthers")
        yield row("anybody", "ListObjects", bucket, why, listing, UNSIGNED)
