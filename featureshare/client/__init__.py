"""What data teams import: `connect(team)`, records, ingestion, data sets.

from featureshare.client import connect
fs = connect("core-search")
fs.online.get("users", "u-1")
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any

import boto3

from featureshare.client.connection import Connection, open_connection
from featureshare.client.datasets import Dataset, rebuild
from featureshare.client.errors import Denied, NoSharing, NotShared, Refused, SessionPolicyTooLong
from featureshare.client.ingest import (
    THREADS,
    IngestStopped,
    Progress,
    Quality,
    QualityFailed,
    Rejected,
    Report,
    ingest,
)
from featureshare.client.journal import JournalMismatch
from featureshare.client.manifest import Manifest, NotCopied, NotTheSame
from featureshare.client.online import Batch, Online
from featureshare.client.pointintime import DatasetInput
from featureshare.client.quality import Violation
from featureshare.client.queries import QueryFailed
from featureshare.client.rows import MissingExtra, SchemaMismatch
from featureshare.client.sessions import Wire
from featureshare.client.sharing import Group, Sharing

__all__ = [
    "Batch",
    "Client",
    "Dataset",
    "DatasetInput",
    "Denied",
    "Group",
    "IngestStopped",
    "JournalMismatch",
    "Manifest",
    "MissingExtra",
    "NoSharing",
    "NotCopied",
    "NotShared",
    "NotTheSame",
    "Progress",
    "QualityFailed",
    "QueryFailed",
    "Refused",
    "Rejected",
    "Report",
    "SchemaMismatch",
    "SessionPolicyTooLong",
    "Sharing",
    "Violation",
    "Wire",
    "connect",
]


class Client:
    """What a team can do with what is shared with it. Made by `connect`; safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.online = Online(connection)

    @property
    def groups(self) -> dict[str, Group]:
        """The feature groups within reach, by name: owner, verbs, features, expectations."""
        return self.connection.groups

    def ingest(
        self,
        group: str,
        data: Any,
        *,
        quality: Quality = "warn",
        journal: str | PathLike[str] | None = None,
        progress: Callable[[Progress], None] | None = None,
        threads: int = THREADS,
        offline_only: bool = False,
    ) -> Report:
        """Write many rows: a pandas DataFrame, a Parquet file or folder, an Arrow table, or dictionaries.

        Rows are written concurrently, those of one identifier in the order of their event times. What a feature's type
        does not take is rejected row by row, with the reason, in the report; columns that are no features raise
        SchemaMismatch before anything is written. `quality` says what rows that break the declaration's expectations
        do: "warn" writes them and lists what broke, "fail" writes nothing at all and raises QualityFailed. With a
        `journal` (a file) a run that was cut short goes on where it was. `progress` hears of rows and throughput about
        twice a second. Raises NotShared, and IngestStopped with the report when access or the service ends the work.
        """
        return ingest(
            self.connection,
            group,
            data,
            quality=quality,
            journal=journal,
            progress=progress,
            threads=threads,
            offline_only=offline_only,
        )

    def dataset(
        self,
        spine: Any,
        features: Sequence[str],
        *,
        on: Mapping[str, str] | None = None,
        as_of: datetime | None = None,
        event_time: str | None = None,
    ) -> Dataset:
        """A data set that is right at each point in time: for each row of the spine, what was known at that row's time.

        `spine` is the name of a feature group, or rows: a pandas DataFrame, a Parquet file, an Arrow table,
        dictionaries; `event_time` is then the column with each row's time (without it, all rows are as of `as_of`).
        `features` are such as `users.country` or `users.*`; they appear as `users_country`. A group is looked up by the
        spine's column of its record identifier's name, or the one that `on` names for it. `as_of` is the moment whose
        knowledge counts: what the offline stores held then (default: now). Nothing is called until rows are wanted.
        Raises NotShared, DatasetInput.
        """
        return Dataset(self.connection, spine, features, on=on, as_of=as_of, event_time=event_time)

    def rebuild(
        self, manifest: Manifest | str | PathLike[str], *, spine: Any = None, tables: Mapping[str, str] | None = None
    ) -> Dataset:
        """Build a data set again from its manifest, and see that it is the same: rows, hash, schema, objects.

        Rows that were given as the spine are given again. It may be built again by another team that is granted the
        same groups, and in a replica that holds them (`connect` with the replica's name), from the same versions of the
        same objects. `tables` names other tables for groups, quoted for SQL and in this team's own account. Raises
        NotTheSame with what differs, and NotCopied, before any query runs, with the objects that a replica lacks.
        """
        if not isinstance(manifest, Manifest):
            manifest = Manifest.load(manifest)
        return rebuild(self.connection, manifest, spine, tables)

    def session(self, verb: str, group: str | None = None) -> boto3.Session:
        """A boto3 session of the access role for a verb; its credentials refresh by themselves.

        With a `group`, of the role that serves this group, which matters where offline grants are spread over several
        roles; a group of the team's own store is read as the role that runs this. Raises NotShared, also when there are
        several roles and no group is named.
        """
        return self.connection.session(verb, None if group is None else self.connection.group(group, verb))


def connect(
    team: str,
    *,
    prefix: str | None = None,
    groups: Sequence[str] | None = None,
    session: boto3.Session | None = None,
    source_identity: str | None = None,
    wire: Wire | None = None,
) -> Client:
    """Find what is shared with a team and be ready to use it.

    `team` may be the name of a replica: its readers find its copies. Reads the parameters that the team's stack, or the
    replica's, publishes in its own account, with the credentials at hand (`session`, or boto3's own search); nothing
    else is called until it is needed. `prefix` is the environment's (default: FEATURESHARE_PREFIX, or fs). `groups`
    limits every session of an access role to those groups by a session policy.
    `source_identity` is who the central account's trail shows, where the session has none yet (default: the role and
    session that run this). Raises NoSharing, NotShared, SessionPolicyTooLong.
    """
    return Client(
        open_connection(team, prefix=prefix, groups=groups, session=session, source_identity=source_identity, wire=wire)
    )
