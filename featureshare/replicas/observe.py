"""Looking at a replica and its source: listings as the deploy roles, which may list and not read; status and checksum
of single objects as whoever is declared to read them, where such a session can be had."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from featureshare.journeys.cast import Actor, Cast
from featureshare.journeys.sessions import NoSession, Sessions, assume
from featureshare.replicas.receipt import OUTSIDE, GroupReceipt, Version, by_group, compare

Look = Callable[[str], Any]
"""Gives an S3 client that may read a group's objects; raises NoSession when there is none."""

_THREADS = 8
_CHECKSUMS = ("ChecksumCRC64NVME", "ChecksumCRC32", "ChecksumCRC32C", "ChecksumSHA1", "ChecksumSHA256")


def receipts(
    render: Mapping[str, Any], name: str, source: Any, copy: Any, *, look: tuple[Look, Look], heads: int
) -> list[GroupReceipt]:
    """The receipts of a replica's groups. `source` and `copy` are S3 clients that may list, `look` gives clients that
    may read at the source and at the copy; of each group at most `heads` objects are looked at, missing ones first.

    Raises botocore's ClientError when a listing is refused.
    """
    replica = render["replicas"][name]
    prefixes = {group: it["prefix"] for group, it in replica["groups"].items()}
    bucket = render["replication"]["bucket"]
    theirs = {group: list(listing(source, bucket, prefix)) for group, prefix in prefixes.items()}
    ours = by_group(listing(copy, replica["bucket"], ""), prefixes)
    now = datetime.now(UTC)
    here = f"arn:{render['environment']['partition']}:s3:::{replica['bucket']}"
    timed = {
        rule["prefix"]: rule["id"]
        for rule in render["replication"]["rules"]
        if rule["bucket"] == here and rule["time_control"]
    }
    out = []
    for group in sorted(prefixes):
        there = {(version.key, version.id) for version in ours[group]}
        order = sorted(theirs[group], key=lambda one: (one.key, one.id) in there)
        chosen, rest = order[:heads], order[heads:]
        seen = [*looked_at(look[0], group, bucket, chosen), *rest]
        wanted = {(version.key, version.id) for version in chosen}
        mine = [one for one in ours[group] if (one.key, one.id) in wanted]
        others = [one for one in ours[group] if (one.key, one.id) not in wanted]
        copied = [*looked_at(look[1], group, replica["bucket"], mine), *others]
        out.append(compare(group, seen, copied, now, timed.get(prefixes[group], "")))
    if ours.get(OUTSIDE):
        out.append(compare(OUTSIDE, (), ours[OUTSIDE], now))
    return out


def listing(client: Any, bucket: str, prefix: str) -> Iterable[Version]:
    """Every version under a prefix; delete markers are no versions."""
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for one in page.get("Versions", ()):
            yield Version(one["Key"], one["VersionId"], one["Size"], one["LastModified"])


def looked_at(look: Look, group: str, bucket: str, versions: list[Version]) -> list[Version]:
    """The versions with status and checksum, as far as they are current and may be read."""
    if not versions:
        return versions
    try:
        client = look(group)
    except (NoSession, ClientError, BotoCoreError):
        return versions
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda version: _head(client, bucket, version), versions))


def _head(client: Any, bucket: str, version: Version) -> Version:
    try:
        # Readers may read what is current, and no version by its id.
        found = client.head_object(Bucket=bucket, Key=version.key, ChecksumMode="ENABLED")
    except ClientError:
        return version
    if found.get("VersionId") != version.id:
        return version
    checksum = next((f"{name}:{found[name]}" for name in _CHECKSUMS if found.get(name)), None)
    return replace(version, status=found.get("ReplicationStatus", "NONE"), checksum=checksum)


def _as_reader(sessions: Sessions, actor: Actor, role: str) -> Any:
    base = sessions.session(actor.role_arn, actor.compute)
    return assume(sessions, base, role, "receipt", sessions.source_identity(actor.role_arn)).session.client("s3")


def readers(render: Mapping[str, Any], name: str, sessions: Sessions) -> tuple[Look, Look]:
    """Who looks at the objects of a replica's groups: at the source a team that reads the group offline, at the copy
    one of the replica's readers."""
    cast, replica = Cast(render), render["replicas"][name]
    clients: dict[str, Any] = {}

    def once(key: str, make: Callable[[], Any]) -> Any:
        if key not in clients:
            clients[key] = make()
        return clients[key]

    def at_source(group: str) -> Any:
        wanted = next(one for one in cast.groups if one.name == group and one.store == "central")
        for team in sorted(cast.teams):
            actor = cast.actor(team, "read-offline", wanted)
            if actor is not None and actor.access_role is not None:
                return once(actor.access_role, partial(_as_reader, sessions, actor, actor.access_role))
        raise NoSession(f"no team reads {group} offline")

    def at_copy(group: str) -> Any:
        role = next(iter(replica["readers"].values()))
        return once(role, lambda: sessions.session(role, "sagemaker").client("s3", region_name=replica["region"]))

    return at_source, at_copy
