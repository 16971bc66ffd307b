"""Many records at once: concurrent, in order for each identifier, resumable, with an exact account of every row."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from typing import Any, Literal
from zlib import crc32

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from featureshare.client.connection import Connection
from featureshare.client.errors import Refused, code_of
from featureshare.client.journal import Journal, key_of
from featureshare.client.online import ATTEMPTS, pause, put_record
from featureshare.client.quality import Check, Violation
from featureshare.client.rows import check_columns, columns_of, rows_of
from featureshare.client.sessions import CONNECTIONS
from featureshare.client.sharing import Group
from featureshare.client.spool import Spool
from featureshare.client.values import BadValue, Texts, encode, is_missing, scalar, seconds_of
from featureshare.errors import FeatureShareError

THREADS = 16
_QUEUED = 256  # rows waiting for each thread
_SETTLED = frozenset({"ValidationError", "ResourceNotFound"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException"})

Quality = Literal["warn", "fail"]


@dataclass(frozen=True)
class Rejected:
    """A row that was not written: its number in the data (from 0), its identifier, and why."""

    row: int
    identifier: str
    reason: str


@dataclass(frozen=True)
class Progress:
    """How far an ingestion is: rows written, in all, and written per second so far."""

    written: int
    rows: int
    rate: float


@dataclass
class Report:
    """The account of an ingestion: rows = written + resumed + rejected + left.

    `resumed` rows were written by an earlier run with the same journal; `left` were not tried because the work was
    stopped; `violations` are of the declaration's expectations.
    """

    feature_group: str
    rows: int = 0
    written: int = 0
    resumed: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    violations: tuple[Violation, ...] = ()
    seconds: float = 0.0

    @property
    def left(self) -> int:
        return self.rows - self.written - self.resumed - len(self.rejected)

    @property
    def rate(self) -> float:
        """Rows written per second."""
        return self.written / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        words = [f"{self.feature_group}: {self.written} of {self.rows} rows written"]
        words += [f"{self.resumed} by an earlier run"] if self.resumed else []
        words += [f"{len(self.rejected)} rejected"] if self.rejected else []
        words += [f"{self.left} not tried"] if self.left else []
        lines = [f"{', '.join(words)}, in {self.seconds:.1f} s ({self.rate:.0f} a second)."]
        lines += [f"  row {one.row} ({one.identifier}): {one.reason}" for one in self.rejected[:10]]
        lines += [f"  {one}" for one in self.violations]
        return "\n".join(lines)


class IngestStopped(FeatureShareError):
    """An ingestion that ended before its end: `report` says what was written, the cause is chained."""

    def __init__(self, reason: str, report: Report) -> None:
        super().__init__(f"{reason}\n{report}")
        self.report = report


class QualityFailed(IngestStopped):
    """Rows that break expectations, with quality="fail": nothing was written."""


@dataclass(frozen=True, slots=True)
class _Item:
    row: int
    texts: Texts
    key: str


def ingest(
    connection: Connection,
    name: str,
    data: Any,
    *,
    quality: Quality = "warn",
    journal: str | PathLike[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    threads: int = THREADS,
    offline_only: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    now: datetime | None = None,
) -> Report:
    """Write rows into a feature group; see `featureshare.client.Client.ingest`."""
    if quality not in ("warn", "fail"):
        raise FeatureShareError(f'quality is "warn" or "fail", not {quality!r}.')
    group = connection.group(name, "write")
    columns = columns_of(data)
    if columns is not None:
        check_columns(group, columns)
    report = Report(name)
    with closing(Spool()) as rows:
        _prepare(rows, group, data, report, now or connection.wire.clock())
        if report.violations and quality == "fail":
            raise QualityFailed("rows break what is declared of them, so nothing was written.", report)
        with closing(Journal(journal, group.arn)) as record:
            _Writers(connection, group, report, record, progress, offline_only, sleep).run(rows, threads)
    return report


def _prepare(rows: Spool, group: Group, data: Any, report: Report, now: datetime) -> None:
    """All rows as texts, checked; those that no store would take go to the report."""
    check, kind = Check(group), group.features[group.event_time]
    for number, row in enumerate(rows_of(data)):
        report.rows += 1
        try:
            texts = encode(group, row)
            moment = seconds_of(scalar(texts, group.event_time), kind)
        except BadValue as error:
            report.rejected.append(Rejected(number, _named(group, row), str(error)))
            continue
        check.row(texts)
        rows.add(number, moment, texts)
    report.violations = check.violations(now)


def _named(group: Group, row: Mapping[str, Any]) -> str:
    value = row.get(group.record_identifier)
    return "no identifier" if is_missing(value) else str(value)


def _access_key(session: boto3.Session) -> str:
    return str(session.get_credentials().get_frozen_credentials().access_key)


def _renewed(session: boto3.Session, used: str) -> bool:
    """Whether a session has other keys than a request used: it renewed itself while that was under way."""
    try:
        return _access_key(session) != used
    except (ClientError, BotoCoreError, FeatureShareError):
        return False


class _Writers:
    """Threads that each write the rows of their identifiers, in the order they get them."""

    def __init__(
        self,
        connection: Connection,
        group: Group,
        report: Report,
        journal: Journal,
        progress: Callable[[Progress], None] | None,
        offline_only: bool,
        sleep: Callable[[float], None],
    ) -> None:
        self._connection, self._group, self._report, self._journal = connection, group, report, journal
        self._progress, self._sleep = progress, sleep
        self._options = {"TargetStores": ["OfflineStore"]} if offline_only else {}
        self._lock = threading.Lock()
        self._failure: Exception | None = None
        self._told = 0.0

    def run(self, rows: Spool, threads: int) -> None:
        """Write them all. Raises IngestStopped at the first failure that is not one row's own."""
        threads = max(1, min(threads, CONNECTIONS, len(rows) or 1))
        queues: list[queue.Queue[_Item | None]] = [queue.Queue(_QUEUED) for _ in range(threads)]
        workers = [threading.Thread(target=self._work, args=(one,), daemon=True) for one in queues]
        start = time.monotonic()
        self._start = start
        for worker in workers:
            worker.start()
        try:
            for item in self._pending(rows):
                if self._failure is not None:
                    break
                self._hand(queues[crc32(scalar(item.texts, self._group.record_identifier).encode()) % threads], item)
        except KeyboardInterrupt as error:
            self._fail(error)
        finally:
            for one in queues:
                self._hand(one, None)
            for worker in workers:
                worker.join()
            self._report.seconds = time.monotonic() - start
            self._report.rejected.sort(key=lambda one: one.row)
        if self._failure is not None:
            raise IngestStopped(f"stopped: {self._failure}", self._report) from self._failure
        self._tell(always=True)

    def _hand(self, one: "queue.Queue[_Item | None]", item: _Item | None) -> None:
        """Put into a queue that a worker may have stopped emptying."""
        while True:
            try:
                one.put(item, timeout=0.2)
                return
            except queue.Full:
                if self._failure is not None and item is not None:
                    return

    def _pending(self, rows: Spool) -> Iterator[_Item]:
        for number, texts in rows:
            key = key_of(texts) if self._journal.keeps else ""
            if key and self._journal.has(key):
                with self._lock:
                    self._report.resumed += 1
            else:
                yield _Item(number, texts, key)

    def _work(self, mine: "queue.Queue[_Item | None]") -> None:
        while (item := mine.get()) is not None:
            if self._failure is not None:
                continue  # empties the queue, so that nobody waits for room in it
            try:
                self._write(item)
            except Refused as error:
                with self._lock:
                    identifier = scalar(item.texts, self._group.record_identifier)
                    self._report.rejected.append(Rejected(item.row, identifier, str(error)))
            except Exception as error:  # whatever it is, the account must come out
                self._fail(error)
            else:
                if item.key:
                    self._journal.confirm(item.key)
                with self._lock:
                    self._report.written += 1
                try:
                    self._tell()
                except BaseException as error:  # the caller's own: it ends the work, not this thread
                    self._fail(error)

    def _write(self, item: _Item) -> None:
        """One record; what passes by itself (throttling, a lost connection) is tried again with growing pauses."""
        for attempt in range(1, ATTEMPTS + 1):
            session, used = self._connection.session("write", self._group), ""
            try:
                used = _access_key(session)
                put_record(self._connection, self._group, item.texts, self._options)
                return
            except (ClientError, BotoCoreError) as error:
                settled = isinstance(error, ClientError) and code_of(error) in _SETTLED
                if settled or attempt == ATTEMPTS or self._failure is not None:
                    raise
                if isinstance(error, ClientError) and code_of(error) in _EXPIRED and not _renewed(session, used):
                    self._connection.renew("write", session)
                self._sleep(pause(attempt))

    def _fail(self, error: BaseException) -> None:
        """End the work; of several failures the first counts."""
        if not isinstance(error, Exception):
            interrupted = FeatureShareError("interrupted")
            interrupted.__cause__ = error
            error = interrupted
        with self._lock:
            self._failure = self._failure or error

    def _tell(self, always: bool = False) -> None:
        """Call the caller's `progress` about twice a second."""
        if self._progress is None:
            return
        now = time.monotonic()
        with self._lock:
            if not always and now - self._told < 0.5:
                return
            self._told = now
            done = Progress(
                self._report.written, self._report.rows, self._report.written / max(now - self._start, 1e-9)
            )
        self._progress(done)
