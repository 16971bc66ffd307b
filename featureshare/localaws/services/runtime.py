"""What the services of the local AWS share while they run: the clock, the settings and the port to the gateway."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from featureshare.iam.calls import Call, Check, Estate

Authorize = Callable[[Sequence[Check]], None]
"""Evaluates checks in the name of the role that each check names; raises ServiceError when one is denied."""


@dataclass(frozen=True)
class Settings:
    """How fast the services are and where their limits lie; delays in seconds.

    `flush_delay` stands for the up to 15 minutes that AWS takes to write the offline store, `retry_delay` for the time
    between attempts of a blocked write. `concurrent_creations` is the AWS quota of feature groups in status Creating
    per account and Region; 0 lifts it. A creation above it is held for `creation_patience` before it is refused: AWS
    refuses at once, which Terraform meets with more than four groups at its ten at a time (`-parallelism=4` there); 0
    does the same here. `replication_delay` stands for the seconds to minutes that replication takes.
    """

    create_delay: float = 0.2
    update_delay: float = 0.1
    delete_delay: float = 0.1
    flush_delay: float = 1.0
    retry_delay: float = 1.0
    concurrent_creations: int = 4
    creation_patience: float = 10.0
    query_threads: int = 2
    replication_delay: float = 0.3


class Clock:
    """Wall time that can be moved forward, so that expiry can be shown without waiting."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._source: Callable[[], datetime] | None = None

    def follow(self, source: Callable[[], datetime] | None) -> None:
        """Takes the time from `source` (the gateway's clock), or from the wall again."""
        self._source = source

    def time(self) -> float:
        now = time.time() if self._source is None else self._source().timestamp()
        return now + self._offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def advance(self, seconds: float) -> None:
        self._offset += seconds

    def reset(self) -> None:
        self._offset = 0.0


clock = Clock()


@dataclass(frozen=True)
class _Port:
    authorize: Authorize
    estate: Estate


_lock = threading.Lock()
_settings = Settings()
_port: _Port | None = None


def settings() -> Settings:
    return _settings


def configure(**changes: Any) -> Settings:
    """Changes settings by name; returns the new ones. Raises TypeError for an unknown name."""
    global _settings
    with _lock:
        _settings = replace(_settings, **changes)
    return _settings


def connect(authorize: Authorize | None, estate: Estate | None) -> None:
    """Gives the services (or, with None, takes from them) the gateway's evaluator and its view of what exists."""
    global _port
    _port = None if authorize is None or estate is None else _Port(authorize, estate)


def required(call: Call) -> tuple[Check, ...]:
    """The checks that AWS makes for a call or for internal work, by the catalogue."""
    # The catalogue is another package that may import facts from here: bound late, so that the order does not matter.
    from featureshare.iam.calls import checks_for

    estate = _connected().estate
    at = getattr(estate, "at", None)  # the gateway's can be seen from the call's Region; others know one only
    return checks_for(call, at(call.region) if at else estate)


def authorize(checks: Sequence[Check]) -> None:
    """Evaluates the checks of background work. Raises ServiceError when one is denied."""
    _connected().authorize(checks)


def _connected() -> _Port:
    if _port is None:
        raise RuntimeError("the services are not started: call featureshare.localaws.services.start first")
    return _port
