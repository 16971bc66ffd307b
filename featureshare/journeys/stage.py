"""What the steps of one run share: the cast, sessions taken once, the data written, and the results so far."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from featureshare.errors import FeatureShareError
from featureshare.journeys.cast import Actor, Cast, Group
from featureshare.journeys.data import Row, Text
from featureshare.journeys.sessions import NoSession, Sessions, account_of, assume, role_name
from featureshare.journeys.shop import Shop, open_shop


class Mismatch(FeatureShareError):
    """A call worked and its answer is not what was declared or written."""


class Skipped(FeatureShareError):
    """This cannot be tried here; the message says why. Shown as such, never as passed."""


@dataclass(frozen=True)
class StepResult:
    """One thing a step did: who (role ARN) did what, where (account or resource), in how many seconds, how it went."""

    step: int
    who: str
    what: str
    where: str
    seconds: float
    detail: str
    ok: bool
    skipped: bool = False


@dataclass(frozen=True)
class Options:
    """How much to do and how long to wait: `events` in the whole data set, waits in seconds, `threads` of writers."""

    seed: int = 2021
    events: int = 2400
    threads: int = 8
    offline_wait: float = 120.0
    query_wait: float = 120.0


@dataclass(frozen=True)
class QueryAnswer:
    """A query of step 6 and where its result lies, for step 7 to look."""

    actor: Actor
    group: Group
    output: str
    rows: int


class Stage:
    """State of one run. `now` is when it began; nothing is written with an event time after it."""

    def __init__(self, cast: Cast, sessions: Sessions, options: Options, now: datetime | None = None) -> None:
        self.cast = cast
        self.sessions = sessions
        self.options = options
        self.now = (now or datetime.now(UTC)).replace(microsecond=0)
        self.shop: Shop = open_shop(options.seed, self.now, options.events)
        self.written: dict[str, tuple[Row, ...]] = {}
        self.answers: list[QueryAnswer] = []
        self.training_set: list[dict[str, Any]] = []
        self.rebuilt: dict[str, Any] = {}  # by replica: what was built there last, and from which manifest
        self.read_online: list[tuple[str, Mapping[str, Text]]] = []
        self.short_lived: dict[str, tuple[str, datetime]] = {}
        self.observed: set[tuple[str, str, str]] = set()
        self._taken: dict[tuple[str, str | None], boto3.Session] = {}
        self._clients: dict[tuple[str, str | None, str], Any] = {}
        self._lock = threading.Lock()

    def execution(self, role_arn: str, compute: str) -> boto3.Session:
        """The session of an execution role, minted or found once. Raises NoSession."""
        key = (role_arn, None)
        if key not in self._taken:
            self._taken[key] = self.sessions.session(role_arn, compute)
        return self._taken[key]

    def acting(self, actor: Actor) -> boto3.Session:
        """The session whose rights `actor` uses: the access role's, assumed once, or its own."""
        base = self.execution(actor.role_arn, actor.compute)
        if actor.access_role is None:
            return base
        key = (actor.role_arn, actor.access_role)
        if key not in self._taken:
            self._taken[key] = assume(
                self.sessions,
                base,
                actor.access_role,
                session_label(actor),
                self.sessions.source_identity(actor.role_arn),
            ).session
        return self._taken[key]

    def client(self, actor: Actor, service: str) -> Any:
        """A client of `actor` with the rights it acts with, made once."""
        return self._client(actor.role_arn, actor.access_role, service, lambda: self.acting(actor))

    def own_client(self, actor: Actor, service: str) -> Any:
        """A client of `actor`'s execution role itself."""
        return self._client(actor.role_arn, None, service, lambda: self.execution(actor.role_arn, actor.compute))

    def _client(self, role: str, access_role: str | None, service: str, session: Callable[[], boto3.Session]) -> Any:
        with self._lock:
            key = (role, access_role, service)
            if key not in self._clients:
                self._clients[key] = session().client(service)
            return self._clients[key]

    def saw(self, actor: Actor, group: Group) -> None:
        """Note that `actor` did its verb on `group` and got what it should: a cell of the access table."""
        self.observed.add((actor.team, group.arn, actor.verb))

    def readers(self, verb: str) -> Iterator[tuple[Actor, list[Group]]]:
        """Every actor with a read verb, with the groups it may read and this run has written."""
        for team in sorted(self.cast.teams):
            served: dict[Actor, list[Group]] = {}
            for group in self.cast.groups:
                actor = self.cast.actor(team, verb, group)
                if actor and group.arn in self.written:
                    served.setdefault(actor, []).append(group)
            yield from served.items()


def session_label(actor: Actor) -> str:
    """The session name under which an actor shows in the central account's trail."""
    return f"{actor.team}.{actor.principal}"


def short(role_arn: str) -> str:
    """A role as people read it: its name and account."""
    return f"{role_name(role_arn)} ({account_of(role_arn)})"


def attempt(step: int, who: str, what: str, where: str, work: Callable[[], str]) -> StepResult:
    """Do one thing of a step and say how it went; `work` returns the detail, or raises what went wrong."""
    start = time.monotonic()
    ok, skipped = False, False
    try:
        detail, ok = work(), True
    except (NoSession, Skipped) as error:
        detail, skipped = str(error), True
    except (FeatureShareError, ClientError, BotoCoreError) as error:
        detail = str(error)
    return StepResult(step, who, what, where, time.monotonic() - start, detail, ok, skipped)


def denied(error: ClientError) -> bool:
    """Whether a call was refused for want of rights: SageMaker, S3 and STS each say it in their own code."""
    return error.response.get("Error", {}).get("Code") in DENIED_CODES


DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "AccessForbidden", "UnauthorizedOperation", "403"})
