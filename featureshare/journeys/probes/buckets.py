"""Probes of buckets: the offline store and the results of queries, past the services that use them."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from featureshare.journeys.cast import Actor, Group, Workgroup
from featureshare.journeys.denials import DENIED, OVERRIDDEN, QUERY_DENIED, Why
from featureshare.journeys.probes import calls
from featureshare.journeys.probes.table import (
    Row,
    assuming,
    central,
    execution_client,
    made_by,
    not_here,
    on_objects,
    query,
    row,
    stranger_client,
)
from featureshare.journeys.sessions import account_of
from featureshare.journeys.stage import Stage
from featureshare.journeys.strangers import Strangers

_OBJECT_CALLS: tuple[tuple[str, str, Callable[..., None]], ...] = (
    ("ListObjects", "s3:ListBucket", calls.list_objects),
    ("GetObject", "s3:GetObject", calls.get_object),
    ("PutObject", "s3:PutObject", calls.put_object),
    ("DeleteObject", "s3:DeleteObject", calls.delete_object),
)

# Which statement of the bucket policy denies each of these calls to others, in their order.
_OFFLINE_SIDS = ("DenyListingToOthers", "DenyReadingToOthers", "DenyWritingToOthers", "DenyDeletingToOthers")
_RESULT_SIDS = ("DenyListingToOthers", "DenyObjectsToOthers", "DenyObjectsToOthers", "DenyDeletingToOthers")


def offline_bucket(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    places = {calls.bucket_and_prefix(group)[0]: group for group in stage.cast.groups if group.offline}
    for bucket, group in places.items():
        prefix = calls.bucket_and_prefix(group)[1]
        for team, principal, role in stage.cast.principals():
            if group.store == "team" and team == group.owner:
                continue  # its own store: what its roles may do there is theirs
            own = partial(execution_client, stage, role, "s3")
            direct = stage.cast.render["data_catalogs"].get(team)
            reads = group.store == "central" and direct is not None and role["arn"] in direct["readers"]
            for (what, action, call), sid in zip(_OBJECT_CALLS, _OFFLINE_SIDS, strict=True):
                if reads and what in ("ListObjects", "GetObject"):
                    continue  # in its place, which other probes go beyond
                why = Why(action, "resource", sid)
                yield row(
                    role["arn"], f"{what} as {team}.{principal}", bucket, why, on_objects(own, call, bucket, prefix)
                )
        for verb in ("write", "read-online", "manage"):
            for actor in assuming(stage, verb):
                client = partial(stage.client, actor, "s3")
                call = on_objects(client, calls.get_object, bucket, prefix)
                why = Why("s3:GetObject", "resource", "DenyReadingToOthers")
                yield row(actor.acts_as, "GetObject", bucket, why, call)
        for actor in assuming(stage, "read-offline"):
            client = partial(stage.client, actor, "s3")
            call = on_objects(client, calls.put_object, bucket, prefix)
            yield row(actor.acts_as, "PutObject", bucket, Why("s3:PutObject", "resource", "DenyWritingToOthers"), call)
        yield from _administrator(strangers, group.account, bucket, prefix, _OFFLINE_SIDS)
        yield _wrong_encryption(strangers, group, bucket, prefix)


def _wrong_encryption(strangers: Strangers | None, group: Group, bucket: str, prefix: str) -> Row:
    role = group.offline_role_arn or ""
    what = "PutObject with another encryption"
    if strangers is None:
        return not_here(role, what, bucket)

    def call() -> None:
        client = strangers.serving(role, "sagemaker.amazonaws.com").client("s3")
        calls.put_object(client, bucket, prefix, ServerSideEncryption="AES256")

    return row(role, what, bucket, Why("s3:PutObject", "resource", "DenyWrongEncryption"), call)


def another_teams_results(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    for owner, facts in sorted(stage.cast.teams.items()):
        bucket = facts["results_bucket"]
        if bucket is None:
            continue
        for team, principal, role in stage.cast.principals():
            if team == owner and "read-offline" in role["verbs"]:
                continue
            own = partial(execution_client, stage, role, "s3")
            for (what, action, call), sid in zip(_OBJECT_CALLS, _RESULT_SIDS, strict=True):
                why = Why(action, "resource", sid)
                yield row(role["arn"], f"{what} as {team}.{principal}", bucket, why, on_objects(own, call, bucket, ""))
        for actor in assuming(stage, "read-offline"):
            if actor.team != owner:
                client = partial(stage.client, actor, "s3")
                call = on_objects(client, calls.get_object, bucket, "")
                why = Why("s3:GetObject", "resource", "DenyObjectsToOthers")
                yield row(actor.acts_as, "GetObject", bucket, why, call)
        yield from _administrator(strangers, facts["account"], bucket, "", _RESULT_SIDS)


def central_results(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    """Results in the central account: each team's own prefix under its own access role, and nothing else."""
    bucket = stage.cast.render["names"].get("results_bucket")
    if not bucket:
        return
    readers = assuming(stage, "read-offline")
    for actor in readers:
        prefix = stage.cast.teams[actor.team]["results_prefix"]
        client = partial(stage.client, actor, "s3")
        own = partial(execution_client, stage, {"arn": actor.role_arn, "compute": actor.compute}, "s3")
        others = [f"{calls.PROBE}/", f"{actor.account}/{calls.PROBE}/"]
        others += [stage.cast.teams[other.team]["results_prefix"] for other in readers if other.team != actor.team]
        for under in filter(None, others):
            for what, action, call in (*_OBJECT_CALLS[1:3], _OBJECT_CALLS[0]):
                why = Why(action, "identity")
                yield row(actor.acts_as, f"{what} under {under}", bucket, why, on_objects(client, call, bucket, under))
        if prefix:
            why = Why("s3:GetObject", "resource", "DenyObjectsToOthers")
            call = on_objects(own, calls.get_object, bucket, prefix)
            yield row(actor.role_arn, "GetObject, without its access role", bucket, why, call)
            why = Why("s3:DeleteObject", "resource", "DenyDeletingToOthers")
            call = on_objects(client, calls.delete_object, bucket, prefix)
            yield row(actor.acts_as, "DeleteObject", bucket, why, call)
    yield from _administrator(strangers, stage.cast.central_account, bucket, "", _RESULT_SIDS)


