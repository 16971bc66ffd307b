"""Runs actions in the order of their needs, several at a time; a failure stops only what needs it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from graphlib import TopologicalSorter
from typing import Generic, TypeVar

from featureshare.runner.process import Interrupted

Result = TypeVar("Result")

_GRACE = 90.0  # seconds an interrupted Terraform has to finish its calls, write its state and release its lock
_TICK = 0.5  # seconds; a wait without an end would not let Ctrl-C through on every platform


class Status(Enum):
    DONE = "done"
    FAILED = "failed"
    WAITING = "waiting"  # something it needs is not there
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """How one action ended; `result` when done, `error` when failed, `missing` names what a waiting one needs."""

    status: Status
    result: Result | None = None
    error: Exception | None = None
    missing: tuple[str, ...] = ()


def run(
    needs: Mapping[str, Iterable[str]],
    action: Callable[[str], Result],
    *,
    jobs: int,
    interrupt: Callable[[], None] = lambda: None,
    kill: Callable[[], None] = lambda: None,
    grace: float = _GRACE,
) -> dict[str, Outcome[Result]]:
    """Run `action` on every name of `needs`, at most `jobs` at a time, each after all that it needs.

    A need that is not itself a name counts as there. On Ctrl-C calls `interrupt`, waits `grace` seconds for what runs,
    calls `kill`, and raises KeyboardInterrupt when all has ended; a second Ctrl-C kills at once.
    """
    known = {name: [need for need in wanted if need in needs] for name, wanted in needs.items()}
    sorter = TopologicalSorter(known)
    sorter.prepare()
    outcomes: dict[str, Outcome[Result]] = {}
    running: dict[Future[Result], str] = {}
    active = _Active()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            while sorter.is_active():
                for name in sorted(sorter.get_ready()):
                    missing = [need for need in needs[name] if need in outcomes and not _good(outcomes[need])]
                    if missing:
                        outcomes[name] = Outcome(Status.WAITING, missing=tuple(missing))
                        sorter.done(name)
                    else:
                        running[pool.submit(active.run, action, name)] = name
                if not running:
                    continue
                finished, _ = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    outcomes[name] = _outcome(future)
                    sorter.done(name)
        except KeyboardInterrupt:
            try:
                interrupt()
                pool.shutdown(wait=False, cancel_futures=True)
                if not active.ended(grace):
                    kill()
            except KeyboardInterrupt:
                kill()
            raise
    return outcomes


class _Active:
    """Counts what runs. Ctrl-C can come between the start of an action and our note of it: actions count themselves."""

    def __init__(self) -> None:
        self._number = 0
        self._changed = threading.Condition()

    def run(self, action: Callable[[str], Result], name: str) -> Result:
        with self._changed:
            self._number += 1
        try:
            return action(name)
        finally:
            with self._changed:
                self._number -= 1
                self._changed.notify_all()

    def ended(self, seconds: float) -> bool:
        """Wait until nothing runs; False when something still does after `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._number == 0, seconds)


def _good(outcome: Outcome[Result]) -> bool:
    return outcome.status is Status.DONE


def _outcome(future: "Future[Result]") -> Outcome[Result]:
    error = future.exception()
    if error is None:
        return Outcome(Status.DONE, result=future.result())
    if isinstance(error, Interrupted):
        return Outcome(Status.INTERRUPTED, error=error)
    if isinstance(error, Exception):
        return Outcome(Status.FAILED, error=error)
    raise error


class Budget:
    """So many units for each account: what all running stacks together may create at once."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._used: dict[str, int] = {}
        self._changed = threading.Condition()

    @contextmanager
    def spend(self, account: str, units: int) -> Iterator[int]:
        """Wait until `units` (at most the whole budget) are free in `account` and hold them; gives what is held."""
        units = min(units, self._units)
        with self._changed:
            self._changed.wait_for(lambda: self._used.get(account, 0) + units <= self._units)
            self._used[account] = self._used.get(account, 0) + units
        try:
            yield units
        finally:
            with self._changed:
                self._used[account] -= units
                self._changed.notify_all()
