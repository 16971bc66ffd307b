"""The decision log: every request with who made it, what it needed, what was decided and by which statements."""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from featureshare.iam import Decision
from featureshare.iam.calls import Check
from featureshare.localaws.invocation import ServiceError
from featureshare.localaws.logfile import MOST_BYTES, LogFile

_KEPT = 10_000
_OF_THE_CALL = ("principal", "role_arn", "account", "service", "operation", "resource_account")


@dataclass(slots=True)
class Entry:
    """One request.

    `sequence` counts from 1 in the order of the answers, 0 before there is one; `result` is Allowed, Denied, Refused
    (no caller) or Unmapped.
    """

    sequence: int
    request_id: str
    at: float
    principal: str = ""
    role_arn: str | None = None
    account: str = ""
    service: str = ""
    operation: str = ""
    resource_account: str = ""
    decided: list[tuple[Check, Decision]] = field(default_factory=list)
    result: str = "Allowed"
    error: str | None = None
    message: str | None = None
    status: int = 0
    replayed: bool = False
    secure_transport: bool = True
    seconds: float = 0.0
    thread: threading.Thread = field(default_factory=threading.current_thread)

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON, times in Unix seconds."""
        return {
            "sequence": self.sequence,
            "request_id": self.request_id,
            "time": round(self.at, 3),
            "principal": self.principal,
            "role_arn": self.role_arn,
            "account": self.account,
            "call": f"{self.service}:{self.operation}",
            "lands_in": self.resource_account,
            "result": self.result,
            "error": self.error,
            "message": self.message,
            "status": self.status,
            "replayed": self.replayed,
            "secure_transport": self.secure_transport,
            "milliseconds": round(self.seconds * 1000, 2),
            "checks": [_check(check, decision) for check, decision in self.decided],
        }


def _check(check: Check, decision: Decision) -> dict[str, Any]:
    return {
        "action": check.action,
        "resource": check.resource,
        "owner": check.account,
        "as_role": check.as_role,
        "via": list(check.via),
        # With these, and the documents, the decision can be taken again (`featureshare access mutants`).
        "context": {key: list(value) if isinstance(value, tuple) else value for key, value in check.context.items()},
        "wildcard_only": check.wildcard_only,
        "new": check.new,
        "result": decision.result,
        "reasons": [
            {"layer": reason.layer, "document": reason.document, "sid": reason.sid, "text": reason.text}
            for reason in decision.reasons
        ],
        "source": check.source,
    }


class DecisionLog:
    """Keeps the last 10,000 entries in memory and many more in a file of JSON lines (none without a path).

    A thread of its own writes entries down: a decision works out its reasons only when they are asked for.
    """

    def __init__(self, path: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._lines: deque[tuple[int, str]] = deque(maxlen=_KEPT)
        self._closed: deque[Entry] = deque()
        self._sequence = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._out = None if path is None else LogFile(path, most_bytes)
        self._writer = threading.Thread(target=self._write_on, name="localaws-log", daemon=True)
        self._writer.start()

    def open(self, request_id: str) -> Entry:
        """A new entry; `close` it when the request is answered."""
        return Entry(0, request_id, time.time())

    @contextmanager
    def following(self, entry: Entry) -> Iterator[Entry]:
        """Where the checks of a request belong that are made now.

        Work that goes on in another thread, such as a query, outlives its request: `entry` may have been written down
        already, so its checks make an entry of their own with the same caller and request id.
        """
        if threading.current_thread() is entry.thread:
            yield entry
            return
        later = replace(self.open(entry.request_id), **{name: getattr(entry, name) for name in _OF_THE_CALL})
        try:
            yield later
        except ServiceError as error:
            later.result, later.error, later.message = "Denied", error.code, error.message
            raise
        finally:
            self.close(later)

    def close(self, entry: Entry) -> None:
        """Hand the entry over to be written; nothing may be added to it afterwards."""
        entry.seconds = time.time() - entry.at
        with self._lock:  # numbered as they are closed, so that who reads on after a number misses none
            self._sequence += 1
            entry.sequence = self._sequence
            self._closed.append(entry)

    def since(self, sequence: int) -> list[dict[str, Any]]:
        """Entries after `sequence`, by sequence number; below zero, so many of the newest."""
        self._write()
        lines = list(self._lines.copy())
        chosen = lines[sequence:] if sequence < 0 else [one for one in lines if one[0] > sequence]
        return [json.loads(line) for _, line in chosen]

    def stop(self) -> None:
        self._stopping.set()
        self._writer.join(5)
        self._write()
        if self._out is not None:
            self._out.close()

    def _write_on(self) -> None:
        while not self._stopping.wait(0.25):
            self._write()

    def _write(self) -> None:
        with self._writing:
            while self._closed:
                entry = self._closed.popleft()
                line = json.dumps(entry.as_dict())
                self._lines.append((entry.sequence, line))
                if self._out is not None:
                    self._out.write(line)
            if self._out is not None:
                self._out.flush()
