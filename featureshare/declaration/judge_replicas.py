"""Rules for replicas: what can be copied, where to, and who may read it there."""

from collections.abc import Iterator

from featureshare.declaration.document import Document
from featureshare.declaration.drafts import Drafts, items, says, table, text
from featureshare.declaration.model import ROLE_KINDS
from featureshare.declaration.names import repeated
from featureshare.errors import Problem

# Rules in the replication configuration of a bucket: one for each replica and group.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
MOST_RULES = 1000
_BUCKET_NAME = 63
# <prefix>-<replica>-replica-<account>-<region> without prefix, replica and Region.
_BUCKET_NAME_REST = len("--replica-111122223333-")
_PREFIX_AND_REPLICA = 46
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}


def judge_replicas(drafts: Drafts) -> Iterator[Problem]:
    """Everything that is wrong with the replicas of `drafts`."""
    document = drafts.environment
    if document is None:
        return
    rules = 0
    for name in table(document.value, "replicas"):
        yield from _place(drafts, document, name)
        yield from _groups(drafts, document, name)
        yield from _readers(drafts, document, name)
        rules += len(items(document.value, "replicas", name, "feature_groups"))
    if rules > MOST_RULES:
        yield document.problem(
            ("replicas",),
            f"{rules} groups are copied in all, and a bucket takes {MOST_RULES} replication rules.",
            "copy fewer groups, or to fewer places",
        )


def _place(drafts: Drafts, document: Document, name: str) -> Iterator[Problem]:
    at = ("replicas", name)
    if name in drafts.team_names:
        yield document.problem(
            at, f"{name} is a team, and the roles of both would have the same names.", "rename the replica"
        )
    partition = text(drafts.settings, "partition") or "aws"
    region = text(document.value, *at, "region")
    usual = next((value for start, value in _PARTITIONS.items() if region.startswith(f"{start}-")), "aws")
    if region and usual != partition:
        yield document.problem(
            (*at, "region"), f"Region {region} lies in partition {usual}, not {partition}.", "name another Region"
        )
    prefix = text(drafts.settings, "prefix")
    where = region or text(drafts.settings, "region")
    most = min(_PREFIX_AND_REPLICA, _BUCKET_NAME - _BUCKET_NAME_REST - len(where))
    if len(prefix) + len(name) > most and name not in drafts.team_names:
        yield document.problem(
            at,
            f"prefix {prefix} and replica {name} have more than {most} characters together; names of buckets and roles "
            "leave no room for more.",
            "shorten one of them",
        )


def _groups(drafts: Drafts, document: Document, name: str) -> Iterator[Problem]:
    at = ("replicas", name, "feature_groups")
    listed = items(document.value, *at)
    yield from repeated(document, at, listed)
    for index, group in enumerate(listed):
        found = drafts.groups.get(group) if isinstance(group, str) else None
        if found is None:
            if isinstance(group, str) and group not in drafts.group_names:
                yield document.problem(
                    (*at, index), f"there is no feature group {group}.", "name a group that is there"
                )
            continue
        for rule, fix in _unfit(found):
            yield document.problem((*at, index), f"{group} cannot be replicated: {rule}", fix)
            break


def _unfit(group: Document) -> Iterator[tuple[str, str]]:
    """Why a group cannot be copied, and what to do."""
    if text(group.value, "classification") == "restricted":
        yield "a restricted group stays in its team's account.", "leave it out"
    if text(group.value, "store") == "team":
        yield "it lies in a team's own store, and the central store is what is replicated.", "leave it out"
    if says(group.value, "offline_store", "enabled") is False:
        yield "it has no offline store.", "leave it out, or enable the store"
    if text(group.value, "offline_store", "format") == "iceberg":
        yield "the metadata of an iceberg table names its files in the source bucket.", "leave it out, or use glue"


def _readers(drafts: Drafts, document: Document, name: str) -> Iterator[Problem]:
    at = ("replicas", name, "readers")
    account, partition = text(document.value, "replicas", name, "account"), text(drafts.settings, "partition") or "aws"
    listed = items(document.value, *at)
    yield from repeated(document, at, listed)
    for index, reader in enumerate(listed):
        if not isinstance(reader, str):
            continue
        if reader in ROLE_KINDS:
            yield document.problem((*at, index), f"{reader} is the name of a kind of role.", "call it after its work")
        if reader.startswith("arn:") and account and not reader.startswith(f"arn:{partition}:iam::{account}:"):
            yield document.problem(
                (*at, index),
                f"the role lies outside the replica's account ({account}, {partition}).",
                "name a role of that account",
            )
