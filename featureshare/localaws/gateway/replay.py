"""Answers a retried write again instead of doing it twice.

Clients sometimes lose an answer and repeat the request; every attempt of one call carries the same
amz-sdk-invocation-id. The first attempt is done, later ones get its answer, also while it is still being worked out.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from featureshare.localaws.gateway.http import HttpRequest, HttpResponse

_KEPT = 4096
_SECONDS = 900.0
_READS = ("Get", "List", "Describe", "Head", "BatchGet", "Search", "Query")

Key = tuple[str, str, bytes]


class _Attempt:
    __slots__ = ("at", "done", "response")

    def __init__(self) -> None:
        self.at = time.monotonic()
        self.done = threading.Event()
        self.response: HttpResponse | None = None


def key_of(request: HttpRequest, access_key: str, operation: str) -> Key | None:
    """What identifies the attempts of one write; None for reads and for clients that do not number their calls."""
    invocation = request.header("amz-sdk-invocation-id")
    if not invocation or operation.startswith(_READS):
        return None
    content = f"{operation}\n{request.method}\n{request.target}\n".encode() + request.body
    return access_key, invocation, sha256(content).digest()


class Replays:
    """The answers to the last writes."""

    def __init__(self) -> None:
        self._attempts: OrderedDict[Key, _Attempt] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, key: Key, work: Callable[[], HttpResponse]) -> tuple[HttpResponse, bool]:
        """The answer of the first attempt, and whether this was a repetition. Server errors are not remembered."""
        with self._lock:
            attempt = self._attempts.get(key)
            first = attempt is None
            if attempt is None:
                attempt = self._attempts[key] = _Attempt()
                self._forget()
        if not first:
            attempt.done.wait(_SECONDS)
            if attempt.response is not None:
                return attempt.response, True
            return work(), False
        try:
            response = work()
            if response.status < 500:
                attempt.response = response
            return response, False
        finally:
            if attempt.response is None:
                with self._lock:
                    self._attempts.pop(key, None)
            attempt.done.set()

    def _forget(self) -> None:
        oldest = time.monotonic() - _SECONDS
        while len(self._attempts) > _KEPT or next(iter(self._attempts.values())).at < oldest:
            self._attempts.popitem(last=False)