def _administrator(
    strangers: Strangers | None, account: str, bucket: str, prefix: str, sids: tuple[str, ...]
) -> Iterator[Row]:
    """What an administrator of the bucket's own account may not do with its objects: the bucket policy denies it."""
    who = f"undeclared role of {account}"
    for (what, action, call), sid in zip(_OBJECT_CALLS, sids, strict=True):
        if strangers is None:
            yield not_here(who, what, bucket)
            continue
        client = partial(stranger_client, strangers, account, "s3")
        yield row(who, what, bucket, Why(action, "resource", sid), on_objects(client, call, bucket, prefix))


def plain_http(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    """Readers may list what they list, but not without TLS; trying that on real AWS would send a token in the clear."""
    tried: set[str] = set()
    for group in stage.cast.groups:
        for team in sorted(stage.cast.teams):
            actor = stage.cast.actor(team, "read-offline", group)
            if actor is None or not group.offline:
                continue
            bucket, prefix = calls.bucket_and_prefix(group)
            places = [(bucket, prefix, stage.client, actor.acts_as)]
            results = stage.cast.teams[team]["results_bucket"]
            if results:
                places.append((results, "", stage.own_client, actor.role_arn))
            for name, under, client, who in places:
                if name in tried:
                    continue
                tried.add(name)
                if strangers is None:
                    yield not_here(who, "ListObjects over HTTP", name)
                    continue
                call = partial(_over_http, strangers, partial(client, actor, "s3"), name, under)
                yield row(who, "ListObjects over HTTP", name, Why("s3:ListBucket", "resource", "DenyPlainHttp"), call)


def _over_http(strangers: Strangers, client: Callable[[], Any], bucket: str, prefix: str) -> None:
    made = client()
    calls.list_objects(made, bucket, prefix)  # allowed, so that the next one fails for want of TLS alone
    with strangers.plain_http():
        calls.list_objects(made, bucket, prefix)


def bucket_elsewhere(stage: Stage, strangers: Strangers | None) -> Iterator[Row]:
    for actor in assuming(stage, "read-offline"):
        workgroup = stage.cast.workgroup(actor.team, account_of(actor.acts_as))
        group = next((group for group in central(stage) if stage.cast.serves(actor, group)), None)
        if workgroup is None or group is None:
            continue
        other = next((name for name in stage.cast.render["buckets"] if name != workgroup.results_bucket), None)
        if other:
            client = partial(stage.client, actor, "athena")
            call = partial(made_by, client, calls.elsewhere, workgroup, other)
            codes = DENIED | {OVERRIDDEN, QUERY_DENIED}
            yield row(actor.acts_as, "a query's result in another bucket", other, None, call, codes)
        client = partial(stage.client, actor, "s3")
        if workgroup.owner != workgroup.account:
            call = partial(
                made_by, client, calls.list_objects, workgroup.results_bucket, "", ExpectedBucketOwner=workgroup.account
            )
            what = "the results bucket, were it of another account"
            yield row(actor.acts_as, what, workgroup.results_bucket, None, call)
        if strangers is None:
            yield not_here(actor.acts_as, "UNLOAD into a bucket that anybody may write", "another account")
            continue
        call = partial(_unload_elsewhere, stage, actor, group, workgroup, strangers)
        why = Why("s3:*", "identity")  # the first right that a write into a bucket needs
        codes = DENIED | {QUERY_DENIED}
        where = strangers.undeclared_account
        yield row(actor.acts_as, "UNLOAD into a bucket that anybody may write", where, why, call, codes)


def _unload_elsewhere(stage: Stage, actor: Actor, group: Group, workgroup: Workgroup, strangers: Strangers) -> None:
    """UNLOAD to a bucket of an undeclared account whose own policy lets anybody in; it is removed afterwards."""
    bucket = f"{calls.PROBE}-{stage.shop.run}"
    s3 = strangers.administrator(strangers.undeclared_account).client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": stage.sessions.region})
    try:
        s3.delete_public_access_block(Bucket=bucket)  # with it, a new bucket takes no public policy
        s3.put_bucket_policy(Bucket=bucket, Policy=_open_to_all(bucket))
        sql = f"UNLOAD (SELECT 1 AS one) TO 's3://{bucket}/{calls.PROBE}/' WITH (format = 'PARQUET')"
        query(stage, actor, sql, workgroup, group.database)
    finally:
        for stored in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=stored["Key"])
        s3.delete_bucket(Bucket=bucket)


def _open_to_all(bucket: str) -> str:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})
