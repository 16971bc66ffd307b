"""Training on a replica: its readers query it where it lies, without a role of the central account, and build there the
data set that a team has built from the source."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from featureshare.client import Client, Manifest, NotCopied
from featureshare.journeys import athena, client
from featureshare.journeys.cast import Actor, Group, Workgroup
from featureshare.journeys.combine import joining_feature
from featureshare.journeys.data import from_text, newest
from featureshare.journeys.sessions import account_of
from featureshare.journeys.stage import Mismatch, Stage, StepResult, attempt

_SPINE = 100  # rows of a spine that is given


@dataclass(frozen=True)
class Built:
    """A data set that `team` builds from the source, and a reader of a replica from its copies."""

    team: Actor
    name: str
    replica: Mapping[str, Any]
    reader: str
    groups: tuple[Group, ...]


def find(stage: Stage) -> Iterator[StepResult]:
    """Step 3: told the replica alone, its readers find what is copied, to be read offline and nothing else."""
    for name, replica in _replicas(stage):
        for role in sorted(replica["readers"].values()):
            work = partial(_find, stage, name, replica, role)
            yield attempt(3, role, f"connect({name!r})", replica["account"], work)


def _find(stage: Stage, name: str, replica: Mapping[str, Any], role: str) -> str:
    found = client.connected(stage, name, _session(stage, role, replica)).groups
    copied = {group.name: group for group in stage.cast.groups if group.name in replica["groups"]}
    if set(found) != set(copied) or any(set(group.verbs) != {"read-offline"} for group in found.values()):
        raise Mismatch(f"{name} finds {[(group.name, sorted(group.verbs)) for group in found.values()]}")
    wrong = [group for group in copied if tuple(found[group].features.items()) != copied[group].features]
    if wrong:
        raise Mismatch(f"{name} finds other features of {', '.join(wrong)}")
    return f"{len(found)} copies, without an access role"


def query(stage: Stage) -> Iterator[StepResult]:
    """Every reader of every replica reads what this run has written of the groups that are copied, and no more."""
    for name, replica in _replicas(stage):
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


def rebuild(stage: Stage) -> Iterator[StepResult]:
    """A team builds a data set from the source; from its manifest every reader of a replica builds the same one."""
    for name, replica in _replicas(stage):
        # Whoever reads most of what is copied.
        groups_of = {
            actor: tuple(group for group in groups if group.store == "central" and group.name in replica["groups"])
            for actor, groups in stage.readers("read-offline")
        }
        team = max(groups_of, key=lambda actor: len(groups_of[actor]), default=None)
        if team is None or not groups_of[team]:
            continue
        for role in sorted(replica["readers"].values()):
            built = Built(team, name, replica, role, groups_of[team])
            what = f"client.rebuild in replica {name}, from a manifest of {team.team}"
            yield attempt(6, role, what, replica["account"], partial(_rebuild, stage, built))


def at_the_source(stage: Stage, built: Built) -> tuple[Manifest, Any]:
    """The manifest of what the team builds, and the rows of its spine where they are given."""
    principal = stage.cast.teams[built.team.team]["execution_roles"][built.team.principal]
    base = stage.execution(built.team.role_arn, principal["compute"])
    source = client.connected(stage, built.team.team, base)
    spine, features, on = asked(stage, built.groups)
    return source.dataset(spine, features, on=on).manifest, None if isinstance(spine, str) else spine


def in_the_replica(stage: Stage, built: Built) -> Client:
    """What the replica's reader connects to."""
    return client.connected(stage, built.name, _session(stage, built.reader, built.replica))


def _rebuild(stage: Stage, built: Built) -> str:
    manifest, given = at_the_source(stage, built)
    if not manifest.rows or not all(facts["objects"] for facts in manifest.groups.values()):
        raise Mismatch(
            f"{built.team.team} builds {manifest.rows} rows from {list(manifest.groups)}: nothing to compare"
        )
    there = in_the_replica(stage, built)
    start, pause, lacked = time.monotonic(), 0.5, 0
    with tempfile.TemporaryDirectory() as folder:
        # A file is all that goes from one account to the other.
        file = Path(folder) / "manifest.json"
        manifest.save(file)
        while True:
            try:
                again = there.rebuild(file, spine=given)
                break
            except NotCopied as error:
                lacked = lacked or sum(map(len, error.objects.values()))
                if time.monotonic() - start > stage.options.offline_wait:
                    raise
            time.sleep(pause)
            pause = min(30.0, pause * 1.5)
    if (again.manifest.hash, again.manifest.rows) != (manifest.hash, manifest.rows):
        raise Mismatch(f"{again.manifest.rows} rows, {again.manifest.hash}; at the source {manifest.hash}")
    if built.replica["database"] not in again.sql or any(str(group.database) in again.sql for group in built.groups):
        raise Mismatch(f"built from other tables than the replica's: {again.sql}")
    objects = sum(len(facts["objects"]) for facts in manifest.groups.values())
    stage.rebuilt[built.name] = built, manifest
    waited = f"; {lacked} were not there yet, and waited for" if lacked else ""
    return f"{manifest.rows} rows from {objects} objects, same versions and same hash as at the source{waited}"


def asked(stage: Stage, groups: tuple[Group, ...]) -> tuple[Any, list[str], dict[str, str]]:
    """Spine, features and keys: a group with those that can be joined to it, or records of one that are asked for."""
    for spine in groups:
        keys = {one.name: key for one in groups if one is not spine and (key := joining_feature(spine, one))}
        if keys:
            return spine.name, [f"{name}.*" for name in keys], keys
    first = groups[0]
    rows = [row[first.record_identifier] for row in newest(first, stage.written[first.arn]).values()]
    return [{first.record_identifier: one} for one in rows[:_SPINE]], [f"{first.name}.*"], {}


def _session(stage: Stage, role: str, replica: Mapping[str, Any]) -> boto3.Session:
    """The session of a reader in its replica's Region."""
    base = stage.execution(role, "sagemaker")
    if base.region_name == replica["region"]:
        return base
    keys = base.get_credentials().get_frozen_credentials()
    held = {"AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key, "SessionToken": keys.token}
    return stage.sessions.derive(held, replica["region"])


def _replicas(stage: Stage) -> list[tuple[str, Mapping[str, Any]]]:
    return sorted((stage.cast.render.get("replicas") or {}).items())


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
    queries = session.client("athena", region_name=replica["region"])
    copy = copy_of(group, replica)
    sql = athena.newest_rows(copy, athena.of_run(copy, stage.shop.run))
    expected = {
        key: {name: row[name] for name, _ in group.features}
        for key, row in newest(group, stage.written[group.arn]).items()
    }
    start, pause = time.monotonic(), 0.5
    while True:
        # Replication is asynchronous: it takes seconds to minutes, and promises 15 minutes only with time control.
        texts = athena.select(queries, sql, workgroup_of(replica), replica["database"], stage.options.query_wait)
        got = {str(row[group.record_identifier]): from_text(row, group.features) for row in texts}
        waited = time.monotonic() - start
        if got == expected:
            return f"{len(got)} records as at the source, as {account_of(role)} alone; after {waited:.1f} s"
        if waited > stage.options.offline_wait:
            wrong = [key for key, row in expected.items() if got.get(key) != row]
            raise Mismatch(f"{len(got)} records for {len(expected)} written, {len(wrong)} wrong, such as {wrong[:1]}")
        time.sleep(pause)
        pause = min(30.0, pause * 1.5)
